"""Gemini's own API, as it is at generativelanguage.googleapis.com.

- ``family``: its errors and its models list
- ``reading``: typed looks into a body, in either of the two spellings Google takes
- ``request``: how much a request to generate can cost at most
- ``usage``: what an answer says it used
- ``stream``, ``json_array``: a streamed answer, as events or as one JSON array
- ``generate``, ``count_tokens``, ``embed``: the operations
- ``codec``: its part in translation. ``asked`` reads a request, ``asking`` writes one; both use
  ``asked_config``, ``asked_tools``, ``content`` and ``schemas``. ``replies`` and ``events`` do
  answers
"""
