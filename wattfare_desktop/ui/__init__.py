"""What the user sees. The only room with Qt in it.

- ``application``: puts the tray, the window and the dialogs together
- ``tray``, ``tray_menu``, ``tray_icon``, ``tray_host``: the icon that stays, and its menu
- ``errands``: work for the wallet's loop, its outcome back on Qt's thread
- ``dialogs``: windows that ask or tell one thing
- ``presentation``: what is shown, decided without Qt
"""
