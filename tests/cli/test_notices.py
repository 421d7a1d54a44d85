"""What a tray would tell, as lines a script can split."""

import io
import shlex

from tests.support.alert_rows import alert
from tests.support.update_channel import release
from wattfare_desktop.cli.notices import PrintedNotices
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import LimitAlert, OverrunAlert, WindowRow
from wattfare_desktop.wallet.changes import Changes

WINDOW = WindowRow(
    period=Period.MONTH,
    limit=parse_usd("5.00"),
    spent=parse_usd("4.10"),
    held=parse_usd("0"),
    resets_at=None,
)
HOSTILE = "Notes' AI\nconsent ticket_1 \u202eevil"


def printed(changes: Changes) -> list[str]:
    stdout = io.StringIO()
    terminal = Terminal(stdin=io.StringIO(), stdout=stdout, stderr=io.StringIO())
    PrintedNotices(terminal).take(changes)
    return stdout.getvalue().splitlines()


def test_a_limit_that_is_nearly_used_up() -> None:
    app = LimitAlert(app=GrantId("grant_1"), name="Notes AI", window=WINDOW)
    wallet = LimitAlert(app=None, name="All apps together", window=WINDOW)
    assert printed(Changes(warnings=(app, wallet))) == [
        "warning 'Notes AI' 5.00 month spent=4.10",
        "warning 'all apps together' 5.00 month spent=4.10",
    ]


def test_a_bill_above_a_cap() -> None:
    alert = OverrunAlert(
        call=CallId("call_1"),
        app=GrantId("grant_1"),
        funding=FundingId("funding_1"),
        from_reserve=parse_usd("0.01"),
        uncovered=parse_usd("0.02"),
    )
    assert printed(Changes(overruns=(alert,))) == ["overrun call_1 reserve=0.01 uncovered=0.02"]


def test_a_name_begins_no_second_line_and_no_second_word() -> None:
    alert = LimitAlert(app=GrantId("grant_1"), name=HOSTILE, window=WINDOW)
    (line,) = printed(Changes(warnings=(alert,)))
    words = shlex.split(line)
    assert len(words) == 5
    assert "\u202e" not in line


def test_ordinary_changes_print_nothing() -> None:
    assert printed(Changes(calls=True, wallet=True, grants=frozenset({GrantId("grant_1")}))) == []


def test_an_alert_is_one_line() -> None:
    (line,) = printed(Changes(alerts=(alert(number=3, name=HOSTILE),)))
    assert line.startswith("alert 3 ")
    assert line.endswith(
        " flood pause 'It sent 1,000 requests within 10 seconds. Wattfare paused it.'"
    )


def test_a_newer_version_is_one_line() -> None:
    (line,) = printed(Changes(release=release("1.2.3")))
    assert shlex.split(line) == [
        "release",
        "1.2.3",
        "https://wattfare.example/releases/1.2.3",
        "Receipts can be printed.",
    ]
