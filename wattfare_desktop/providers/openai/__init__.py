"""OpenAI's API, which many providers speak.

- ``family``: its errors and its list of models
- ``chat``: chat completions; ``chat_request`` reads what an app asks, ``chat_usage`` what was used
- ``responses``: responses; ``responses_request`` and ``responses_usage`` likewise,
  ``responses_stream`` reads a stream and ``responses_underway`` knows how to end one
- ``chat_codec``, ``responses_codec``: each as a codec, and beside it its requests (read by
  ``..._request``, written by ``..._sent``), replies, and streams (``..._reading``, ``..._writing``)
- ``operation``: what all that is no conversation has in common, and ``events`` its streams:
  ``embeddings``, ``moderations``, ``images`` (bounded by ``image_bounds``), ``transcriptions`` (by
  ``sound``), ``speech`` (passed on by ``speech_stream``); ``forms`` reads those that come as a form
- ``carrying``, ``turns``, ``data_url``: what reading a request takes
- ``stated_cost``: what a provider itself says it bills
"""
