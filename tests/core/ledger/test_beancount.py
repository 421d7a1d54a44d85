"""What is written is judged by bean-check itself."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.bean_check import bean_check
from wattfare_desktop.core.identifiers import AccountId
from wattfare_desktop.core.ledger.beancount import (
    PLAY_MONEY,
    USD,
    BeanAccount,
    BeanBooks,
    BeanTransfer,
)
from wattfare_desktop.core.money import Nanos

DAY = date(2026, 11, 24)
EXTERNAL = AccountId("external")
FUNDING = AccountId("funding:funding_a")
PRACTICE = AccountId("funding:funding_b")
SPEND = AccountId("spend:grant_a")
_CURRENCIES: Mapping[AccountId, str | None] = {FUNDING: USD, PRACTICE: PLAY_MONEY}
HOSTILE = [
    'Ev"il',
    "back\\slash\\",
    'two\nlines\n2026-01-01 open Assets:Stolen\n"',
    "\u202egnp.exe\u2028\x00\x1b[2J",
    "; a comment",
    "名前",
    "",
    "x" * 5_000,
]


def account(id_: AccountId, balance: int, label: str = "", held: int = 0) -> BeanAccount:
    return BeanAccount(
        id=id_,
        label=label,
        currency=_CURRENCIES.get(id_),
        balance=Nanos(balance),
        held=Nanos(held),
    )


def transfer(
    number: int, debit: AccountId, credit: AccountId, amount: int, words: str = "charge"
) -> BeanTransfer:
    return BeanTransfer(
        entry=number,
        id=f"transfer_{number}",
        on=DAY,
        at="2026-11-24T00:00:00.000Z",
        debit=debit,
        credit=credit,
        amount=Nanos(amount),
        payee=words,
        narration=words,
        call=words,
    )


def written(accounts: list[BeanAccount], transfers: list[BeanTransfer]) -> str:
    books = BeanBooks({each.id: each for each in accounts})
    lines = list(books.head("Wattfare", "A test."))
    for each in transfers:
        lines += books.transaction(each)
    lines += books.end(DAY)
    return "\n".join(lines) + "\n"


def test_what_adds_up_is_taken(tmp_path: Path) -> None:
    text = written(
        [account(EXTERNAL, -10), account(FUNDING, 7, "openai", 2), account(SPEND, 3, "Notes AI")],
        [transfer(1, EXTERNAL, FUNDING, 10), transfer(2, FUNDING, SPEND, 3)],
    )
    assert bean_check(text, tmp_path) == ""
    assert "Assets:Funding:Openai-a  0.000000007 ~ 0 USD" in text
    assert "held: 0.000000002 USD" in text
    assert "Expenses:Apps:Notes-AI-a" in text


@pytest.mark.parametrize("wrong", [EXTERNAL, FUNDING, SPEND])
def test_one_nano_dollar_too_many_is_refused(wrong: AccountId, tmp_path: Path) -> None:
    balances = {EXTERNAL: -10, FUNDING: 7, SPEND: 3}
    text = written(
        [account(id_, balance + (id_ == wrong)) for id_, balance in balances.items()],
        [transfer(1, EXTERNAL, FUNDING, 10), transfer(2, FUNDING, SPEND, 3)],
    )
    assert bean_check(text, tmp_path).count("Balance failed") == 1


def test_play_money_is_no_dollar(tmp_path: Path) -> None:
    text = written(
        [account(EXTERNAL, -15), account(FUNDING, 7), account(PRACTICE, 4), account(SPEND, 4)],
        [
            transfer(1, EXTERNAL, FUNDING, 10),
            transfer(2, EXTERNAL, PRACTICE, 5),
            transfer(3, FUNDING, SPEND, 3),
            transfer(4, PRACTICE, SPEND, 1),
        ],
    )
    assert bean_check(text, tmp_path) == ""
    assert "balance Expenses:Apps:A  0.000000003 ~ 0 USD" in text
    assert "balance Expenses:Apps:A  0.000000001 ~ 0 PLAY" in text


def test_two_apps_of_one_name_are_two_accounts(tmp_path: Path) -> None:
    ids = [AccountId(f"spend:grant_{tail}") for tail in ("a.b", "a-b", "a_b", "A-b")]
    text = written([account(id_, 0, "Notes") for id_ in ids], [])
    assert bean_check(text, tmp_path) == ""
    opened = [line.split()[2] for line in text.splitlines() if " open " in line]
    assert len(set(opened)) == len(ids)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_strangers_wrote_stays_inside_its_string(words: str, tmp_path: Path) -> None:
    text = written(
        [account(EXTERNAL, -1, words), account(FUNDING, 1, words), account(SPEND, 0, words)],
        [transfer(1, EXTERNAL, FUNDING, 1, words)],
    )
    assert bean_check(text, tmp_path) == ""
    assert "Assets:Stolen" not in [
        line.split()[2] for line in text.splitlines() if " open " in line
    ]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from([FUNDING, PRACTICE]), st.booleans(), st.integers(1, 2**62)),
        max_size=30,
    ),
    words=st.text(max_size=40),
)
def test_whatever_moved_the_checker_comes_to_the_same(
    moves: list[tuple[AccountId, bool, int]], words: str, tmp_path: Path
) -> None:
    balances = dict.fromkeys((EXTERNAL, FUNDING, PRACTICE, SPEND), 0)
    transfers = []
    for number, (funding, comes_in, amount) in enumerate(moves, start=1):
        debit, credit = (EXTERNAL, funding) if comes_in else (funding, SPEND)
        balances[debit] -= amount
        balances[credit] += amount
        transfers.append(transfer(number, debit, credit, amount, words))
    accounts = [account(id_, balance, words) for id_, balance in balances.items()]
    assert bean_check(written(accounts, transfers), tmp_path) == ""
