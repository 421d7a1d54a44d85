"""What is said of a dispute, and what its user may do next."""

from typing import Final

from wattfare_desktop.core.disputes import (
    Dispute,
    DisputeEvent,
    DisputeReason,
    DisputeState,
    Finding,
)
from wattfare_desktop.core.money import display_usd

REASONS: Final = {
    DisputeReason.EMPTY: "Nothing came back",
    DisputeReason.EARLY: "It ended too early",
    DisputeReason.DUPLICATE: "It was sent twice",
    DisputeReason.PRICE: "The price is wrong",
    DisputeReason.NOT_ME: "That was not me",
}
_FINDINGS: Final = {
    Finding.NOTHING_CAME: "The call was charged and brought no text.",
    Finding.PROVIDER_BROKE_OFF: "The provider broke the answer off.",
    Finding.SENT_TWICE: "A call just before it is alike in every figure.",
    Finding.OVERCHARGED: "It was charged more than its units cost at the prices kept with it.",
    Finding.UNDECIDED: "What was recorded of the call does not show it.",
}
_DECISIONS: Final = {
    DisputeState.OPEN: (DisputeEvent.ACCEPT, DisputeEvent.WITHDRAW),
    DisputeState.CREDITED: (DisputeEvent.REVERSE,),
}


def outcome_text(dispute: Dispute) -> str:
    """Return where a dispute stands and why."""
    found = _FINDINGS[dispute.finding]
    match dispute.state:
        case DisputeState.CREDITED:
            return f"{found} {display_usd(dispute.amount)} came back from the reserve."
        case DisputeState.OPEN if dispute.missing:
            lacks = display_usd(dispute.missing)
            return f"{found} The reserve lacks {lacks} to give it back: add that under Funding."
        case DisputeState.OPEN:
            return f"{found} The dispute stays open until you accept the charge or withdraw."
        case DisputeState.REJECTED:
            return "You accepted this charge."
        case DisputeState.WITHDRAWN:
            return "You withdrew this dispute; it can be opened again."
        case DisputeState.REVERSED:
            return "The credit was given back to the reserve; the charge stands."


def decisions(dispute: Dispute | None) -> tuple[DisputeEvent, ...]:
    """Return what its user may decide now."""
    return () if dispute is None else _DECISIONS.get(dispute.state, ())


def may_open(dispute: Dispute | None) -> bool:
    """Return whether a dispute can be opened, or looked at again."""
    return dispute is None or dispute.state in {DisputeState.OPEN, DisputeState.WITHDRAWN}
