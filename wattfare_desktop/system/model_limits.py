"""How much a model reads and answers at most: ``resources/prices/limits.toml``, read."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """The bounds of a model, in tokens.

    ``image_tokens_max`` is the most one picture is billed as, None where no rule bounds it.
    """

    context_window_tokens: int
    max_output_tokens: int
    image_tokens_max: int | None = None


class LimitsTable:
    """The limits of each model, and which models are kept unpriced."""

    def __init__(self, toml_text: str) -> None:
        table = tomllib.loads(toml_text)
        self._default = _limits(table["default"])
        self._unpriced = tuple(str(pattern) for pattern in table["unpriced"]["models"])
        self._shown = tuple(str(pattern) for pattern in table["shown"]["models"])
        self._rows = tuple((str(row["match"]), _limits(row)) for row in table["models"])

    def is_unpriced(self, *names: str) -> bool:
        """Return whether any of a model's names stands for a bill that tokens do not cover."""
        return any(fnmatchcase(bare_name(name), row) for name in names for row in self._unpriced)

    def shows_output(self, model_id: str) -> bool:
        """Return whether a model is known to show all the output it bills."""
        name = bare_name(model_id)
        return any(fnmatchcase(name, pattern) for pattern in self._shown)

    def limits(self, model_id: str, stated_window: int | None = None) -> ModelLimits:
        """Return the limits of a model; ``stated_window`` is what the price table says."""
        name = bare_name(model_id)
        for pattern, limits in self._rows:
            if fnmatchcase(name, pattern):
                return limits
        return ModelLimits(
            context_window_tokens=max(stated_window or 0, self._default.context_window_tokens),
            max_output_tokens=self._default.max_output_tokens,
        )


def bare_name(name: str) -> str:
    """Return a model's name without vendor prefixes, in lower case."""
    return name.lower().rpartition("/")[2]


def _limits(row: dict[str, Any]) -> ModelLimits:
    image = row.get("image_tokens_max")
    return ModelLimits(
        context_window_tokens=int(row["context_window"]),
        max_output_tokens=int(row["max_output"]),
        image_tokens_max=None if image is None else int(image),
    )
