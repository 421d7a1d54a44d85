"""OpenAI's API, which many providers speak.

- ``family``: its errors and its list of models
- ``chat``: chat completions; ``chat_request`` reads what an app asks, ``chat_usage`` what was used
"""
