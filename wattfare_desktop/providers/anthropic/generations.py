"""What the generations of Claude take, for requests that were written for another provider.

A generation is the first two numbers of a model's name: ``claude-sonnet-4-6`` is (4, 6) and
``claude-3-7-sonnet-20250219`` is (3, 7). Names of other makes, at servers that are compatible, are
taken to be what accepts the most.
"""

import re
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])([0-9]{1,2})(?![0-9])", re.ASCII)
_MOST_ACCEPTING: Final = (4, 6)
_ADAPTIVE_FROM: Final = (4, 6)
_NO_BUDGETS_FROM: Final = (4, 7)
_SYSTEM_BETWEEN_FROM: Final = (4, 8)
_WITHOUT_SYSTEM_BETWEEN: Final = ("claude-sonnet-5", (5, 0))
_ALWAYS_THINKING: Final = ("claude-fable", "claude-mythos")
_SHORT_ANSWERS_TO: Final = (3, 5)
_SHORT_ANSWER_TOKENS: Final = 4_096
_ANSWER_TOKENS: Final = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a model takes.

    ``sampling``: a temperature and its like. ``budgets``: thinking bounded in tokens. ``efforts``:
    thinking by effort. ``system_between``: system messages between turns. ``rest``: not to think.
    ``answer_tokens``: a bound every such model takes, for apps that name none.
    """

    sampling: bool
    budgets: bool
    efforts: bool
    system_between: bool
    rest: bool
    answer_tokens: int


def abilities_of(model: str) -> Abilities:
    """Return what ``model`` takes."""
    name = model.lower().rpartition("/")[2]
    generation = _generation(name)
    between = generation >= _SYSTEM_BETWEEN_FROM
    family, without = _WITHOUT_SYSTEM_BETWEEN
    return Abilities(
        sampling=generation < _NO_BUDGETS_FROM,
        budgets=generation < _NO_BUDGETS_FROM,
        efforts=generation >= _ADAPTIVE_FROM,
        system_between=between and not (name.startswith(family) and generation == without),
        rest=not name.startswith(_ALWAYS_THINKING),
        answer_tokens=_SHORT_ANSWER_TOKENS if generation <= _SHORT_ANSWERS_TO else _ANSWER_TOKENS,
    )


def _generation(name: str) -> tuple[int, int]:
    numbers = [int(found) for found in _NUMBER.findall(name)]
    if not name.startswith("claude") or not numbers:
        return _MOST_ACCEPTING
    return (numbers[0], numbers[1] if len(numbers) > 1 else 0)
