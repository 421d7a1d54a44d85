"""Names for models, and what answers where a cap is used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

EXAMPLE_NAME: Final = "fast"
EXAMPLE_MODEL: Final = "openai/gpt-5-mini"
EXAMPLE_FREE: Final = "ollama/llama3.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWish:
    """A name, and the models it shall stand for, in their order."""

    name: str
    models: tuple[str, ...]


def stands_for(models: Sequence[str]) -> str:
    """Return what a name stands for, in words."""
    return ", then ".join(models)


def judged_name(name: str, typed: str) -> NameWish | str:
    """Return what ``typed`` says, a model a line; or the sentence that says what is missing.

    What a name may be is the wallet's to judge.
    """
    models = tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if not name.strip():
        return f"Give it a name, such as {EXAMPLE_NAME}."
    if not models:
        return f"Say which model it stands for, such as {EXAMPLE_MODEL}."
    return NameWish(name=name.strip(), models=models)
