"""The composition root: the only room that sees ui, gateway and cli, and makes a program of them.

- ``assembly``: a wallet put together, published and controlled, and taken apart again
- ``restoring``: a wallet made of a backup
- ``serve``: the wallet without windows
- ``wallet_thread``: the wallet on a thread and a loop of its own, beside Qt's
- ``acts``, ``book_work``, ``model_work``, ``update_work``: what the windows do to the wallet, in
  the windows' words
- ``windows``: tray, window and dialogs put together
- ``tray``, ``demo``: programs made of these
- ``launcher``: starts one of them for the command line
"""
