"""``wattfare model``: names for models, what stands in for what, and what answers at the cap."""

from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import table

_HEADS: Final = ("NAME", "STANDS FOR")
_OFF: Final = "off"


def list_aliases(invocation: Invocation) -> int:
    """Print every name and what stands behind it."""
    return _print(invocation, invocation.ask_object("model list", {}))


def set_alias(invocation: Invocation) -> int:
    """Have a name stand for models, tried in this order."""
    options = invocation.options
    asked = {"name": options.name, "models": options.models}
    return _print(invocation, invocation.ask_object("model set", asked))


def remove_alias(invocation: Invocation) -> int:
    """Forget a name."""
    asked = {"name": invocation.options.name, "models": []}
    return _print(invocation, invocation.ask_object("model set", asked))


def set_at_cap(invocation: Invocation) -> int:
    """Choose what answers where a cap has no room left, or that nothing does."""
    model = invocation.options.model
    asked = {"model": None if model == _OFF else model}
    return _print(invocation, invocation.ask_object("model at-cap", asked))


def _print(invocation: Invocation, told: dict[str, Any]) -> int:
    terminal = invocation.terminal
    if invocation.options.json:
        terminal.write_json(told)
        return 0
    if told["aliases"]:
        rows = [(row["name"], ", then ".join(row["models"])) for row in told["aliases"]]
        terminal.write(table(_HEADS, rows))
    else:
        terminal.write(["No names yet: `wattfare model set fast groq/… openai/gpt-5-mini`."])
    if told["at_cap"] is not None:
        terminal.write([f"At the cap {told['at_cap']} answers instead."])
    return 0
