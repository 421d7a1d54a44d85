"""The update commands; they need no open wallet."""

import asyncio
from typing import Any

import pytest

from tests.support.page_updates import BEHIND, NEVER_LOOKED, PageUpdates
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.update_operations import update_family
from wattfare_desktop.core.errors import UserFacingError


def _ask(updates: PageUpdates, command: str, **arguments: JsonValue) -> Any:
    return asyncio.run(_answer(updates, command, arguments))


async def _answer(updates: PageUpdates, command: str, arguments: dict[str, JsonValue]) -> JsonValue:
    return await update_family(updates)[command](Arguments(arguments))


def test_what_is_newer_is_told_whole() -> None:
    told = _ask(PageUpdates(known=NEVER_LOOKED, found=BEHIND), "update look")
    assert told == {
        "running": "0.1.0",
        "daily": False,
        "looked_at": "2026-11-23T09:00:00.000Z",
        "newer": {
            "version": "1.2.3",
            "page": "https://wattfare.example/releases/1.2.3",
            "summary": "Receipts can be printed.",
            "published": "2026-11-28",
        },
    }


def test_daily_is_on_or_off() -> None:
    updates = PageUpdates(known=NEVER_LOOKED)
    assert _ask(updates, "update daily", daily="on")["daily"] is True
    told = _ask(updates, "update daily", daily="off")
    assert (told["daily"], told["looked_at"], told["newer"]) == (False, None, None)
    assert updates.told == [("set_daily", True), ("set_daily", False)]
    with pytest.raises(UserFacingError):
        _ask(updates, "update daily", daily="maybe")
