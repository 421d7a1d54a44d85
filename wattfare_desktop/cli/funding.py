"""``wattfare funding``: provider credentials and the balances behind them.

A key is read from standard input or typed unseen, and crosses only the control socket: never argv,
where every process of the machine could read it.
"""

from typing import Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import money, table
from wattfare_desktop.core.errors import UserFacingError

_HEADS: Final = ("ID", "PROVIDER", "NAME", "KEY", "BALANCE", "HELD", "SPENT", "BASE URL")
_FIGURES: Final = frozenset({4, 5, 6})
_PROVIDER_HEADS: Final = ("PROVIDER", "NAME", "BASE URL", "KEYS AT")
_FOUND_HEADS: Final = ("NAME", "BASE URL", "TO ADD IT")
_KEY_CHARS_MAX: Final = 4_096


def list_fundings(invocation: Invocation) -> int:
    """Print every funding."""
    fundings = invocation.ask_list("funding list")
    if invocation.options.json:
        invocation.terminal.write_json(fundings)
    elif fundings:
        rows = [
            (
                row["id"],
                row["provider"],
                row["name"],
                row["key_hint"] or "-",
                money(row["balance"]),
                money(row["held"]),
                money(row["spent"]),
                row["base_url"],
            )
            for row in fundings
        ]
        invocation.terminal.write(table(_HEADS, rows, right=_FIGURES))
    else:
        invocation.terminal.write(["No funding yet: add one with `wattfare funding add openai`."])
    return 0


def list_providers(invocation: Invocation) -> int:
    """Print the providers that can be added, or those with a text in their name."""
    wanted = (invocation.options.search or "").lower()
    rows = [
        row
        for row in _providers(invocation)
        if wanted in row["id"] or wanted in row["name"].lower()
    ]
    if invocation.options.json:
        invocation.terminal.write_json(rows)
    elif rows:
        lines = [(row["id"], row["name"], row["base_url"], row["console_url"]) for row in rows]
        invocation.terminal.write(table(_PROVIDER_HEADS, lines))
    else:
        invocation.terminal.write(["None is called that; `own` takes any compatible server."])
    return 0


def find_neighbours(invocation: Invocation) -> int:
    """Ask the usual ports of this computer for model servers, and print those that answer."""
    found = invocation.ask_list("funding find")
    if invocation.options.json:
        invocation.terminal.write_json(found)
    elif found:
        lines = [(row["name"], row["base_url"], f"funding add {row['provider']}") for row in found]
        invocation.terminal.write(table(_FOUND_HEADS, lines))
    else:
        invocation.terminal.write(["No model server answers at a usual port of this computer."])
    return 0


def add_funding(invocation: Invocation) -> int:
    """Add a provider; its key is checked with the provider before it is kept."""
    options = invocation.options
    key = _key(invocation)
    added = invocation.ask_object(
        "funding add",
        {
            "provider": options.provider,
            "key": key,
            "base_url": options.base_url,
            "balance": options.balance,
        },
    )
    if added["warning"]:
        invocation.terminal.complain(UserFacingError("Added, but", added["warning"]))
    _print_one(invocation, added, "is added")
    return 0


def top_up(invocation: Invocation) -> int:
    """Add to the prepaid balance of one funding."""
    options = invocation.options
    row = invocation.ask_object(
        "funding top-up", {"funding": options.funding, "amount": options.amount}
    )
    _print_one(invocation, row, "is topped up")
    return 0


def remove_funding(invocation: Invocation) -> int:
    """Forget one provider credential."""
    row = invocation.ask_object("funding remove", {"funding": invocation.options.funding})
    _print_one(invocation, row, "is removed")
    return 0


def _print_one(invocation: Invocation, row: dict[str, str], done: str) -> None:
    if invocation.options.json:
        invocation.terminal.write_json(row)
        return
    line = f"{row['name']} ({row['id']}) {done}: {money(row['balance'])} there."
    invocation.terminal.write(table((line,), ()))


def _key(invocation: Invocation) -> str | None:
    terminal = invocation.terminal
    if invocation.options.key_stdin:
        return _fit(terminal.stdin.readline(_KEY_CHARS_MAX + 2).strip())
    needing = {row["id"]: row["name"] for row in _providers(invocation) if row["needs_key"]}
    name = needing.get(invocation.options.provider)
    if name is None:
        return None
    if not terminal.stdin.isatty():
        raise UserFacingError(
            f"{name} needs a key",
            "Give it on standard input with --key-stdin, never as an argument.",
        )
    return _fit(terminal.ask_secretly(f"Key for {name} (it is not shown): ").strip())


def _providers(invocation: Invocation) -> list[dict[str, str]]:
    return invocation.ask_list("funding providers")


def _fit(key: str) -> str:
    if not key:
        raise UserFacingError("No key was given", "Give the provider's key on one line.")
    if len(key) > _KEY_CHARS_MAX or not key.isascii() or not key.isprintable():
        raise UserFacingError("This is no provider key", "A key is one line of plain characters.")
    return key
