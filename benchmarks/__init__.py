"""What the wallet adds to a call, beside a bare pass-through, in one run.

- ``servers``: a fast made-up provider, and a pass-through that only forwards
- ``wallet``: the real program, with an app approved on its standard input
- ``load``: keep-alive connections that count
- ``streams``: streamed answers, event by event
- ``ledger``: durable holds, alone, in company, and in a ledger of millions
- ``stored``: a ledger of millions, made in bulk
- ``verify``: the whole ledger recomputed, a million calls unless told otherwise
- ``dialects``: reading and translating requests, answers and events, alone
- ``footprint``: the tray's start and idling, on a desktop of its own
- ``goals``: figures beside their goals; a missed one makes the exit status 1
"""
