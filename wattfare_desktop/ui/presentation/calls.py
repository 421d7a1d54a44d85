"""What is said of a call: its line in the list, and its receipt."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.reports import CallEnd, CallRow, CallStatus
from wattfare_desktop.ui.presentation.moments import (
    ago_text,
    duration_text,
    moment_text,
    running_text,
)

_ENDS: Final = {
    CallEnd.COMPLETE: "Complete",
    CallEnd.STOPPED_AT_CAP: "Stopped at the cap",
    CallEnd.FAILED: "Failed",
    CallEnd.CLIENT_LEFT: "App left early",
    CallEnd.REVOKED: "Cut: revoked",
    CallEnd.CRASHED: "Interrupted",
}
_BASES: Final = {
    Basis.REPORTED: "reported by the provider",
    Basis.COMPUTED: "computed by Wattfare",
    Basis.ESTIMATED: "estimated: the provider told no usage",
    Basis.TOLD: "told by you",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line of a receipt; without a text it is the head of what follows."""

    label: str
    text: str = ""


def status_text(call: CallRow) -> str:
    """Return how a call stands, in a few words."""
    if call.status is CallStatus.RUNNING:
        return "Running"
    if call.status is CallStatus.UNSETTLED:
        return "Not settled yet"
    if call.credited:
        return "Credited"
    if call.overrun:
        return "Billed over the cap"
    end = _ENDS[call.end or CallEnd.COMPLETE]
    return f"{end}, no cost" if call.status is CallStatus.VOIDED else end


def is_problem(call: CallRow) -> bool:
    """Return whether a call did not end as it should."""
    if call.status is CallStatus.RUNNING:
        return False
    if call.overrun:
        return True
    return call.status is not CallStatus.SETTLED or call.end is not CallEnd.COMPLETE


def model_text(call: CallRow) -> str:
    """Return the model under its provider: ``"openai/gpt-5"``."""
    return f"{call.provider}/{call.model}"


def cost_text(call: CallRow) -> str:
    """Return what the call cost, or holds while it runs."""
    if call.status is CallStatus.RUNNING:
        return f"{display_usd(call.hold)} held"
    return display_usd(call.cost)


def units_text(call: CallRow) -> str:
    """Return the text units in and out: ``"23 → 190"``; pictures, sound and runs have none."""
    if call.status is CallStatus.RUNNING or not (call.input_tokens or call.output_tokens):
        return "–"  # noqa: RUF001 - nothing to say, or not yet
    return f"{call.input_tokens:,} → {call.output_tokens:,}"


def when_text(call: CallRow, now: Instant, zone: tzinfo) -> str:
    """Return when the call began."""
    return ago_text(call.started_at, now, zone)


def running_line(call: CallRow, now: Instant) -> str:
    """Return the meter of a running call: ``"12 s · $0.0021 held"``."""
    return f"{running_text(call.started_at, now)} · {cost_text(call)}"


def basis_text(basis: Basis) -> str:
    """Return on whose word a charge rests."""
    return _BASES[basis]


def settling_text(call: CallRow, billed: Nanos) -> str:
    """Return what comes of saying that an unsettled call was billed at ``billed``."""
    if billed < call.cost:
        return f"{display_usd(Nanos(call.cost - billed))} comes back."
    if billed == call.cost:
        return "That is what was charged."
    more = display_usd(Nanos(billed - call.cost))
    return f"{more} more is charged, as far as the app's limits have room for it."


def unsettled_notice(count: int) -> tuple[str, str]:
    """Return title and words of a notification that a crash left calls behind."""
    calls = "1 call was" if count == 1 else f"{count} calls were"
    them = "It was" if count == 1 else "They were"
    title = f"{calls} under way when Wattfare stopped"
    return title, f"{them} charged in full: open Activity to settle what was really billed."


def receipt(call: CallRow, zone: tzinfo) -> tuple[ReceiptLine, ...]:
    """Return what is known of a call without its bill: while it runs, all there is."""
    return (
        *_money_lines(call),
        *_unit_lines(call),
        *time_lines(call, zone),
    )


def receipt_text(call: CallRow, zone: tzinfo) -> str:
    """Return the receipt as text to copy."""
    lines = [ReceiptLine(label="App", text=call.app_name)]
    lines += [ReceiptLine(label="Model", text=model_text(call))]
    lines += [ReceiptLine(label="Status", text=status_text(call)), *receipt(call, zone)]
    lines.append(ReceiptLine(label="Call", text=call.call))
    return "\n".join(f"{line.label}: {line.text}" if line.text else line.label for line in lines)


def _money_lines(call: CallRow) -> list[ReceiptLine]:
    lines = [ReceiptLine(label="Held", text=display_usd(call.hold))]
    if call.status is not CallStatus.RUNNING:
        lines.append(ReceiptLine(label="Charged", text=display_usd(call.cost)))
    if call.fee:
        lines.append(ReceiptLine(label="of this the fee", text=display_usd(call.fee)))
    if call.overrun:
        lines.append(ReceiptLine(label="Over the cap", text=display_usd(call.overrun)))
    if call.corrected:
        first = display_usd(call.charged_at_first)
        lines.append(ReceiptLine(label="Charged at first", text=first))
    if call.credited:
        lines.append(ReceiptLine(label="Credited", text=display_usd(call.credited)))
    if call.basis is not None:
        lines.append(ReceiptLine(label="Usage", text=basis_text(call.basis)))
    if call.price_version:
        lines.append(ReceiptLine(label="Price table", text=call.price_version))
    return lines


def _unit_lines(call: CallRow) -> list[ReceiptLine]:
    if call.status is CallStatus.RUNNING:
        return []
    lines = [
        ReceiptLine(label="Text units (tokens)"),
        ReceiptLine(label="Sent", text=f"{call.input_tokens:,}"),
    ]
    if call.cached_tokens:
        lines.append(ReceiptLine(label="of these cached", text=f"{call.cached_tokens:,}"))
    lines.append(ReceiptLine(label="Answered", text=f"{call.output_tokens:,}"))
    if call.reasoning_tokens:
        lines.append(ReceiptLine(label="of these thinking", text=f"{call.reasoning_tokens:,}"))
    return lines


def time_lines(call: CallRow, zone: tzinfo) -> list[ReceiptLine]:
    """Return when a call was and how long it took."""
    lines = [
        ReceiptLine(label="Timing"),
        ReceiptLine(label="Began", text=moment_text(call.started_at, zone)),
    ]
    if call.first_byte_at is not None:
        first = duration_text(call.first_byte_at - call.started_at)
        lines.append(ReceiptLine(label="First answer after", text=first))
    if call.finished_at is not None:
        whole = duration_text(call.finished_at - call.started_at)
        lines.append(ReceiptLine(label="Took", text=whole))
    lines.append(ReceiptLine(label="Streamed", text="yes" if call.streamed else "no"))
    return lines
