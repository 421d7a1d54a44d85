"""``wattfare dispute`` and ``disputes``, the reserve, the fee, and reconciling with a provider."""

from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, money, nanos, table
from wattfare_desktop.core.fees import percent_text
from wattfare_desktop.core.money import Nanos, display_usd

_HEADS: Final = ("CALL", "APP", "COST", "REASON", "STATE", "OPENED", "WHAT WAS FOUND")
_FIGURES: Final = frozenset({2})
_FINDINGS: Final = {
    "nothing_came": "the call was charged and brought no text",
    "provider_broke_off": "the provider broke the answer off",
    "sent_twice": "a call just before it is alike in every figure",
    "overcharged": "more was charged than its units cost at the prices kept with it",
    "undecided": "what was recorded proves nothing",
}


def open_dispute(invocation: Invocation) -> int:
    """Dispute one charge."""
    options = invocation.options
    row = invocation.ask_object("dispute", {"call": options.call, "reason": options.reason})
    return _print_one(invocation, row)


def show_disputes(invocation: Invocation) -> int:
    """Print every dispute."""
    rows = invocation.ask_list("disputes")
    if invocation.options.json:
        invocation.terminal.write_json(rows)
    elif rows:
        lines = [
            (
                row["call"],
                row["app_name"],
                money(row["cost"]),
                row["reason"],
                row["state"],
                moment(row["opened_at"]),
                _found(row),
            )
            for row in rows
        ]
        invocation.terminal.write(table(_HEADS, lines, right=_FIGURES))
    else:
        invocation.terminal.write(["No charge is disputed."])
    return 0


def decide_dispute(invocation: Invocation) -> int:
    """Accept, withdraw or reverse one dispute."""
    options = invocation.options
    row = invocation.ask_object(f"disputes {options.action}", {"call": options.call})
    return _print_one(invocation, row)


def move_reserve(invocation: Invocation) -> int:
    """Move money between a balance and its reserve."""
    options = invocation.options
    row = invocation.ask_object(
        f"funding reserve {options.move}", {"funding": options.funding, "amount": options.amount}
    )
    line = (
        f"{row['name']} ({row['id']}): {money(row['reserve'])} in the reserve, "
        f"{money(row['balance'])} left to spend."
    )
    return _print(invocation, row, line)


def reconcile(invocation: Invocation) -> int:
    """Compare a balance with the provider's page, and book the difference."""
    options = invocation.options
    row = invocation.ask_object(
        "funding reconcile",
        {"funding": options.funding, "balance": options.balance, "dry_run": options.dry_run},
    )
    drift = nanos(row["drift"])
    if not drift:
        line = f"{row['name']} ({row['id']}) agrees: {money(row['expected'])} on both sides."
    else:
        much = display_usd(Nanos(abs(drift)))
        side = "more" if drift > 0 else "less"
        done = f"now booked: {money(row['balance'])} left" if row["booked"] else "not booked"
        line = (
            f"{row['name']} ({row['id']}): the provider shows {much} {side} "
            f"than the {money(row['expected'])} here; {done}."
        )
    return _print(invocation, row, line)


def set_fee(invocation: Invocation) -> int:
    """Show the service fee, or take another one from now on."""
    options = invocation.options
    row = invocation.ask_object(
        "fee", {"basis_points": options.percent, "reserve_percent": options.to_reserve}
    )
    line = f"The service fee is {percent_text(row['basis_points'])} % of each call"
    if row["reserve_percent"]:
        line += f"; {row['reserve_percent']} % of it goes to the reserve"
    return _print(invocation, row, f"{line}.")


def _print_one(invocation: Invocation, row: dict[str, Any]) -> int:
    told = f"The charge of {money(row['cost'])} by {row['app_name']} ({row['call']}) is"
    return _print(invocation, row, f"{told} {_STATES[row['state']]}: {_found(row)}.")


def _print(invocation: Invocation, row: dict[str, Any], line: str) -> int:
    if invocation.options.json:
        invocation.terminal.write_json(row)
    else:
        invocation.terminal.write(table((line,), ()))
    return 0


def _found(row: dict[str, Any]) -> str:
    found = str(_FINDINGS.get(row["finding"], row["finding"]))
    if row["state"] == "open" and row["finding"] == "undecided":
        return f"{found}; accept or withdraw it"
    if nanos(row["missing"]):
        return f"{found}, but the reserve lacks {money(row['missing'])}"
    return found


_STATES: Final = {
    "open": "disputed",
    "credited": "credited from the reserve",
    "rejected": "accepted",
    "withdrawn": "no longer disputed",
    "reversed": "charged after all",
}
