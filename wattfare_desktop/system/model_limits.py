"""How much a model reads and answers at most: ``resources/prices/limits.toml``, read."""

import tomllib
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLimits:
    """The bounds of a model, in tokens.

    ``image_tokens_max`` is the most one picture is billed as, None where no rule bounds it.
    ``is_exact`` where whoever hosts the model takes ``max_output_tokens`` as a bound.
    """

    context_window_tokens: int
    max_output_tokens: int
    image_tokens_max: int | None = None
    is_exact: bool = False


class LimitsTable:
    """The limits of each model, and which models are kept unpriced."""

    def __init__(self, toml_text: str) -> None:
        table = tomllib.loads(toml_text)
        self._default = _limits(table["default"])
        self._unpriced = tuple(str(pattern) for pattern in table["unpriced"]["models"])
        self._shown = tuple(str(pattern) for pattern in table["shown"]["models"])
        self._rows = tuple(
            (str(row["match"]), replace(_limits(row), is_exact=not row.get("hosts_differ", False)))
            for row in table["models"]
        )

    def is_unpriced(self, *names: str) -> bool:
        """Return whether any of a model's names stands for a bill that tokens do not cover."""
        return any(fnmatchcase(bare_name(name), row) for name in names for row in self._unpriced)

    def shows_output(self, model_id: str) -> bool:
        """Return whether a model is known to show all the output it bills."""
        name = bare_name(model_id)
        return any(fnmatchcase(name, pattern) for pattern in self._shown)

    def limits(self, *names: str, stated_window: int | None = None) -> ModelLimits:
        """Return the limits of a model by the first of its ``names`` that has a row.

        ``stated_window`` is what the price table says.
        """
        for name in map(bare_name, names):
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
