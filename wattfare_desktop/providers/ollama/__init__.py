"""Ollama's own API, whose streams are lines of JSON.

- ``family``: errors and model lists
- ``request``: the bounds of what is asked; ``lines``: a stream read as it passes
- ``operations``: the dialects
- ``codec``: chats as neutral conversations
"""
