"""What the windows say and when a button lives, decided without Qt, clock or loop.

- ``apps``, ``calls``, ``funding``, ``caps``: rows, bars and receipts of the window's pages
- ``spend_chart``: spending by app and day
- ``naming``, ``pricing``, ``units``: names for models, prices, and what is counted
- ``mending``: what waits for its user's word
- ``moments``: times and durations
- ``consent``: what an app asks, what the user makes of it
- ``dead_time``: how long an approval stays dead
- ``first_run``: the steps of setting up a wallet
- ``periods``: limits in words
- ``updates``: newer versions of this program
- ``tray``: the icon's state and the menu's texts
"""
