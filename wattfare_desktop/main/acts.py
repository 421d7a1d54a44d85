"""What the windows do to the wallet, in the windows' words; all of it on the wallet's loop."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from wattfare_desktop.core.corrections import Correction
from wattfare_desktop.core.disputes import Dispute, DisputeEvent, DisputeReason
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.identifiers import (
    DAY_MS,
    CallId,
    ClientId,
    FundingId,
    GrantId,
    Instant,
    TicketId,
    later,
)
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.bindings import Allowed, program_text
from wattfare_desktop.core.oauth.grants import SpendTerms
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.core.receipts import Receipt, receipt_file
from wattfare_desktop.core.reports import (
    ActivityQuery,
    BlockedRow,
    CallRow,
    DaySpend,
    FundingAdded,
    FundingRow,
    GrantNote,
    Overview,
    SeenProgram,
    StuckWindow,
)
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.storage.migrate import WalletTooNew
from wattfare_desktop.system.private_file import write_private
from wattfare_desktop.system.program_files import program_in
from wattfare_desktop.system.programs import Program
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion
from wattfare_desktop.ui.presentation.raising import RaiseAsk
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.wallet.authorization import ConsentTicket, Source
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.lookout import Neighbour
from wattfare_desktop.wallet.preferences import Preferences
from wattfare_desktop.wallet.proof import Doubt
from wattfare_desktop.wallet.raising import RaiseId, RaiseQuestion
from wattfare_desktop.wallet.wallet import Wallet, WalletState


class Acts:
    """Fulfils what tray, dialogs and pages ask for."""

    def __init__(self, wallet: Wallet, clock: Clock) -> None:
        self._wallet = wallet
        self._clock = clock

    async def overview(self) -> Overview | None:
        """Return how the wallet stands; None unless it is open."""
        return None if self._wallet.books is None else await self._wallet.overview()

    async def closed(self) -> Closed:
        """Return why it is not open."""
        wallet = self._wallet
        if wallet.state is WalletState.BROKEN:
            return Closed(
                state=ClosedState.BROKEN,
                trouble=wallet.trouble,
                may_restore=not isinstance(wallet.trouble, WalletTooNew),
            )
        if wallet.state is WalletState.ABSENT:
            return Closed(state=ClosedState.ABSENT, may_restore=True)
        # That a passphrase is needed, or was mistyped, is no trouble.
        by_keyring = await wallet.protection() is Protection.KEYRING
        trouble = wallet.trouble if by_keyring else None
        return Closed(trouble=trouble, may_restore=trouble is not None)

    async def create(self, passphrase: str | None) -> None:
        """Make the wallet."""
        await self._wallet.create(passphrase)

    async def unlock(self, passphrase: str | None) -> None:
        """Open it."""
        await self._wallet.unlock(passphrase)

    async def lock(self) -> None:
        """Close it to all apps."""
        await self._wallet.lock()

    async def alerts(self) -> tuple[Alert, ...]:
        """Return what apps did that is unusual."""
        return await self._wallet.alerts().latest()

    async def see_alerts(self) -> None:
        """Note that all of it was looked at."""
        await self._wallet.alerts().see()

    async def say_mine(self, alert: int) -> Alert:
        """Say that it was the user's own doing."""
        return await self._wallet.alerts().say_mine(alert)

    async def pause(self, app: GrantId) -> None:
        """Refuse an app's new calls."""
        await self._wallet.pause(app)

    async def resume(self, app: GrantId) -> None:
        """Let it spend again."""
        await self._wallet.resume(app)

    async def revoke(self, app: GrantId) -> None:
        """Cut it off."""
        await self._wallet.revoke(app)

    async def pause_all(self) -> None:
        """Refuse all new calls."""
        await self._wallet.pause_all()

    async def resume_all(self) -> None:
        """Let apps spend again."""
        await self._wallet.resume_all()

    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
        """Return calls, newest first."""
        return await self._wallet.activity(query)

    async def daily_spend(self, days: int, app: GrantId | None = None) -> tuple[DaySpend, ...]:
        """Return each app's spending a day."""
        return await self._wallet.daily_spend(days, app)

    async def blocked_apps(self) -> Sequence[BlockedRow]:
        """Return the apps that may not ask, latest last."""
        return await self._wallet.block_list().blocked_clients()

    async def unblock(self, client: ClientId) -> None:
        """Let one of them ask again."""
        await self._wallet.block_list().unblock_client(client)

    async def set_caps(self, app: GrantId, caps: Sequence[Cap]) -> None:
        """Replace an app's limits."""
        await self._wallet.set_caps(app, caps)

    async def set_wallet_caps(self, caps: Sequence[Cap]) -> None:
        """Replace the limits over all apps."""
        await self._wallet.set_wallet_caps(caps)

    async def neighbours(self) -> Sequence[Neighbour]:
        """Return the model servers that answer on this computer."""
        return await self._wallet.neighbours()

    async def told_balance(self, funding: FundingId) -> Nanos:
        """Return what the provider itself says is left."""
        return await self._wallet.told_balance(funding)

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> FundingAdded:
        """Add a provider."""
        return await self._wallet.add_funding(provider, key=key, base_url=base_url, balance=balance)

    async def top_up(self, funding: FundingId, amount: Nanos) -> FundingRow:
        """Add to a balance."""
        return await self._wallet.top_up(funding, amount)

    async def remove_funding(self, funding: FundingId) -> None:
        """Forget a provider."""
        await self._wallet.remove_funding(funding)

    async def add_to_reserve(self, funding: FundingId, amount: Nanos) -> FundingRow:
        """Set a part of a balance aside."""
        return await self._wallet.add_to_reserve(funding, amount)

    async def take_from_reserve(self, funding: FundingId, amount: Nanos) -> FundingRow:
        """Give it back to the balance."""
        return await self._wallet.take_from_reserve(funding, amount)

    async def reconcile(self, funding: FundingId, told: Nanos) -> FundingRow:
        """Book the difference to what the provider's page shows."""
        row, _ = await self._wallet.reconcile(funding, told)
        return row

    async def receipt(self, call: CallId) -> Receipt:
        """Return the receipt of a call that has ended."""
        return await self._wallet.receipts().find(call)

    async def save_receipt(self, call: CallId, path: Path) -> None:
        """Write the receipt of a call, signed, to a file that its user alone may read."""
        receipts = self._wallet.receipts()
        content = receipt_file(receipts.signed(await receipts.find(call)))
        try:
            await asyncio.to_thread(write_private, path, content)
        except OSError as error:
            raise UserFacingError(
                "The receipt could not be saved", f"{path}: {error.strerror}. Choose another place."
            ) from error

    async def settle_call(self, call: CallId, billed: Nanos) -> Correction:
        """Say what was billed for a call that a crash left unsettled."""
        return await self._wallet.mending().settle(call, billed)

    async def reset_windows(self) -> tuple[StuckWindow, ...]:
        """Let limits renew again whose window a wrong clock opened in the future."""
        return await self._wallet.mending().reset_windows()

    async def dispute_of(self, call: CallId) -> Dispute | None:
        """Return the dispute over a call, if there is one."""
        return await self._wallet.disputes().find(call)

    async def dispute(self, call: CallId, reason: DisputeReason) -> Dispute:
        """Say that a charge is wrong."""
        return await self._wallet.disputes().dispute(call, reason)

    async def decide_dispute(self, call: CallId, event: DisputeEvent) -> Dispute:
        """Accept the charge, withdraw the dispute, or reverse its credit."""
        disputes = self._wallet.disputes()
        match event:
            case DisputeEvent.ACCEPT:
                return await disputes.accept(call)
            case DisputeEvent.WITHDRAW:
                return await disputes.withdraw(call)
            case _:
                return await disputes.reverse(call)

    async def preferences(self) -> Preferences:
        """Return what was decided about the wallet as a whole."""
        return await self._wallet.preferences()

    async def set_preferences(self, chosen: Preferences) -> None:
        """Keep what was decided."""
        await self._wallet.set_preferences(chosen)

    async def doubt(self) -> Doubt | None:
        """Return why nothing is spent; None where the books are as they were left."""
        return self._wallet.proof().doubt

    async def fee(self) -> Fee:
        """Return the service fee."""
        return self._wallet.fee

    async def set_fee(self, fee: Fee) -> None:
        """Take another one from each call that begins from now on."""
        await self._wallet.set_fee(fee)

    async def submit_uri(self, uri: str) -> None:
        """Put a ``wattfare://`` request before the user."""
        await self._wallet.desk.submit_uri(uri)

    async def enter_code(self, code: str) -> str:
        """Put the request before the user that a program shows ``code`` for."""
        return await self._wallet.devices.enter(code)

    async def approve(self, ticket: TicketId, answer: ConsentAnswer) -> None:
        """Grant what was answered."""
        days = answer.expires_in_days
        terms = SpendTerms(
            limit=answer.cap.limit,
            period=answer.cap.period,
            models=answer.models,
            expires_at=None if days is None else later(self._clock.now(), days * DAY_MS),
            raise_allowed=answer.raise_allowed,
        )
        await self._wallet.desk.approve(ticket, terms, only_program=answer.only_program)

    async def answer_raise(self, question: str, answer: RaiseAnswer) -> None:
        """Raise a cap, or do not."""
        await self._wallet.raising.answer(RaiseId(question), answer)

    async def allow_raise(self, app: GrantId, *, allowed: bool) -> None:
        """Be asked, or not, when the app's cap is reached."""
        await self._wallet.allow_raise(app, allowed=allowed)

    async def programs(self, app: GrantId) -> Sequence[SeenProgram]:
        """Return the programs that made an app's latest calls, the latest first."""
        return await self._wallet.programs(app)

    async def program_in(self, chosen: Path) -> str:
        """Return the path that the program in a chosen file runs by."""
        return await asyncio.to_thread(program_in, chosen)

    async def allow(self, app: GrantId, allowed: Allowed) -> None:
        """Let an app's access be used just so."""
        await self._wallet.allow(app, allowed)

    async def set_call_limit(self, app: GrantId, limit: Nanos | None) -> None:
        """Limit what one call of an app may cost."""
        await self._wallet.set_call_limit(app, limit)

    async def set_wallet_call_limit(self, limit: Nanos | None) -> None:
        """Limit what one call of any app may cost."""
        await self._wallet.set_wallet_call_limit(limit)

    async def history(self, app: GrantId) -> tuple[GrantNote, ...]:
        """Return what happened to an app's approval."""
        return await self._wallet.history(app)

    async def deny(self, ticket: TicketId, *, block: bool) -> None:
        """Grant nothing."""
        await self._wallet.desk.deny(ticket, block=block)


def ask_of(question: RaiseQuestion) -> RaiseAsk:
    """Return ``question`` as the raise window shows it."""
    return RaiseAsk(
        id=question.id,
        name=question.name,
        verified=question.verified,
        host=question.host,
        offer=question.offer,
        answer_within_ms=question.answer_within_ms,
    )


def question_of(ticket: ConsentTicket, now: Instant) -> ConsentQuestion:
    """Return ``ticket`` as the approval window shows it, which may have waited for another's."""
    client, proposal = ticket.request.client, ticket.proposal
    return ConsentQuestion(
        ticket=ticket.id,
        name=client.name,
        verified=client.verified,
        identity=client.origin or client.name,
        client_id=ticket.request.client_id,
        redirect=ticket.request.redirect.target,
        justification=proposal.justification,
        cap=Cap(period=proposal.period, limit=proposal.limit),
        models=proposal.models,
        expires_in_days=proposal.expires_in_days,
        adjustable=proposal.adjustable,
        raise_allowed=proposal.raise_allowed,
        paying_from=ticket.paying_from,
        wallet_caps=ticket.wallet_caps,
        fee_percent=ticket.fee_percent,
        answer_within_ms=max(0, ticket.expires_at - now),
        asked_by=_program_text(ticket.asked_by),
        asked_through=_program_text(ticket.asked_through),
        confusable=client.confusable,
        can_bind_program=ticket.program_to_bind is not None,
        described_by=client.host or "",
        claim=client.claim,
        shows_code=ticket.source is Source.DEVICE,
    )


def _program_text(found: Program | None) -> str:
    return "" if found is None else program_text(found.path, found.parent)
