"""The practice provider: made-up text, real token counts, play money, in every main dialect.

- ``provider``: its port, its keys, its models, and how an answer leaves
- ``surfaces``: the dialects it speaks, one path each
- ``answering``: what it answers to a conversation, whole or as events
- ``made_up``: values that fit a schema, for the arguments of tools and for structured answers
- ``text``: its sentences, and what counts as a token
"""
