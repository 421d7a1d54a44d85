"""Run the checks of `make test`, each with its name and its time, and fail if one fails.

    checks.py lint      the checks that only read the code
    checks.py all       these and the tests

All of them run even when an early one fails, so that one run tells everything.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One command of the project's tools."""

    name: str
    command: tuple[str, ...]
    timeout_s: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one check ended."""

    check: Check
    verdict: str
    took_s: float

    @property
    def passed(self) -> bool:
        """Whether the check found nothing."""
        return self.verdict == "ok"


LINT = (
    Check(name="ruff check", command=("ruff", "check", "."), timeout_s=60),
    Check(name="ruff format", command=("ruff", "format", "--check", "."), timeout_s=60),
    Check(name="mypy", command=("mypy",), timeout_s=600),
    Check(name="import-linter", command=("lint-imports",), timeout_s=120),
)
TESTS = (
    # A test that hangs shows where: its stacks are printed long before the whole step is ended.
    Check(name="pytest", command=("pytest", "-o", "faulthandler_timeout=120"), timeout_s=2_400),
)


def perform(check: Check) -> Outcome:
    """Run one check, ending it with all it started when it passes its time."""
    print(f"\n=== {check.name}", flush=True)
    started_s = time.monotonic()
    command = [str(BIN / check.command[0]), *check.command[1:]]
    # Windows of the tests belong on no one's screen; those that need a desktop bring their own.
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as running:
        try:
            status = running.wait(timeout=check.timeout_s)
            verdict = "ok" if status == 0 else f"FAILED (status {status})"
        except subprocess.TimeoutExpired:
            verdict = f"FAILED (not done after {check.timeout_s:.0f} s)"
        finally:
            _end(running)
    outcome = Outcome(check=check, verdict=verdict, took_s=time.monotonic() - started_s)
    print(f"--- {check.name}: {outcome.verdict}, {outcome.took_s:.1f} s", flush=True)
    return outcome


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is not None:
        return
    if sys.platform == "win32":
        running.kill()
    else:
        os.killpg(running.pid, signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    """Run the checks that were asked for; return the exit status."""
    chosen = {"lint": LINT, "all": (*LINT, *TESTS)}
    if len(arguments) != 1 or arguments[0] not in chosen:
        print(__doc__, file=sys.stderr)
        return 2
    outcomes = [perform(check) for check in chosen[arguments[0]]]
    print("\n=== summary")
    for outcome in outcomes:
        print(f"{outcome.check.name:<14} {outcome.took_s:7.1f} s   {outcome.verdict}")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
