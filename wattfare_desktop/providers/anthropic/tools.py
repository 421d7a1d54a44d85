"""Which tools a request may offer: those the app runs, and searches whose number is bounded."""

from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.providers.fields import UNBOUNDED, RefusedError, whole, wrong_type

SEARCHES_MAX: Final = 100

# The prose that introduces tools, and what stands at the provider for tools it has descriptions of.
TOOLS_TOKENS: Final = 1_024
TOOL_TOKENS: Final = 32
KNOWN_TOOL_TOKENS: Final = 2_048
TOOLSET_TOKENS: Final = 16_384

_OWN: Final = frozenset({None, "custom"})
_KNOWN: Final = ("bash_", "text_editor_", "memory_", "computer_")
_TOOLSETS: Final = ("computer_toolset_", "browser_toolset_")
_SEARCH: Final = "web_search_"
_PLAIN_SEARCH: Final = "web_search_20250305"
"""Later ones have code filter what was found, unless only the model itself may call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the offered tools add at most: input tokens, and searches billed one by one."""

    tokens: int = 0
    searches: int = 0


def read_tools(body: dict[str, Any]) -> Tools:
    """Return the bounds of what is offered; raises RefusedError for tools that have none."""
    offered = body.get("tools")
    if offered is None:
        return Tools()
    if not isinstance(offered, list):
        raise wrong_type("tools", "an array")
    tokens = TOOLS_TOKENS if offered else 0
    searches = 0
    for index, tool in enumerate(offered):
        where = f"tools[{index}]"
        if not isinstance(tool, dict):
            raise wrong_type(where, "an object")
        found = _tool(tool, where)
        tokens += found.tokens
        searches += found.searches
    return Tools(tokens=tokens, searches=searches)


def _tool(tool: dict[str, Any], where: str) -> Tools:
    kind = tool.get("type")
    if kind is not None and not isinstance(kind, str):
        raise wrong_type(f"{where}.type", "a string")
    if kind in _OWN:
        return Tools(tokens=TOOL_TOKENS)
    assert kind is not None, "None is one's own"
    if kind.startswith(_TOOLSETS):
        return Tools(tokens=TOOLSET_TOKENS)
    if kind.startswith(_KNOWN):
        return Tools(tokens=KNOWN_TOOL_TOKENS)
    if kind.startswith(_SEARCH):
        return Tools(tokens=KNOWN_TOOL_TOKENS, searches=_searches(tool, kind, where))
    raise RefusedError(
        f"The tool '{kind}' is not allowed by this wallet: what the provider runs on its own has "
        "no bound in this request.",
        f"{where}.type",
        UNBOUNDED,
    )


def _searches(tool: dict[str, Any], kind: str, where: str) -> int:
    most = whole(tool, "max_uses", 1, SEARCHES_MAX, f"{where}.max_uses")
    if most is None:
        raise RefusedError(
            "Searches are billed one by one: bound them with 'max_uses'.",
            f"{where}.max_uses",
            UNBOUNDED,
        )
    if kind != _PLAIN_SEARCH and tool.get("allowed_callers") != ["direct"]:
        raise RefusedError(
            "Searches that code may call have no bound: set 'allowed_callers' to [\"direct\"].",
            f"{where}.allowed_callers",
            UNBOUNDED,
        )
    return most
