"""Tests of ``wattfare_desktop.gateway.peer``, and of what an access is bound to beside its key."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import ScriptedProvider
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.bindings import Allowed, read_allowed
from wattfare_desktop.gateway.peer import Finding, Lookouts, Peer
from wattfare_desktop.system.programs import End, Program

BUDGET = "/wattfare/v1/budget"
ME = os.path.realpath(sys.executable)
NAMES = ("127.0.0.1", 8402), ("127.0.0.1", 40_000)
ASK = """
import encodings.idna, os, sys, urllib.error, urllib.request
if len(sys.argv) > 3:
    os.setuid(int(sys.argv[3]))
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]})
try:
    with urllib.request.urlopen(request) as answer:
        print(answer.status)
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""


def same_file(program: str) -> bool:
    return os.path.realpath(program) == ME


async def ask(house: GatewayHouse, app: App, *more: str) -> str:
    """Call from a process of its own; return status and body."""
    command = (sys.executable, "-c", ASK, f"{house.origin}{BUDGET}", app.access, *more)
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    return ran.stdout.decode()


async def allow(house: GatewayHouse, app: App, allowed: Allowed) -> None:
    await house.on_wallet(house.wallet.allow(app.grant, allowed))


async def test_an_access_bound_to_a_program_is_of_no_use_to_another(
    house: GatewayHouse, app: App
) -> None:
    assert (await ask(house, app)).startswith("200")
    await allow(house, app, read_allowed(None, None, ["/usr/bin/notes"]))
    refused = await ask(house, app)
    assert refused.startswith("403")
    assert "access_denied" in refused
    # What a user may not say, since it would bind to every script, shows that the path decides.
    await allow(house, app, Allowed(programs=(ME,)))
    assert (await ask(house, app)).startswith("200")
    await allow(house, app, Allowed(programs=()))
    assert (await ask(house, app)).startswith("200")


async def test_an_access_bound_to_addresses_is_of_no_use_from_others(
    house: GatewayHouse, app: App
) -> None:
    await allow(house, app, read_allowed(["::1"], None, None))
    assert (await ask(house, app)).startswith("403")
    await allow(house, app, read_allowed(["::1", "127.0.0.1"], None, None))
    assert (await ask(house, app)).startswith("200")


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root becomes another user")
async def test_another_user_of_the_machine_is_refused(house: GatewayHouse, app: App) -> None:
    refused = await ask(house, app, "65534")
    assert refused.startswith("403")
    assert "other user" in refused


async def test_bindings_are_in_the_history_and_end_with_the_grant(
    house: GatewayHouse, app: App
) -> None:
    await allow(house, app, read_allowed(None, None, ["/usr/bin/notes"]))
    row = await house.app_row(app)
    assert row.bindings.programs == ("/usr/bin/notes",)
    (note, *_) = await house.on_wallet(house.wallet.history(app.grant))
    assert (note.event, note.detail) == ("bindings_changed", "/usr/bin/notes")
    await house.on_wallet(house.wallet.revoke(app.grant))
    with pytest.raises(UserFacingError, match="cannot spend any more"):
        await allow(house, app, Allowed())


async def test_a_receipt_names_the_program(
    house: GatewayHouse, app: App, provider: ScriptedProvider
) -> None:
    async with house.sdk(app) as client:
        for _ in range(2):
            # By the second call on a connection its other end has been looked at for long.
            await client.chat.completions.create(
                model="gpt-5-mini", messages=[{"role": "user", "content": "Hi"}]
            )
            await house.settled(app)
    assert len(provider.requests) == 2
    latest = (await house.calls(app))[0]
    receipt = await house.on_wallet(house.wallet.receipts().find(latest.call))
    assert receipt.program is not None
    assert same_file(receipt.program)


async def test_the_receipt_of_a_connections_only_call_names_the_program(
    house: GatewayHouse, app: App, provider: ScriptedProvider
) -> None:
    """The look takes a moment: the call is over by then, and its receipt is filled in."""
    slow = threading.Event()
    server = house.live.parts.gateway._listener._server
    assert server is not None
    lookouts = server.lookouts
    found = lookouts._finding
    lookouts._finding = _Slow(found, slow)
    try:
        async with house.sdk(app) as client:
            await client.chat.completions.create(
                model="gpt-5-mini", messages=[{"role": "user", "content": "Hi"}]
            )
            (call,) = await house.settled(app)
            receipts = house.wallet.receipts()
            assert (await house.on_wallet(receipts.find(call.call))).program is None
            slow.set()
            async with asyncio.timeout(10):
                named = await house.on_wallet(receipts.find(call.call))
                while named.program is None:
                    named = await house.on_wallet(receipts.find(call.call))
            assert same_file(named.program)
    finally:
        slow.set()
        lookouts._finding = found
    assert len(provider.requests) == 1


class _Slow:
    """Finds programs as ever, once it is let."""

    def __init__(self, finding: Finding, may_find: threading.Event) -> None:
        self._finding = finding
        self._may_find = may_find

    def is_foreign(self, ours: End, theirs: End) -> bool:
        return self._finding.is_foreign(ours, theirs)

    def connected(self, ours: End, theirs: End) -> Program | None:
        assert self._may_find.wait(20)
        return self._finding.connected(ours, theirs)


class _Found:
    """Finds what it is told to, and counts how often it was asked."""

    def __init__(self, program: Program | None, *, foreign: bool = False) -> None:
        self.asked = 0
        self._program = program
        self._foreign = foreign

    def is_foreign(self, _ours: End, _theirs: End) -> bool:
        self.asked += 1
        return self._foreign

    def connected(self, _ours: End, _theirs: End) -> Program | None:
        self.asked += 1
        return self._program


@contextmanager
def peer_of(found: _Found) -> Iterator[Peer]:
    lookouts = Lookouts(found)
    yield Peer(*NAMES, lookouts)
    lookouts.close()


async def test_a_peer_is_looked_at_once() -> None:
    found = _Found(Program(path="/usr/bin/notes"))
    with peer_of(found) as peer:
        assert peer.known_program() is None
        assert [await peer.program(), await peer.program()] == ["/usr/bin/notes"] * 2
        assert peer.known_program() == "/usr/bin/notes"
    assert found.asked == 1


async def test_whoever_leaves_takes_no_answer_along() -> None:
    found = _Found(Program(path="/usr/bin/notes"))
    with peer_of(found) as peer:
        waiting = asyncio.ensure_future(peer.program())
        await asyncio.sleep(0)
        waiting.cancel()
        assert await peer.program() == "/usr/bin/notes"
    assert found.asked == 1


async def test_only_a_look_that_goes_on_is_waited_for() -> None:
    found = _Found(Program(path="/usr/bin/notes"))
    with peer_of(found) as peer:
        assert peer.program_to_come() is None
        peer.look()
        to_come = peer.program_to_come()
        assert to_come is not None
        assert await to_come == "/usr/bin/notes"
        assert peer.program_to_come() is None


async def test_a_program_that_is_not_known_is_none() -> None:
    with peer_of(_Found(None, foreign=True)) as peer:
        assert await peer.program() is None
        assert peer.known_program() is None
        assert await peer.is_foreign()
