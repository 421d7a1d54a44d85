"""Pure values and rules: no I/O, no clock, no randomness; ``now`` is always a parameter.

- ``money``, ``identifiers``, ``periods``, ``errors``: the words everything else is said in
- ``policy``: whether a call may be held, and which limit says no; ``holds``: how much of it at once
- ``fees``, ``raises``, ``disputes``, ``corrections``: what comes on top, for now, or off again
- ``receipts``: all that is recorded of one charge, in a spelling that can be signed
- ``updates``: what is published of a release
- ``ledger``: accounts and transfers, and the one judge of a transfer
- ``metering``: usage, prices, and what a call costs
- ``watching``: what an app does that its user should know, and what is done about it
- ``oauth``: authorization requests, grants, codes and their lifecycles
"""
