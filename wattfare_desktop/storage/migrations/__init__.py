"""Numbered SQL files, each applied once and in order by ``storage.migrate``."""
