"""One neutral conversation between every two dialects, so that each reads and writes it once.

- ``model``: the conversation, the reply and the events of a streamed reply, as values
- ``codec``: what a dialect does to take part: reading and writing each of them
- ``seals``: whose signature a thought carries
- ``words``: what each API calls the parts of a conversation, for refusals
- ``translated``: two codecs and their dialects put together, as a dialect like any other
"""
