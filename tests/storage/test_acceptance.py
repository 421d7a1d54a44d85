"""What its user has accepted is not told again; what comes after that is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.altered_books import (
    differences,
    disarm,
    lived_in_books,
)
from tests.support.ledger_worker import NOW
from wattfare_desktop.storage import acceptance
from wattfare_desktop.storage.connection import Connection


@pytest.fixture
def lived_in(tmp_path: Path) -> Iterator[Connection]:
    """A ledger with all that limits can be."""
    connection = lived_in_books(tmp_path / "wallet.db")
    yield connection
    connection.close()


def test_what_was_accepted_is_not_told_again(lived_in: Connection) -> None:
    """But what is altered after that is, even where it was off before."""
    disarm(lived_in)
    for sql in (
        "UPDATE accounts SET debits_posted = 5 WHERE id = 'funding:funding_a'",
        "UPDATE windows SET spent = 9, raised = 3",
        "UPDATE budgets SET limit_nanos = 77",
        "UPDATE calls SET credited = 700 WHERE id = 'call_1'",
        "DELETE FROM call_windows WHERE call_seq = 2",
        "UPDATE grants SET state = 'revoked'",
        "UPDATE transfers SET amount = 1 WHERE id = 'call_1.hold'",
    ):
        lived_in.execute(sql)
    assert len(differences(lived_in)) > 7
    acceptance.accept(lived_in, {"why": "a test"}, NOW)
    assert differences(lived_in) == []
    lived_in.execute("UPDATE windows SET spent = 10")
    lived_in.execute("UPDATE budgets SET limit_nanos = 78")
    lived_in.execute("UPDATE accounts SET debits_posted = 6 WHERE id = 'funding:funding_a'")
    told = differences(lived_in)
    assert any("spent in" in each for each in told)
    assert any("is 78" in each for each in told)
    assert any("debits posted of funding:funding_a is 6, its entries say 5" in e for e in told)
