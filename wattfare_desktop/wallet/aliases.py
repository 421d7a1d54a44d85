"""Names of the user's own for models, what stands in for what, and what answers at the cap.

A name stands for a list: its models are tried in their order, the next where one's provider cannot
answer. A model may have its own name and stand first in its own list.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage import preferences
from wattfare_desktop.storage.database import Database
from wattfare_desktop.wallet.changes import Changes

TARGETS_MAX: Final = 8
NAMES_MAX: Final = 200
NAME_CHARS_MAX: Final = 256

_KEPT_AS: Final = "aliases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """The models behind each name, and ``at_cap``: the one that answers where a cap has no room."""

    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_cap: str | None = None

    def models(self, name: str) -> tuple[str, ...]:
        """Return the models to try for ``name``, in their order; what has no alias is a model."""
        return self.by_name.get(name, (name,))


class AliasShelf:
    """Keeps the aliases in the encrypted file, and at hand for every call."""

    def __init__(self, database: Database, publish: Callable[[Changes], None]) -> None:
        self._database = database
        self._publish = publish
        self.now = Aliases()

    async def load(self) -> None:
        """Read them."""
        text = await self._database.read(partial(preferences.get, name=_KEPT_AS))
        self.now = Aliases() if text is None else _read(text)

    async def set(self, name: str, models: Sequence[str]) -> None:
        """Have ``name`` stand for ``models``, in their order; for none, it is forgotten.

        Raises UserFacingError for what is no name.
        """
        _require_name(name)
        for model in models:
            _require_name(model)
        if len(models) > TARGETS_MAX:
            raise UserFacingError("Too many models", f"A name stands for at most {TARGETS_MAX}.")
        by_name = {each: told for each, told in self.now.by_name.items() if each != name}
        if models:
            by_name[name] = tuple(dict.fromkeys(models))
        if len(by_name) > NAMES_MAX:
            raise UserFacingError("Too many names", f"There may be {NAMES_MAX}: remove another.")
        await self._keep(replace(self.now, by_name=by_name))

    async def set_at_cap(self, model: str | None) -> None:
        """Have ``model`` answer what a cap has no room for; None: nothing does."""
        if model is not None:
            _require_name(model)
        await self._keep(replace(self.now, at_cap=model))

    async def _keep(self, aliases: Aliases) -> None:
        content = json.dumps({"by_name": dict(aliases.by_name), "at_cap": aliases.at_cap})
        await self._database.write(partial(preferences.put, name=_KEPT_AS, content=content))
        self.now = aliases
        self._publish(Changes(wallet=True))


def _read(text: str) -> Aliases:
    kept = json.loads(text)
    return Aliases(
        by_name={name: tuple(models) for name, models in kept["by_name"].items()},
        at_cap=kept["at_cap"],
    )


def _require_name(name: str) -> None:
    if not 0 < len(name) <= NAME_CHARS_MAX or not name.isprintable() or name != name.strip():
        raise UserFacingError(
            "That is no name of a model",
            f"A name is 1 to {NAME_CHARS_MAX} printable characters, such as openai/gpt-5-mini.",
        )
