"""Names for models, and what answers where a cap is used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.wallet.aliases import NAME_CHARS_MAX, TARGETS_MAX

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
    """Return what ``typed`` says, a model a line; or the sentence that says what is missing."""
    name = name.strip()
    models = tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if not name:
        return f"Give it a name, such as {EXAMPLE_NAME}."
    if not models:
        return f"Say which model it stands for, such as {EXAMPLE_MODEL}."
    if len(models) > TARGETS_MAX:
        return f"A name stands for at most {TARGETS_MAX} models."
    for each in (name, *models):
        objection = _objection(each)
        if objection:
            return objection
    return NameWish(name=name, models=models)


def judged_at_cap(typed: str) -> str:
    """Return the sentence that says why ``typed`` cannot answer at a cap; "" where it can."""
    model = typed.strip()
    if not model:
        return f"Say which model answers then, such as {EXAMPLE_FREE}."
    return _objection(model)


def _objection(name: str) -> str:
    if len(name) > NAME_CHARS_MAX:
        return f"A name has at most {NAME_CHARS_MAX} characters."
    if not name.isprintable():
        return "A name has no characters that cannot be seen."
    return ""
