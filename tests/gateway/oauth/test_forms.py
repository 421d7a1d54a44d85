"""Tests of bodies that are posted to the authorization server, and do not come as they should."""

import json

import pytest

from tests.support.gateway_house import GatewayHouse
from tests.support.raw_http import ask
from wattfare_desktop.gateway.limits import Limits

FORM = "application/x-www-form-urlencoded"
POSTS = [
    ("/oauth/par", FORM),
    ("/oauth/token", FORM),
    ("/oauth/device_authorization", FORM),
    ("/oauth/revoke", FORM),
    ("/oauth/introspect", FORM),
    ("/oauth/register", "application/json"),
]


def _head(port: int, path: str, content_type: str, *lines: str) -> bytes:
    said = (f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Type: {content_type}")
    return "\r\n".join([*said, *lines, "", ""]).encode()


@pytest.mark.parametrize(("path", "content_type"), POSTS)
async def test_a_form_that_dribbles_is_408(
    house: GatewayHouse, path: str, content_type: str
) -> None:
    async with house.second_gateway(Limits(body_s=0.05)) as port:
        answer = await ask(port, _head(port, path, content_type, "Content-Length: 50") + b"a=")
    assert answer.status == 408
    assert json.loads(answer.body)["error"] == "invalid_request"


@pytest.mark.parametrize(("path", "content_type"), POSTS)
async def test_a_form_in_broken_chunks_is_400(
    house: GatewayHouse, path: str, content_type: str
) -> None:
    head = _head(house.port, path, content_type, "Transfer-Encoding: chunked")
    answer = await ask(house.port, head + b"zz\r\n")
    assert answer.status == 400
