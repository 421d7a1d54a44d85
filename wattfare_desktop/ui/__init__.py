"""What the user sees. The only room with Qt in it.

- ``application``: puts the tray, the window and the dialogs together; ``wallet_application``: Qt's
- ``questions``: what apps ask, one at a time; ``opening``: first run and unlocking
- ``main_window``, ``sidebar``, ``pages``, ``models``: the window and its rooms
- ``acts``, ``book_acts``, ``model_acts``, ``update_acts``, ``wallet_acts``, ``surroundings``: what
  all these read, do and are told
- ``code_entry``: from a typed code to the question behind it
- ``update_entry``: the way to a newer version from the tray's menu
- ``tray``, ``tray_menu``, ``tray_icon``, ``tray_host``: the icon that stays, and its menu
- ``errands``, ``reading``: work for the wallet's loop, its outcome back on Qt's thread
- ``bridge``: what happens on that loop, told on Qt's thread
- ``theme``, ``style_sheet``, ``icons``, ``components``: the look of all windows
- ``stage``: a demo's user, who presses the real buttons
- ``dialogs``: windows that ask or tell one thing
- ``presentation``: what is shown, decided without Qt
"""
