"""Rows for views that show more than fits in memory at once.

- ``calls_model``: every call, read from the wallet as it is scrolled to
"""
