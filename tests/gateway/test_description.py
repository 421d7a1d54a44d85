"""The description of the API that the gateway serves: made from its tables, and whole."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import openapi
from tests.support.gateway_house import GatewayHouse, http_client
from wattfare_desktop.gateway.router import Router

FILE = Path(__file__).parents[2] / "resources" / "openapi.json"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def _operations(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in told["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_file_is_what_its_recipe_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == openapi.written(), "type: make docs"


def test_every_route_is_described_and_nothing_else(
    house: GatewayHouse, told: dict[str, Any]
) -> None:
    routes = house.live.parts.gateway._routes()
    router = Router({route: route for route in routes})
    led_to = {}
    for method, path, _ in _operations(told):
        match = router.find(method, re.sub(r"\{[a-z]+\}", "some-name", path))
        led_to[method, path] = None if match is None else match.found
    assert [asked for asked, found in led_to.items() if found is None] == []
    assert set(routes) - set(led_to.values()) == set()


def test_every_operation_has_a_name_of_its_own_and_every_gap_is_told_of(
    told: dict[str, Any],
) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(told)]
    assert len(set(names)) == len(names)
    parameters = told["components"]["parameters"]
    for method, path, operation in _operations(told):
        asked = [
            parameters[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for each in operation.get("parameters", [])
        ]
        gaps = sorted(each["name"] for each in asked if each["in"] == "path")
        assert gaps == sorted(re.findall(r"\{([a-z]+)\}", path)), (method, path)


def test_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    for address in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(told))):
        place: Any = told
        for step in address.removeprefix("#/").split("/"):
            place = place[step]


async def test_it_is_served_as_it_lies_and_wants_no_access(house: GatewayHouse) -> None:
    async with http_client() as client:
        metadata = await client.get(f"{house.origin}/.well-known/oauth-protected-resource")
        answer = await client.get(metadata.json()["resource_documentation"])
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.content == FILE.read_bytes()


async def test_it_passes_the_checks_like_everything_else(house: GatewayHouse) -> None:
    address = f"{house.origin}/wattfare/v1/openapi.json"
    async with http_client() as client:
        rebound = await client.get(address, headers={"Host": f"evil.example:{house.port}"})
        foreign = await client.get(address, headers={"Origin": "https://evil.example"})
    assert (rebound.status_code, foreign.status_code) == (421, 403)


async def test_below_oauth_every_error_is_told_in_its_words(house: GatewayHouse) -> None:
    token = f"{house.origin}/oauth/token"
    async with http_client() as client:
        rebound = await client.post(token, headers={"Host": "evil.example"})
        foreign = await client.post(token, headers={"Origin": "https://evil.example"})
        wrong = await client.get(token)
    assert (rebound.status_code, rebound.json()["error"]) == (421, "invalid_request")
    assert (foreign.status_code, foreign.json()["error"]) == (403, "access_denied")
    assert (wrong.status_code, wrong.json()["error"]) == (405, "invalid_request")
    assert all(isinstance(each.json()["error_description"], str) for each in (rebound, wrong))
    assert wrong.headers["allow"] == "POST"
