"""The composition root: the only room that sees ui, gateway and cli, and makes a program of them.

- ``assembly``: a wallet put together, published and controlled, and taken apart again
- ``serve``: the wallet without windows
- ``tray``: the wallet with its tray and window
- ``demo``: the whole story, played once
- ``launcher``: starts one of these for the command line
"""
