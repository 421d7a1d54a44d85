"""What the windows are put together from; none of it knows the wallet.

- ``pieces``: card, label, button, drop-down list, and the dialog they stand in
"""
