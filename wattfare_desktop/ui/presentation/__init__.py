"""What the windows say and when a button lives, decided without Qt, clock or loop.

- ``consent``: what an app asks, what the user makes of it
- ``dead_time``: how long an approval stays dead
- ``first_run``: the steps of setting up a wallet
- ``periods``: limits in words
- ``tray``: the icon's state and the menu's texts
"""
