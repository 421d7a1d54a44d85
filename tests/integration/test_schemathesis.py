"""The port against its own description: ``schemathesis`` sends what that allows, and what not.

It is started as its users start it, in a process of its own. Nothing it does is left to chance.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway_house import PASSPHRASE, GatewayHouse, running_house
from wattfare_desktop.gateway.practice.provider import start_practice

FILE = Path(__file__).parents[2] / "resources" / "openapi.json"
MODELS = ["gpt-5-mini", "practice/gpt-5-nano", "claude-haiku-4-5", "gemini-2.5-flash"]
CONFIG = """\
[phases.fuzzing.extra-data-sources]
responses = false  # what was answered differs from run to run

[checks]
# Whether good data are taken depends on who was approved, which code is whose, and so on.
positive_data_acceptance.enabled = false

# Of a call the wallet judges what decides its price; the rest is its provider's to refuse.
[[operations]]
exclude-path-regex = '^/(oauth|wattfare|[.]well-known)/'
checks.negative_data_rejection.enabled = false

# Several of these templates fit one path, and the tool takes each for a resource of its own.
[[operations]]
include-path-regex = '/models/\\{model\\}|^/fal/'
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""
ONCE_EACH = "^/(p|openai|openrouter|anthropic|gemini|ollama)/"
"""The same operations stand below these bases; there a few of the generated calls will do."""

_PATIENCE_S = 180.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[GatewayHouse]:
    """A wallet whose practice provider takes no time."""
    practice = await start_practice("", pace_s=0)
    with running_house(tmp_path) as house:
        await house.fund(practice.base_url, provider="practice", key="", balance="1000.00")
        yield house
        await house.require_sound()
    await practice.close()


def _description() -> dict[str, Any]:
    """Return what is served, with names of models that there are.

    A random name is a 404 and tells no more. And the practice provider has no errors that the
    wallet itself does not have: what a provider may answer besides is taken out, so that nothing
    passes for that.
    """
    told: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    for name, schema in told["components"]["schemas"].items():
        if name.endswith(("Request", "Form")) and "model" in schema.get("properties", {}):
            schema["properties"]["model"]["enum"] = MODELS
    told["components"]["parameters"]["Model"]["schema"]["enum"] = ["gpt-5-mini"]
    for item in told["paths"].values():
        for operation in item.values():
            for any_other in ("4XX", "5XX"):
                operation["responses"].pop(any_other, None)
    return told


async def _run(
    folder: Path, house: GatewayHouse, *options: str, told: dict[str, Any] | None = None
) -> None:
    """Run it against ``house``, and fail with what it prints where it finds anything."""
    (folder / "openapi.json").write_text(json.dumps(told or _description()), encoding="utf-8")
    (folder / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json"]
    command += [f"--url={house.origin}", "--seed=1", "--generation-deterministic", "--no-color"]
    command += ["--warnings=off", *options]
    environment = {name: text for name, text in os.environ.items() if "PROXY" not in name.upper()}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), _PATIENCE_S)
    assert process.returncode == 0, said.decode(errors="replace")


async def test_an_app_meets_nothing_that_is_not_described(
    house: GatewayHouse, tmp_path: Path
) -> None:
    app = await house.approve(cap="500.00")
    await house.let_run(app)
    await _run(
        tmp_path,
        house,
        f"--header=Authorization: Bearer {app.access}",
        f"--exclude-path-regex={ONCE_EACH}",
        "--phases=coverage,fuzzing,stateful",
        "--max-examples=3",
    )
    assert len(await house.settled(app)) > 0, "no call ever reached the provider"


async def test_the_same_below_every_base(house: GatewayHouse, tmp_path: Path) -> None:
    app = await house.approve(cap="500.00")
    await house.let_run(app)
    await _run(
        tmp_path,
        house,
        f"--header=Authorization: Bearer {app.access}",
        f"--include-path-regex={ONCE_EACH}",
        "--phases=fuzzing",
        "--max-examples=1",
    )


async def test_nor_does_whoever_has_no_access(house: GatewayHouse, tmp_path: Path) -> None:
    before = await house.calls()
    await _run(
        tmp_path,
        house,
        f"--exclude-path-regex={ONCE_EACH}",
        "--phases=fuzzing",
        "--max-examples=3",
    )
    assert await house.calls() == before, "somebody spent without an access"


async def test_nor_an_app_while_the_wallet_is_locked(house: GatewayHouse, tmp_path: Path) -> None:
    app = await house.approve()
    await house.on_wallet(house.wallet.lock())
    try:
        await _run(
            tmp_path,
            house,
            f"--header=Authorization: Bearer {app.access}",
            f"--exclude-path-regex={ONCE_EACH}",
            "--phases=fuzzing",
            "--max-examples=2",
            # It is what a locked wallet answers.
            "--exclude-checks=not_a_server_error",
        )
    finally:
        await house.on_wallet(house.wallet.unlock(PASSPHRASE))


async def test_it_would_find_what_is_not_described(house: GatewayHouse, tmp_path: Path) -> None:
    wrong = _description()
    del wrong["paths"]["/wattfare/v1/budget"]["get"]["responses"]["401"]
    options = ("--include-path=/wattfare/v1/budget", "--phases=coverage")
    with pytest.raises(AssertionError, match="Undocumented status code"):
        await _run(tmp_path, house, *options, told=wrong)
