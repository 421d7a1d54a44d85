"""The answers' JSON: keys that scripts rely on, money exact to nine decimals, times in UTC.

An amount is a text such as ``"5.000000000"``, a time an ISO 8601 text, null where there is none.
Lists are whole. Keys are only ever added.
"""

from datetime import UTC, datetime

from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import exact_usd
from wattfare_desktop.core.reports import (
    AppRow,
    CallRow,
    FundingRow,
    GrantNote,
    Overview,
    StuckWindow,
    WindowRow,
)
from wattfare_desktop.system.health import Finding


def time_text(instant: Instant | None) -> str | None:
    """Return ``instant`` as ``2026-11-23T14:25:50.123Z``."""
    if instant is None:
        return None
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def window_shape(window: WindowRow) -> dict[str, JsonValue]:
    """Return one limit of an app or of the wallet."""
    return {
        "period": str(window.period),
        "limit": exact_usd(window.limit),
        "raised": exact_usd(window.raised),
        "spent": exact_usd(window.spent),
        "held": exact_usd(window.held),
        "resets_at": time_text(window.resets_at),
    }


def stuck_shape(window: StuckWindow) -> dict[str, JsonValue]:
    """Return a limit that does not renew, since its window begins in the future."""
    return {
        "app": window.app,
        "name": window.name,
        "period": str(window.period),
        "starts_at": time_text(window.starts_at),
        "resets_at": time_text(window.resets_at),
    }


def app_shape(app: AppRow) -> dict[str, JsonValue]:
    """Return one grant."""
    return {
        "id": app.id,
        "name": app.name,
        "state": str(app.state),
        "client_id": app.client_id,
        "verified": app.verified,
        "redirect_host": app.redirect_host,
        "windows": [window_shape(window) for window in app.windows],
        "models": list(app.models),
        "justification": app.justification,
        "created_at": time_text(app.created_at),
        "expires_at": time_text(app.expires_at),
        "last_call_at": time_text(app.last_call_at),
        "running_calls": app.running_calls,
        "spent_total": exact_usd(app.spent_total),
        "raise_allowed": app.raise_allowed,
        "call_limit": None if app.call_limit is None else exact_usd(app.call_limit),
        "signs": app.bindings.jkt is not None,
        "must_sign": app.bindings.proof_required,
        "programs": list(app.bindings.programs),
        "origins": list(app.bindings.origins),
        "cidrs": [str(cidr) for cidr in app.bindings.cidrs],
        "asked_by": app.bindings.asked_by,
    }


def note_shape(note: GrantNote) -> dict[str, JsonValue]:
    """Return one line of an app's history."""
    return {"at": time_text(note.at), "event": note.event, "detail": note.detail}


def call_shape(call: CallRow) -> dict[str, JsonValue]:
    """Return one call. While it runs its cost is zero and its basis null."""
    return {
        "call": call.call,
        "app": call.app,
        "app_name": call.app_name,
        "funding": call.funding,
        "provider": call.provider,
        "model": call.model,
        "streamed": call.streamed,
        "status": str(call.status),
        "end": None if call.end is None else str(call.end),
        "input_tokens": call.input_tokens,
        "cached_tokens": call.cached_tokens,
        "output_tokens": call.output_tokens,
        "reasoning_tokens": call.reasoning_tokens,
        "hold": exact_usd(call.hold),
        "cost": exact_usd(call.cost),
        "fee": exact_usd(call.fee),
        "provider_cost": exact_usd(call.provider_cost),
        "overrun": exact_usd(call.overrun),
        "credited": exact_usd(call.credited),
        "corrected": exact_usd(call.corrected),
        "basis": None if call.basis is None else str(call.basis),
        "price_version": call.price_version,
        "started_at": time_text(call.started_at),
        "first_byte_at": time_text(call.first_byte_at),
        "finished_at": time_text(call.finished_at),
    }


def funding_shape(funding: FundingRow) -> dict[str, JsonValue]:
    """Return one provider credential and its balance; of the key only its hint."""
    return {
        "id": funding.id,
        "provider": funding.provider,
        "name": funding.name,
        "base_url": funding.base_url,
        "practice": funding.practice,
        "key_hint": funding.key_hint,
        "balance": exact_usd(funding.balance),
        "held": exact_usd(funding.held),
        "available": exact_usd(funding.available),
        "spent": exact_usd(funding.spent),
        "reserve": exact_usd(funding.reserve),
        "fee": exact_usd(funding.fee),
        "overrun": exact_usd(funding.overrun),
        "on_page": exact_usd(funding.on_page),
        "added_at": time_text(funding.added_at),
    }


def overview_shape(overview: Overview) -> dict[str, JsonValue]:
    """Return the figures of an open wallet, as part of its status."""
    return {
        "balance": exact_usd(overview.balance),
        "practice_balance": exact_usd(overview.practice_balance),
        "held": exact_usd(overview.held),
        "today": exact_usd(overview.today),
        "month": exact_usd(overview.month),
        "running_calls": len(overview.running),
        "unsettled_calls": overview.unsettled,
        "stuck_windows": [stuck_shape(window) for window in overview.stuck],
        "paused": overview.paused,
        "wallet_windows": [window_shape(window) for window in overview.wallet_windows],
    }


def finding_shape(finding: Finding) -> dict[str, JsonValue]:
    """Return one thing that was looked at; ``remedy`` is empty where it is fine."""
    return {
        "name": finding.name,
        "ok": finding.ok,
        "detail": finding.detail,
        "remedy": finding.remedy,
    }
