"""What is said of apps that may not ask."""

from datetime import UTC

import pytest

from tests.support.report_rows import NOON
from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, ClientId, later
from wattfare_desktop.core.reports import BlockedRow
from wattfare_desktop.ui.presentation.blocked import count_text, kind_text, since_text


@pytest.mark.parametrize(
    ("ago_ms", "said"),
    [
        (0, "blocked just now"),
        (3 * MINUTE_MS, "blocked 3 min ago"),
        (DAY_MS, "blocked since 22 Nov 2026"),
        (-5 * MINUTE_MS, "blocked just now"),
    ],
)
def test_since_when(ago_ms: int, said: str) -> None:
    row = BlockedRow(client=ClientId("Notes"), since=later(NOON, -ago_ms))
    assert since_text(row, NOON, UTC) == said


def test_a_site_and_a_name_that_anyone_may_use_are_told_apart() -> None:
    site, name = (
        BlockedRow(client=ClientId(client), since=NOON)
        for client in ("https://notes.example", "notes.example")
    )
    assert kind_text(site) == "web app"
    assert kind_text(name) == "any app of this name"
    assert count_text(1_234) == "Blocked apps (1,234)"
