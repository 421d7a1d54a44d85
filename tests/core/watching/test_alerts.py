import pytest

from tests.support.alert_rows import alert
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.watching.alerts import told
from wattfare_desktop.core.watching.rules import Action, Rule


@pytest.mark.parametrize("rule", Rule)
def test_each_rule_has_words(rule: Rule) -> None:
    words = told(alert(rule, Action.NOTIFY, measured=41, against=7, subject="openai/{pro}"))
    assert words.endswith(".")
    assert "{pro}" in words or "{" not in words


def test_what_was_done_is_told() -> None:
    paused = alert(Rule.RUNAWAY, Action.PAUSE, measured=parse_usd("5.2"), against=parse_usd("10"))
    assert told(paused) == "It spent $5.20 of its $10.00 within an hour. Wattfare paused it."
    slowed = alert(Rule.ERROR_STORM, Action.SLOW, measured=30, against=41)
    assert told(slowed) == (
        "30 of its last 41 calls failed. Wattfare slowed it to one call a second for ten minutes."
    )
