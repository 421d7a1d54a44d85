"""Tests of ``wattfare_desktop.core.ledger.rules``: every refusal, and books that always balance."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from wattfare_desktop.core.identifiers import AccountId, Instant, TransferId
from wattfare_desktop.core.ledger.chart import EXTERNAL, constraint_of
from wattfare_desktop.core.ledger.model import (
    Account,
    Transfer,
    TransferCode,
    TransferKind,
    TransferStatus,
)
from wattfare_desktop.core.ledger.rules import AMOUNT_MAX, Pending, applied, judge, judge_resolution
from wattfare_desktop.core.money import Nanos

FUNDING, OTHER_FUNDING = AccountId("funding:1"), AccountId("funding:2")
SPEND, OTHER_SPEND = AccountId("spend:1"), AccountId("spend:2")
HOLD = TransferId("transfer_hold")


def account(account_id: AccountId, **counters: int) -> Account:
    return Account(id=account_id, constraint=constraint_of(account_id), **counters)


def transfer(
    kind: TransferKind = TransferKind.POSTED, amount: int = 10, **changed: Any
) -> Transfer:
    fields: dict[str, Any] = {
        "id": TransferId("transfer_1"),
        "debit_account": FUNDING,
        "credit_account": SPEND,
        "code": TransferCode.CHARGE,
        "created_at": Instant(0),
        **changed,
    }
    return Transfer(kind=kind, amount=Nanos(amount), **fields)


def hold(amount: int = 10, *, resolved: bool = False, **changed: Any) -> Pending:
    kind = changed.pop("kind", TransferKind.PENDING)
    return Pending(transfer=transfer(kind, amount, id=HOLD, **changed), resolved=resolved)


def posting(amount: int, **changed: Any) -> Transfer:
    return transfer(TransferKind.POST_PENDING, amount, **{"pending_id": HOLD, **changed})


def voiding(amount: int = 0, **changed: Any) -> Transfer:
    return transfer(TransferKind.VOID_PENDING, amount, **{"pending_id": HOLD, **changed})


def sides(pending: Pending | None, *, credits_posted: int = 100) -> tuple[Account, Account]:
    held = pending.transfer.amount if pending is not None and not pending.resolved else 0
    return (
        account(FUNDING, credits_posted=credits_posted, debits_pending=held),
        account(SPEND, credits_pending=held),
    )


@pytest.mark.parametrize(
    ("asked", "pending", "status"),
    [
        (transfer(amount=-1), None, TransferStatus.AMOUNT_NEGATIVE),
        (transfer(TransferKind.PENDING, -1), None, TransferStatus.AMOUNT_NEGATIVE),
        (posting(-1), hold(), TransferStatus.AMOUNT_NEGATIVE),
        (transfer(amount=AMOUNT_MAX + 1), None, TransferStatus.AMOUNT_TOO_LARGE),
        (transfer(credit_account=FUNDING), None, TransferStatus.ACCOUNTS_THE_SAME),
        (voiding(1), hold(), TransferStatus.VOID_AMOUNT_NOT_ZERO),
        (transfer(pending_id=HOLD), hold(), TransferStatus.PENDING_ID_MISPLACED),
        (
            transfer(TransferKind.PENDING, pending_id=HOLD),
            hold(),
            TransferStatus.PENDING_ID_MISPLACED,
        ),
        (posting(5, pending_id=None), None, TransferStatus.PENDING_ID_MISPLACED),
        (voiding(pending_id=None), None, TransferStatus.PENDING_ID_MISPLACED),
        (posting(5), None, TransferStatus.PENDING_TRANSFER_NOT_FOUND),
        (voiding(), None, TransferStatus.PENDING_TRANSFER_NOT_FOUND),
        (posting(5), hold(kind=TransferKind.POSTED), TransferStatus.PENDING_TRANSFER_NOT_PENDING),
        (
            posting(5),
            hold(kind=TransferKind.POST_PENDING),
            TransferStatus.PENDING_TRANSFER_NOT_PENDING,
        ),
        (
            posting(5),
            hold(debit_account=OTHER_FUNDING),
            TransferStatus.PENDING_TRANSFER_OF_OTHER_ACCOUNTS,
        ),
        (
            voiding(),
            hold(credit_account=OTHER_SPEND),
            TransferStatus.PENDING_TRANSFER_OF_OTHER_ACCOUNTS,
        ),
        (posting(5), hold(resolved=True), TransferStatus.PENDING_TRANSFER_RESOLVED),
        (voiding(), hold(resolved=True), TransferStatus.PENDING_TRANSFER_RESOLVED),
        (posting(11), hold(10), TransferStatus.EXCEEDS_PENDING_AMOUNT),
        (transfer(amount=101), None, TransferStatus.EXCEEDS_CREDITS),
        (transfer(TransferKind.PENDING, 101), None, TransferStatus.EXCEEDS_CREDITS),
        # Several things wrong: the first in the order of the statuses is told.
        (transfer(amount=-1, credit_account=FUNDING), None, TransferStatus.AMOUNT_NEGATIVE),
        (posting(11), hold(10, resolved=True), TransferStatus.PENDING_TRANSFER_RESOLVED),
        # And what stands.
        (transfer(amount=0), None, TransferStatus.OK),
        (transfer(amount=100), None, TransferStatus.OK),
        (transfer(TransferKind.PENDING, 100), None, TransferStatus.OK),
        (posting(0), hold(10), TransferStatus.OK),
        (posting(10), hold(10), TransferStatus.OK),
        (voiding(), hold(10), TransferStatus.OK),
        # A hold once written may be posted, whatever became of the balance since.
        (posting(100), hold(100), TransferStatus.OK),
    ],
)
def test_each_status(asked: Transfer, pending: Pending | None, status: TransferStatus) -> None:
    assert judge(asked, *sides(pending), pending) is status
    if pending is not None and asked.pending_id is not None:
        assert judge_resolution(asked, pending) is status


@pytest.mark.parametrize(
    ("debit", "credit", "status"),
    [
        (None, account(SPEND), TransferStatus.DEBIT_ACCOUNT_NOT_FOUND),
        (None, None, TransferStatus.DEBIT_ACCOUNT_NOT_FOUND),
        (account(FUNDING), None, TransferStatus.CREDIT_ACCOUNT_NOT_FOUND),
    ],
)
def test_both_accounts_must_be_there(
    debit: Account | None, credit: Account | None, status: TransferStatus
) -> None:
    assert judge(transfer(), debit, credit) is status


def test_rows_of_other_accounts_are_a_bug_and_no_refusal() -> None:
    with pytest.raises(AssertionError):
        judge(transfer(), account(OTHER_FUNDING, credits_posted=100), account(SPEND))
    with pytest.raises(AssertionError):
        judge(posting(5, pending_id=TransferId("transfer_else")), *sides(hold()), hold())


def test_pending_credits_pay_for_nothing() -> None:
    debit = account(FUNDING, credits_pending=100)
    status = judge(transfer(amount=1), debit, account(SPEND))
    assert status is TransferStatus.EXCEEDS_CREDITS


def test_an_overrun_overdraws_a_funding_and_nothing_else() -> None:
    credit = account(AccountId("overrun:1"))
    overrun = transfer(amount=101, code=TransferCode.OVERRUN, credit_account=credit.id)
    debit = account(FUNDING, credits_posted=100)
    assert judge(overrun, debit, credit) is TransferStatus.OK
    reserve = account(AccountId("reserve:1"), credits_posted=100)
    from_reserve = dataclasses.replace(overrun, debit_account=reserve.id)
    assert judge(from_reserve, reserve, credit) is TransferStatus.EXCEEDS_CREDITS


def test_the_world_outside_may_be_debited_without_end() -> None:
    asked = transfer(amount=AMOUNT_MAX, debit_account=EXTERNAL, credit_account=FUNDING)
    assert judge(asked, account(EXTERNAL), account(FUNDING)) is TransferStatus.OK


@pytest.mark.parametrize(
    ("asked", "pending", "debit", "credit"),
    [
        (transfer(amount=30), None, (0, 30), (0, 30)),
        (transfer(TransferKind.PENDING, 30), None, (30, 0), (30, 0)),
        (posting(30), hold(30), (0, 30), (0, 30)),
        (posting(12), hold(30), (0, 12), (0, 12)),
        (voiding(), hold(30), (0, 0), (0, 0)),
    ],
)
def test_what_each_kind_moves(
    asked: Transfer,
    pending: Pending | None,
    debit: tuple[int, int],
    credit: tuple[int, int],
) -> None:
    paying, paid = applied(asked, *sides(pending), pending)
    assert (paying.debits_pending, paying.debits_posted) == debit
    assert (paid.credits_pending, paid.credits_posted) == credit
    # And nothing on the other side of either.
    assert (paying.credits_pending, paying.credits_posted) == (0, 100)
    assert (paid.debits_pending, paid.debits_posted) == (0, 0)


amounts = st.integers(min_value=-2, max_value=130)


@given(st.sampled_from(TransferKind), amounts, st.booleans(), amounts, st.booleans())
def test_what_stands_overdraws_nothing(
    kind: TransferKind,
    amount: int,
    names_hold: bool,  # noqa: FBT001 - drawn
    held: int,
    resolved: bool,  # noqa: FBT001 - drawn
) -> None:
    pending = hold(max(0, held), resolved=resolved) if names_hold and held <= 100 else None
    asked = transfer(kind, amount, pending_id=HOLD if names_hold else None)
    before = sides(pending)
    if judge(asked, *before, pending) is TransferStatus.OK:
        paying, _ = applied(asked, *before, pending)
        assert paying.debits_available >= 0


class Journal(RuleBasedStateMachine):
    """Random transfers between the chart's accounts, beside books kept as a list of lines."""

    holds: Bundle[TransferId] = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        ids = (EXTERNAL, FUNDING, OTHER_FUNDING, SPEND, OTHER_SPEND)
        self.accounts = {each: account(each) for each in ids}
        self.journal: dict[TransferId, Transfer] = {}
        self.resolved: set[TransferId] = set()

    def _write(self, asked: Transfer) -> TransferStatus:
        found = None
        if asked.pending_id in self.journal:
            resolved = asked.pending_id in self.resolved
            found = Pending(transfer=self.journal[asked.pending_id], resolved=resolved)
        debit, credit = self.accounts[asked.debit_account], self.accounts[asked.credit_account]
        status = judge(asked, debit, credit, found)
        if status is TransferStatus.OK:
            debit, credit = applied(asked, debit, credit, found)
            self.accounts[debit.id], self.accounts[credit.id] = debit, credit
            self.journal[asked.id] = asked
            if asked.pending_id is not None:
                self.resolved.add(asked.pending_id)
        return status

    def _transfer(self, kind: TransferKind, amount: int, **changed: Any) -> Transfer:
        return transfer(kind, amount, id=TransferId(f"transfer_{len(self.journal)}"), **changed)

    @rule(funding=st.sampled_from([FUNDING, OTHER_FUNDING]), amount=amounts)
    def top_up(self, funding: AccountId, amount: int) -> None:
        asked = self._transfer(
            TransferKind.POSTED, amount, debit_account=EXTERNAL, credit_account=funding
        )
        status = self._write(asked)
        assert status is (TransferStatus.AMOUNT_NEGATIVE if amount < 0 else TransferStatus.OK)

    @rule(funding=st.sampled_from([FUNDING, OTHER_FUNDING]), amount=amounts)
    def withdraw(self, funding: AccountId, amount: int) -> None:
        available = self.accounts[funding].debits_available
        asked = self._transfer(
            TransferKind.POSTED, amount, debit_account=funding, credit_account=EXTERNAL
        )
        assert (self._write(asked) is TransferStatus.OK) == (0 <= amount <= available)

    @rule(
        target=holds,
        funding=st.sampled_from([FUNDING, OTHER_FUNDING]),
        spend=st.sampled_from([SPEND, OTHER_SPEND]),
        amount=amounts,
    )
    def admit(self, funding: AccountId, spend: AccountId, amount: int) -> Any:
        available = self.accounts[funding].debits_available
        asked = self._transfer(
            TransferKind.PENDING, amount, debit_account=funding, credit_account=spend
        )
        status = self._write(asked)
        assert (status is TransferStatus.OK) == (0 <= amount <= available)
        return asked.id if status is TransferStatus.OK else multiple()

    @rule(held=holds, amount=amounts, voids=st.booleans())
    def resolve(self, held: TransferId, amount: int, *, voids: bool) -> None:
        was, resolved = self.journal[held], held in self.resolved
        kind = TransferKind.VOID_PENDING if voids else TransferKind.POST_PENDING
        asked = self._transfer(
            kind,
            amount,
            debit_account=was.debit_account,
            credit_account=was.credit_account,
            pending_id=held,
        )
        most = 0 if voids else was.amount
        assert (self._write(asked) is TransferStatus.OK) == (not resolved and 0 <= amount <= most)

    @invariant()
    def debits_are_credits(self) -> None:
        books = self.accounts.values()
        assert sum(each.debits_posted for each in books) == sum(
            each.credits_posted for each in books
        )
        assert sum(each.debits_pending for each in books) == sum(
            each.credits_pending for each in books
        )

    @invariant()
    def no_funding_is_overdrawn(self) -> None:
        for funding in (FUNDING, OTHER_FUNDING):
            assert self.accounts[funding].debits_available >= 0

    @invariant()
    def balances_are_what_the_journal_says(self) -> None:
        added_up = {each: account(each) for each in self.accounts}
        for line in self.journal.values():
            pending, posted = self._weight(line)
            debit, credit = added_up[line.debit_account], added_up[line.credit_account]
            added_up[line.debit_account] = dataclasses.replace(
                debit,
                debits_pending=debit.debits_pending + pending,
                debits_posted=debit.debits_posted + posted,
            )
            added_up[line.credit_account] = dataclasses.replace(
                credit,
                credits_pending=credit.credits_pending + pending,
                credits_posted=credit.credits_posted + posted,
            )
        assert added_up == self.accounts

    def _weight(self, line: Transfer) -> tuple[int, int]:
        """Return what ``line`` holds and what it has posted, as the journal stands."""
        if line.kind is TransferKind.PENDING:
            return (0 if line.id in self.resolved else line.amount), 0
        return 0, (0 if line.kind is TransferKind.VOID_PENDING else line.amount)


TestJournal = Journal.TestCase
