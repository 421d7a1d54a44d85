"""The local socket between a running wallet and its own user: command line and second start.

- ``messages``: one request and one answer a line, as JSON
- ``client``: ask the running wallet; standard library only, so that handing over takes milliseconds
- ``server``: answers lines on the wallet's loop
- ``unix_listener``, ``named_pipe``: where the platforms differ; ``peer``: who is at the other end
- ``operations``: each command's arguments, what of the wallet it calls, and its answer
- ``arguments``, ``choice``, ``shapes``: reading what was sent, finding the app meant, the JSON
"""
