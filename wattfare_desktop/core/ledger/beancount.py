"""The books in beancount's own language, as ``bean-check`` takes them.

What was posted becomes a transaction: a credited account grows, a debited one shrinks. Holds move
nothing and are no transactions; what is held stands beside the balance. Each account ends with a
balance assertion, exact to the nano-dollar, out of the wallet's own counters: whoever checks the
file has added everything up a second time. Play money is a currency of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from wattfare_desktop.core.identifiers import AccountId
from wattfare_desktop.core.money import Nanos, exact_usd

USD: Final = "USD"
PLAY_MONEY: Final = "PLAY"

_ROOTS: Final = {
    "external": "Equity:External",
    "funding": "Assets:Funding",
    "fee": "Assets:Fee",
    "reserve": "Assets:Reserve",
    "spend": "Expenses:Apps",
    "overrun": "Expenses:Overrun",
}
_OTHER: Final = "Equity:Other"
_LABEL_CHARS_MAX: Final = 24
_TEXT_CHARS_MAX: Final = 200
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9]+", re.ASCII)
_LINK: Final = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeanAccount:
    """An account as it stands. ``label`` is a name people know it by, whoever gave it.

    ``currency`` None: more than one may lie there. ``balance`` is posted credits less debits.
    """

    id: AccountId
    label: str
    currency: str | None
    balance: Nanos
    held: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class BeanTransfer:
    """An amount that was posted. ``call`` "" where none was behind it."""

    entry: int
    id: str
    on: date
    at: str
    debit: AccountId
    credit: AccountId
    amount: Nanos
    payee: str
    narration: str
    call: str


class BeanBooks:
    """Writes one file: its ``head``, each ``transaction``, then its ``end``."""

    def __init__(self, accounts: Mapping[AccountId, BeanAccount]) -> None:
        self._accounts = accounts
        self._names = _names(accounts)
        self._sums: dict[AccountId, dict[str, int]] = {account: {} for account in accounts}
        self._first: date | None = None
        self._last: date | None = None

    def head(self, title: str, remark: str) -> Iterator[str]:
        """Yield the lines that come first."""
        yield f";; {_plain(remark)}"
        yield f"option {_text('title')} {_text(title)}"
        yield f"option {_text('operating_currency')} {_text(USD)}"

    def transaction(self, transfer: BeanTransfer) -> Iterator[str]:
        """Yield the lines of one transfer."""
        currency = self._currency(transfer)
        self._first = min(transfer.on, self._first or transfer.on)
        self._last = max(transfer.on, self._last or transfer.on)
        link = f" ^{transfer.call}" if _LINK.fullmatch(transfer.call) else ""
        yield ""
        yield f"{transfer.on} * {_text(transfer.payee)} {_text(transfer.narration)}{link}"
        yield f"  entry: {transfer.entry}"
        yield f"  transfer: {_text(transfer.id)}"
        yield f"  at: {_text(transfer.at)}"
        for account, amount in (
            (transfer.debit, -transfer.amount),
            (transfer.credit, transfer.amount),
        ):
            sums = self._sums[account]
            sums[currency] = sums.get(currency, 0) + amount
            yield f"  {self._names[account]}  {exact_usd(Nanos(amount))} {currency}"

    def end(self, today: date) -> Iterator[str]:
        """Yield each account's opening and what it must have come to."""
        opened = min(self._first or today, today)
        # An assertion holds at the beginning of its day.
        after = max(self._last or today, today) + timedelta(days=1)
        for id_, account in self._accounts.items():
            name = self._names[id_]
            yield ""
            yield f"{opened} open {name}{'' if account.currency is None else ' '}" + (
                account.currency or ""
            )
            yield f"  account: {_text(id_)}"
            if account.label:
                yield f"  name: {_text(account.label)}"
            for currency, balance in self._balances(account):
                yield f"{after} balance {name}  {exact_usd(balance)} ~ 0 {currency}"
            if account.held:
                yield f"  held: {exact_usd(account.held)} {account.currency or USD}"

    def _balances(self, account: BeanAccount) -> list[tuple[str, Nanos]]:
        if account.currency is not None:
            return [(account.currency, account.balance)]
        # The wallet counts both in one; dollars are asserted as what is left of its own figure.
        play = self._sums[account.id].get(PLAY_MONEY, 0)
        dollars = (USD, Nanos(account.balance - play))
        return [(PLAY_MONEY, Nanos(play)), dollars] if play else [dollars]

    def _currency(self, transfer: BeanTransfer) -> str:
        sides = (self._accounts[transfer.debit].currency, self._accounts[transfer.credit].currency)
        return next((currency for currency in sides if currency is not None), USD)


def _names(accounts: Mapping[AccountId, BeanAccount]) -> dict[AccountId, str]:
    """Return a name for each account that beancount can read and no other has."""
    names: dict[AccountId, str] = {}
    taken: set[str] = set()
    for id_, account in accounts.items():
        name = plain = _name(id_, account.label)
        number = 1
        while name in taken:
            number += 1
            name = f"{plain}-{number}"
        names[id_] = name
        taken.add(name)
    return names


def _name(account: AccountId, label: str) -> str:
    kind, _, of = account.partition(":")
    root = _ROOTS.get(kind, _OTHER)
    if not of and root != _OTHER:
        return root
    tail = of.partition("_")[2] or of or kind
    words = [_NOT_IN_NAMES.sub("-", each).strip("-") for each in (label[:_LABEL_CHARS_MAX], tail)]
    component = "-".join(word for word in words if word) or "Unnamed"
    return f"{root}:{component[0].upper()}{component[1:]}"


def _text(text: str) -> str:
    """Return ``text`` as a string of the language, on one line whatever a stranger put in."""
    plain = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _plain(text: str) -> str:
    cut = text if len(text) <= _TEXT_CHARS_MAX else f"{text[:_TEXT_CHARS_MAX]}..."
    return "".join(sign if sign.isprintable() else f"<{ord(sign):x}>" for sign in cut)
