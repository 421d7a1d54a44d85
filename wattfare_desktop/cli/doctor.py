"""``wattfare doctor``: what is wrong here and how to mend it, with or without a running wallet."""

import socket
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.tables import pairs
from wattfare_desktop.control.messages import WalletAbsent
from wattfare_desktop.system import health
from wattfare_desktop.system.health import Finding
from wattfare_desktop.system.platforms import Platform, this_platform
from wattfare_desktop.system.program import program_command
from wattfare_desktop.wallet.clock import Clock

_PORT: Final = 8402
_OPTIONAL: Final = frozenset(
    {"wallet", "display", "libxcb-cursor", "tray", "scheme", "keyring", "providers"}
)
"""Without these a wallet still works: in the terminal, with a passphrase, on practice."""


def examine(invocation: Invocation) -> int:
    """Print what was looked at; 0 where all that is needed is fine, else 1.

    With ``--take-links`` links are made to open this wallet first.
    """
    if invocation.options.take_links:
        _platform(invocation).scheme.register()
    found = [*_of_wallet(invocation), *map(_shape, _of_machine(invocation))]
    for one in found:
        one["needed"] = one["name"] not in _OPTIONAL
    if invocation.options.json:
        invocation.terminal.write_json(found)
    else:
        invocation.terminal.write(_lines(found))
    return int(any(one["needed"] and not one["ok"] for one in found))


def _of_wallet(invocation: Invocation) -> list[dict[str, Any]]:
    """Return what only the wallet's process knows, or what stands in for it while none runs."""
    try:
        told = invocation.ask_list("doctor")
    except WalletAbsent:
        absent = Finding(
            name="wallet",
            ok=False,
            detail="none is running",
            remedy="Start it with `wattfare`, or `wattfare serve` without a screen.",
        )
        heavy = invocation.launch.examine(invocation.wallet_options())
        return [_shape(one) for one in (absent, _port(invocation.options.port), *heavy)]
    return [_shape(Finding(name="wallet", ok=True, detail="running")), *told]


def _platform(invocation: Invocation) -> Platform:
    environment = invocation.environment
    return this_platform(program_command(environment), environment)


def _of_machine(invocation: Invocation) -> list[Finding]:
    environment = invocation.environment
    now = datetime.fromtimestamp(Clock(lambda: UTC).now() / 1000, UTC)
    platform = _platform(invocation)
    return [
        health.display(environment),
        health.cursor_library(),
        health.scheme(platform.scheme.status()),
        health.clock(now, health.installed_at()),
        health.home(invocation.home),
        health.certificates(environment),
    ]


def _port(asked: int | None) -> Finding:
    port = _PORT if asked is None else asked
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as trial:
        # As the gateway listens: a port whose last connections still fade away is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return Finding(
                name="port",
                ok=asked is None,
                detail=f"another program has {port}"
                + ("; the wallet takes the next that is free" if asked is None else ""),
                remedy="" if asked is None else "Choose another with --port, or none.",
            )
    return Finding(name="port", ok=True, detail=f"{port} is free")


def _shape(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "ok": finding.ok,
        "detail": finding.detail,
        "remedy": finding.remedy,
    }


def _lines(found: list[dict[str, Any]]) -> list[str]:
    heads = pairs([(one["name"], f"{_mark(one):8}{one['detail']}") for one in found])
    lines: list[str] = []
    for head, one in zip(heads, found, strict=True):
        lines.append(head)
        if one["remedy"]:
            lines.append(f"    {visible(one['remedy'])}")
    return lines


def _mark(one: dict[str, Any]) -> str:
    if one["ok"]:
        return "ok"
    return "wrong" if one["needed"] else "without"
