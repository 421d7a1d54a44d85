"""Reading an OpenAI request for translation: typed values out of loose JSON, or a named refusal."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import Document, Effort, Image, ToolCall
from wattfare_desktop.providers.openai.data_url import data_url, split_data_url

# A file must have a name here; this one stands for none.
UNNAMED_FILE = "document"
# As must a schema.
UNNAMED_SCHEMA = "answer"

MALFORMED = "malformed_arguments"
"""The one argument of a call whose arguments are no JSON object: their text."""

_EFFORTS: Mapping[str, Effort] = {
    "none": Effort.NONE,
    "minimal": Effort.MINIMAL,
    "low": Effort.LOW,
    "medium": Effort.MEDIUM,
    "high": Effort.HIGH,
    "xhigh": Effort.HIGHEST,
    "max": Effort.HIGHEST,
}
_EFFORT_WORDS = {effort: word for word, effort in _EFFORTS.items() if word != "max"}

# Where thinking is asked for by tokens and the other side knows efforts: as others draw the lines.
_LOW_BUDGET_TOKENS = 2_048
_MEDIUM_BUDGET_TOKENS = 8_192


def no_counterpart(param: str) -> CannotCarry:
    """Return the refusal of what no other dialect has."""
    return CannotCarry(f"'{param}' cannot be carried over to this model's provider.", param)


def require_known(body: Mapping[str, Any], known: Collection[str], hints: Collection[str]) -> None:
    """Refuse the first member that is neither ``known`` nor a hint, and says something."""
    for name, value in body.items():
        if name not in known and name not in hints and value not in (None, False, {}, []):
            raise no_counterpart(name)


def number(body: Mapping[str, Any], name: str) -> float | None:
    """Return a number; None where there is none."""
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise CannotCarry(f"Invalid type for '{name}': expected a number.", name)
    return value


def whole(body: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number; None where there is none."""
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise CannotCarry(f"Invalid type for '{name}': expected an integer.", name)
    return value


def flag(body: Mapping[str, Any], name: str) -> bool | None:
    """Return a yes or no; None where there is none."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise CannotCarry(f"Invalid type for '{name}': expected a boolean.", name)
    return value


def text(body: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text that has to be there; ``where`` is its object's place in the request."""
    value = body.get(name)
    if not isinstance(value, str):
        raise CannotCarry(
            f"Invalid type for '{where}.{name}': expected a string.", f"{where}.{name}"
        )
    return value


def text_or_none(body: Mapping[str, Any], name: str, where: str) -> str | None:
    """Return a text; None where there is none."""
    return None if body.get(name) is None else text(body, name, where)


def member(body: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    """Return an object that has to be there."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise CannotCarry(
            f"Invalid type for '{where}.{name}': expected an object.", f"{where}.{name}"
        )
    return value


def rows(value: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object of a list with its place; nothing where there is no list."""
    if value is None:
        return
    if not isinstance(value, list):
        raise CannotCarry(f"Invalid type for '{where}': expected an array.", where)
    for index, row in enumerate(value):
        if not isinstance(row, dict):
            raise CannotCarry(
                f"Invalid type for '{where}[{index}]': expected an object.", f"{where}[{index}]"
            )
        yield f"{where}[{index}]", row


def arguments(written: str) -> dict[str, Any]:
    """Return the arguments of a call out of their JSON text; an empty text is none.

    Models write texts at times that are no JSON object. Such a call was paid for and is the app's
    to refuse, so that its text is handed on as the one argument there is.
    """
    try:
        parsed = json.loads(written) if written.strip() else {}
    except (ValueError, RecursionError):
        parsed = None
    return parsed if isinstance(parsed, dict) else {MALFORMED: written}


def arguments_text(made: ToolCall) -> str:
    """Return the arguments of a call as their JSON text, as compact as models write it."""
    written = made.arguments.get(MALFORMED)
    if isinstance(written, str) and len(made.arguments) == 1:
        return written
    return json.dumps(dict(made.arguments), ensure_ascii=False, separators=(",", ":"))


def image(url: str) -> Image:
    """Return the picture in or behind a URL."""
    held = split_data_url(url)
    return Image(url=url) if held is None else Image(media_type=held[0], data=held[1])


def image_url(picture: Image) -> str:
    """Return the URL in or behind which a picture is."""
    if picture.data is not None:
        return data_url(picture.media_type or "image/png", picture.data)
    return picture.url or ""


def document(file: Mapping[str, Any], where: str) -> Document:
    """Return a file that came with its data; one that is kept elsewhere cannot be carried."""
    for kept in ("file_id", "file_url"):
        if file.get(kept) is not None:
            raise no_counterpart(f"{where}.{kept}")
    held = split_data_url(text(file, "file_data", where))
    if held is None:
        raise CannotCarry(f"'{where}.file_data' must be a data URL.", f"{where}.file_data")
    name = text_or_none(file, "filename", where)
    return Document(media_type=held[0], data=held[1], name=None if name == UNNAMED_FILE else name)


def file_members(held: Document) -> dict[str, Any]:
    """Return a file as the members of an object."""
    return {
        "filename": held.name or UNNAMED_FILE,
        "file_data": data_url(held.media_type, held.data),
    }


def effort(word: Any, where: str) -> Effort | None:
    """Return how hard to think; None where nothing is said."""
    if word is None:
        return None
    if not isinstance(word, str) or word not in _EFFORTS:
        raise no_counterpart(where)
    return _EFFORTS[word]


def effort_word(wanted: Effort | None, budget_tokens: int | None) -> str | None:
    """Return how hard to think as a word, where tokens are given the one they come nearest to."""
    if wanted is None and budget_tokens is not None:
        if budget_tokens <= 0:
            wanted = Effort.NONE
        elif budget_tokens <= _LOW_BUDGET_TOKENS:
            wanted = Effort.LOW
        elif budget_tokens <= _MEDIUM_BUDGET_TOKENS:
            wanted = Effort.MEDIUM
        else:
            wanted = Effort.HIGH
    return None if wanted is None else _EFFORT_WORDS[wanted]
