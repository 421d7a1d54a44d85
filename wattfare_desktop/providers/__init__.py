"""Pure dialects: how each kind of provider API is read and written, without any I/O.

- ``dialect``: the protocol every dialect fulfils, and the values it speaks in
- ``sse``: server-sent events out of bytes that arrive in any pieces
- ``passing``: what every stream of them does alike, whatever its dialect
- ``wire``, ``fields``, ``estimates``: JSON in events and bodies; members of a request by their
  types; a guess at what was used
- ``openai``, ``anthropic``, ``gemini``, ``ollama``: the dialects of each API
- ``queues``: providers that are paid by the run
- ``conversation``: what is between two dialects where they differ
- ``dialects``: every dialect by name, and what carries a call from one to another
- ``catalogue``, ``balances``: which providers there are, as data; what is left there
"""
