"""The whole of OAuth by a library that knows nothing of this wallet: ``openid-client``, in node."""

import asyncio
import json
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.front_door import FrontDoor, front_door
from tests.support.sdk_programs import PROGRAMS, node_path, sdks_or_skip
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.gateway.practice.provider import start_practice

_PATIENCE_S = 60.0


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[FrontDoor]:
    async with front_door(tmp_path) as opened:
        yield opened


@pytest.fixture
async def signing_door(tmp_path: Path) -> AsyncIterator[FrontDoor]:
    """A wallet that can pay, and whose clock is the program's: a proof says when it was made."""
    practice = await start_practice("", pace_s=0)
    async with front_door(tmp_path) as opened:
        house = opened.house
        house.clock.ahead_ms = round(time.time() * 1000) - house.clock.now()
        await house.wallet.add_funding(
            "practice", key=None, base_url=practice.base_url, balance=parse_usd("10.00")
        )
        yield opened
    await practice.close()


class Program:
    """The program, and the user who opens and types what it shows."""

    def __init__(self, process: Process, door: FrontDoor, name: str) -> None:
        self._process = process
        self._door = door
        self._name = name

    async def heard(self, step: str) -> dict[str, Any]:
        """Return what it tells next, which must be of ``step``."""
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _PATIENCE_S)
        if not line:
            assert self._process.stderr is not None
            pytest.fail((await self._process.stderr.read()).decode())
        told: dict[str, Any] = json.loads(line)
        assert told.pop("step") == step
        return told

    async def answer(self, line: str) -> None:
        """Write a line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def approve(self) -> None:
        """Grant what is asked."""
        ticket = await self._door.house.screen.ticket()
        assert ticket.request.client.name == self._name
        await self._door.house.wallet.desk.approve(ticket.id, self._door.house.terms(ticket))

    async def browse(self, uri: str) -> str:
        """Open ``uri`` as a browser does, approve, and return where it led."""
        waiting = (await self._door.get(uri.removeprefix(self._door.origin))).location
        await self.approve()
        return (await self._door.get(waiting)).location


async def _started(door: FrontDoor, name: str) -> Process:
    folder = sdks_or_skip()
    if not (folder / "node_modules" / "openid-client").exists():
        pytest.skip("openid-client is not among the installed SDKs")
    program = (PROGRAMS / f"{name}_program.mjs").read_text(encoding="utf-8")
    command = (str(node_path()), "--input-type=module", "--eval", program, "--", door.origin)
    return await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


async def test_it_registers_pushes_trades_refreshes_and_types(door: FrontDoor) -> None:
    process = await _started(door, "openid_client")
    program = Program(process, door, "Node app")
    assert (await program.heard("register"))["client_id"].startswith("wf_cl_")
    uri = (await program.heard("open"))["uri"]
    assert "request_uri=" in uri
    await program.answer(await program.browse(uri))
    traded = await program.heard("trade")
    assert traded["details"][0]["cap"] == {"amount": "1.00", "currency": "USD"}
    assert traded["expires_in"] <= 900
    assert await program.heard("refresh") == {"rotated": True}
    assert await program.heard("introspect") == {"active": True}
    assert await program.heard("revoke") == {"active": False}
    assert (await door.house.app()).state is GrantState.REVOKED
    await door.house.wallet.devices.enter((await program.heard("type"))["user_code"])
    await program.approve()
    await program.answer("typed")
    access = (await program.heard("device"))["access"]
    headers = {"Authorization": f"Bearer {access}"}
    assert (await door.get("/v1/models", headers=headers)).status == 200
    assert await asyncio.wait_for(process.wait(), _PATIENCE_S) == 0


async def test_it_signs_what_it_asks_and_what_it_calls(signing_door: FrontDoor) -> None:
    door = signing_door
    process = await _started(door, "openid_client_dpop")
    program = Program(process, door, "Signing app")
    assert await program.heard("register") == {"bound": True}
    await program.answer(await program.browse((await program.heard("open"))["uri"]))
    assert await program.heard("another key") == {"error": "invalid_dpop_proof"}
    await program.answer(await program.browse((await program.heard("open"))["uri"]))
    assert await program.heard("trade") == {"type": "dpop", "cap": "1.00"}
    assert await program.heard("budget") == {"status": 200, "limit": "1.00"}
    assert await program.heard("chat") == {"status": 200, "ended": True}
    assert await program.heard("bearer") == {"error": "invalid_token"}
    assert await program.heard("copied") == {"error": "invalid_dpop_proof"}
    assert await program.heard("refresh of another") == {"error": "invalid_dpop_proof"}
    assert await program.heard("refresh") == {"type": "dpop", "status": 200}
    assert await asyncio.wait_for(process.wait(), _PATIENCE_S) == 0
