"""The package's story, told by its user in the tree of deb_trial.py, with Debian's own Python.

What root is to do meanwhile is written to standard output, one word a line; "done" comes back.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path

import psutil

from tests.support.desktop.session import Desktop
from tests.support.desktop.waiting import wait_until
from tests.support.notes_app import NAME, NotesApp, set_up_wallet

PORT = 8402
PROGRAM = "/usr/lib/wattfare/wattfare"
LAUNCHER = "/usr/share/applications/wattfare.desktop"
QUIT_TIMEOUT_S = 20.0


def main() -> None:
    """Tell it from the first start to the removal."""
    with Desktop(Path.home() / "desktop") as desktop:
        try:
            _first_start(desktop)
            _an_app_is_approved_and_answered(desktop)
            _says_that_it_is_well(desktop)
            _quits_for(desktop, "upgrade")
            _start(desktop)
            _quits_for(desktop, "remove")
        except BaseException:
            sys.stderr.write(f"{desktop.evidence()}\n")
            raise


def _first_start(desktop: Desktop) -> None:
    desktop.start(["gio", "launch", LAUNCHER])
    set_up_wallet(desktop)
    desktop.accessibility.window("Wattfare")
    tip = desktop.tray.icon().tooltip
    _tell(f"started from its launcher, the tray says: {tip!r}")
    handlers = list((desktop.home / ".local/share/applications").glob("*.desktop"))
    assert handlers == [], f"written for the user beside the package's: {handlers}"


def _an_app_is_approved_and_answered(desktop: Desktop) -> None:
    app = NotesApp(PORT)
    desktop.start(["xdg-open", app.request_uri()])
    approval = desktop.accessibility.window("Wattfare approval")
    approval.button("Approve $5.00 a month").press()
    access = app.trade()
    app.close()
    events = _streamed(access)
    assert any("practice" in event for event in events), events
    _tell(f"xdg-open reached the question; {NAME} was approved and heard {len(events)} events")


def _streamed(access: str) -> list[str]:
    body = {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "Summarise my notes"}],
        "max_completion_tokens": 200,
        "stream": True,
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/v1/chat/completions",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {access}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
        lines = [line.decode().strip() for line in answer]
    return [line for line in lines if line.startswith("data: ")]


def _says_that_it_is_well(desktop: Desktop) -> None:
    told = json.loads(desktop.run(["wattfare", "doctor", "--json"]))
    wrong = [one for one in told if not one["ok"]]
    assert wrong == [], wrong
    _tell("doctor: " + "; ".join(f"{one['name']} {one['detail']}" for one in told))
    process = _wallets()[0]
    memory = process.memory_full_info()
    _tell(f"resident {memory.rss / 2**20:.0f} MiB, its own share {memory.pss / 2**20:.0f} MiB")


def _start(desktop: Desktop) -> None:
    desktop.start(["wattfare"])
    desktop.tray.icon()


def _quits_for(desktop: Desktop, what: str) -> None:
    assert len(_wallets()) == 1, _wallets()
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()
    assert sys.stdin.readline() == "done\n"
    wait_until(lambda: not _wallets(), what=f"its end at {what}", timeout_s=QUIT_TIMEOUT_S)
    desktop.tray.wait_for_no_icon()
    log = (desktop.home / ".local/share/wattfare/wattfare.log").read_text(encoding="utf-8")
    assert "Traceback" not in log, log
    _tell(f"{what}: the running wallet has quit by itself")


def _wallets() -> list[psutil.Process]:
    # Of a process that is not ours to look at, exe is None.
    return [
        process
        for process in psutil.process_iter(["exe", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and (process.info["exe"] or "").removesuffix(" (deleted)") == PROGRAM
    ]


def _tell(what: str) -> None:
    sys.stdout.write(f"told {what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
