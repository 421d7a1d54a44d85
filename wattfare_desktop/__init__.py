"""Wattfare desktop: a wallet from which apps spend on AI under their user's caps.

From the top down, and imports only ever point down:

- ``main``, ``__main__``: wiring, and the hand-over of a URI to a running wallet
- ``ui``, ``gateway``, ``cli``: the window, the public port, the terminal
- ``control``: the local socket between a running wallet and its command line
- ``wallet``: the operations of the product
- ``storage``, ``vault``, ``system``: SQL, keys, the operating system
- ``providers``: how each provider speaks
- ``core``: values and rules, without I/O, clock or randomness
"""
