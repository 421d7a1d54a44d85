"""Pure dialects: how each kind of provider API is read and written, without any I/O.

- ``dialect``: the protocol every dialect fulfils, and the values it speaks in
- ``sse``: server-sent events out of bytes that arrive in any pieces
- ``openai_chat``: OpenAI's chat completions, and the many providers that speak them
- ``catalogue``: which providers there are, as data
"""
