"""A program that has the runtime file tells the wallet from whoever else has the port."""

import json
import secrets

import pytest

from tests.support.gateway_house import GatewayHouse
from tests.support.raw_http import Answer, ask
from wattfare_desktop.gateway.limits import USUAL
from wattfare_desktop.vault.instance import is_instance, proven
from wattfare_desktop.vault.signing import is_signature

PATH = "/.well-known/wattfare"


async def _asked(port: int, query: str) -> Answer:
    head = f"GET {PATH}{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    return await ask(port, head.encode())


def _key_in_runtime_file(house: GatewayHouse) -> str:
    told = json.loads((house.home / "runtime.json").read_text("utf-8"))
    assert told["port"] == house.port
    key: str = told["instance_key"]
    return key


async def test_it_proves_itself_by_the_key_in_the_runtime_file(house: GatewayHouse) -> None:
    nonce = secrets.token_urlsafe(32)
    answer = await _asked(house.port, f"?nonce={nonce}")
    told = json.loads(answer.body)
    assert (answer.status, told["nonce"], told["port"]) == (200, nonce, house.port)
    assert is_instance(told["signature"], nonce, house.port, _key_in_runtime_file(house))
    assert answer.headers["cache-control"] == "no-store"


async def test_another_nonce_port_or_key_does_not_fit(house: GatewayHouse) -> None:
    nonce = secrets.token_urlsafe(32)
    signature = json.loads((await _asked(house.port, f"?nonce={nonce}")).body)["signature"]
    key = _key_in_runtime_file(house)
    assert not is_instance(signature, f"{nonce}x", house.port, key)
    assert not is_instance(signature, nonce, house.port + 1, key)
    assert not is_signature(signature, proven(nonce, house.port).lower() + b"\n", key)


async def test_another_run_has_another_key(house: GatewayHouse) -> None:
    nonce = secrets.token_urlsafe(32)
    async with house.second_gateway(USUAL) as port:
        told = json.loads((await _asked(port, f"?nonce={nonce}")).body)
    assert is_instance(told["signature"], nonce, port, told["public_key"])
    assert not is_instance(told["signature"], nonce, port, _key_in_runtime_file(house))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?nonce=",
        "?nonce=short",
        f"?nonce={'a' * 129}",
        "?nonce=not%20base64url%20at%20all",
        f"?nonce={'a' * 32}&nonce={'b' * 32}",
        f"?nonce={'a' * 32}%0A",
    ],
)
async def test_what_is_no_nonce_is_signed_by_nobody(house: GatewayHouse, query: str) -> None:
    answer = await _asked(house.port, query)
    assert (answer.status, answer.error["param"]) == (400, "nonce")
