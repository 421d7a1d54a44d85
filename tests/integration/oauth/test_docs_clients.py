"""The programs in docs/oauth-clients.md, run as they stand there."""

import asyncio
import json
import re
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from tests.support.consent import REDIRECT, browse
from tests.support.gateway_house import GatewayHouse
from tests.support.sdk_programs import node_path, sdks_or_skip

PAGE = Path(__file__).parents[3] / "docs" / "oauth-clients.md"
NAME = "Notes AI"
_PATIENCE_S = 60.0

# What a reader has in place of these: a browser, and a listener.
_APPROVED = """\
import { createInterface } from "node:readline/promises";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const approved = async (address) => {
  console.log(String(address));
  return (await lines.next()).value;
};
"""


def _programs(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_has_them() -> None:
    assert [len(_programs(language)) for language in ("python", "javascript")] == [2, 1]


@pytest.mark.parametrize("program", _programs("python"), ids=["authlib", "requests-oauthlib"])
async def test_python(
    house: GatewayHouse,
    program: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One of them sets it; this has it taken back.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "0")
    loop = asyncio.get_running_loop()

    def approved(address: str) -> str:
        back = asyncio.run_coroutine_threadsafe(browse(house, address, NAME), loop)
        return back.result(_PATIENCE_S)

    names: dict[str, Any] = {"WALLET": house.origin, "REDIRECT": REDIRECT, "approved": approved}
    await asyncio.to_thread(exec, compile(program, str(PAGE), "exec"), names)
    names["session"].close()
    assert "wattfare.budget" in capsys.readouterr().out


async def test_javascript(house: GatewayHouse) -> None:
    folder = sdks_or_skip()
    (program,) = _programs("javascript")
    given = f"const WALLET = {json.dumps(house.origin)}, REDIRECT = {json.dumps(REDIRECT)};\n"
    text = given + _APPROVED + program + "process.exit(0);\n"
    process = await asyncio.create_subprocess_exec(
        str(node_path()), "--input-type=module", "--eval", text, cwd=folder, stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    asked = await asyncio.wait_for(process.stdout.readline(), _PATIENCE_S)
    process.stdin.write(f"{await browse(house, asked.decode().strip(), NAME)}\n".encode())
    told = await asyncio.wait_for(process.stdout.readline(), _PATIENCE_S)
    assert json.loads(told)["object"] == "wattfare.budget"
    assert await asyncio.wait_for(process.wait(), _PATIENCE_S) == 0
