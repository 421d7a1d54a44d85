"""Anthropic's API.

- ``family``: its errors and its list of models
- ``messages``: the messages call; ``messages_request`` reads what an app asks, ``messages_usage``
  what was used, ``messages_stream`` a streamed answer
- ``count_tokens``: the call that counts tokens and costs nothing
- ``codec``: how it takes part in translation; ``reading`` and ``writing`` for requests, ``blocks``
  for what messages are made of, ``thinking`` and ``generations`` for what a model takes;
  ``replies``, ``event_reader`` and ``event_writer`` for answers
"""
