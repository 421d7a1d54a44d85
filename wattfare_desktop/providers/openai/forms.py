"""The fields and files of a form that an app sent, typed as far as they decide the cost."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wattfare_desktop.providers.dialect import FormPart
from wattfare_desktop.providers.fields import RefusedError, wrong_type

_FLAGS: Final = {"true": True, "false": False}


class Form:
    """A form: its fields, of which each may come once, and its files, of which some may be many."""

    def __init__(self, body: Any) -> None:
        if not isinstance(body, tuple):
            raise RefusedError("The request body must be a form.", None)
        self.parts: tuple[FormPart, ...] = body

    @property
    def field_bytes(self) -> int:
        """The length of all fields that are no files."""
        return sum(len(part.content) for part in self.parts if part.file_name is None)

    def files(self, *names: str) -> list[FormPart]:
        """Return the files that go by any of ``names``."""
        return [part for part in self.parts if part.name in names and part.file_name is not None]

    def only(self, *names: str) -> "Form":
        """Return this form, refusing files that go by another name."""
        other = [part.name for part in self.parts if part.file_name is not None]
        if strange := set(other) - set(names):
            name = min(strange)
            raise RefusedError(f"'{name}' is no file of this call.", name)
        return self

    def text(self, name: str) -> str | None:
        """Return a field; None where it is left out."""
        found = [part for part in self.parts if part.name == name]
        if not found:
            return None
        if len(found) > 1 or found[0].file_name is not None:
            raise RefusedError(f"Send '{name}' once, as a plain field.", name)
        try:
            return found[0].content.decode("utf-8")
        except UnicodeDecodeError:
            raise wrong_type(name, "text in UTF-8") from None

    def as_object(self, *names: str) -> dict[str, Any]:
        """Return those of the fields that are there, as texts."""
        return {name: text for name in names if (text := self.text(name)) is not None}

    def flag(self, name: str) -> bool:
        """Return a yes or no, no where it is left out."""
        told = _FLAGS.get(self.text(name) or "false")
        if told is None:
            raise wrong_type(name, "a boolean")
        return told

    def whole(self, name: str) -> int | None:
        """Return a whole number; None where it is left out."""
        text = self.text(name)
        if text is None:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(10**9)):
            raise wrong_type(name, "an integer")
        return int(text)


def with_model(parts: Sequence[FormPart], model: str) -> tuple[FormPart, ...]:
    """Return the parts of a form with another model in them."""
    return tuple(
        replace(part, content=model.encode()) if part.name == "model" else part for part in parts
    )
