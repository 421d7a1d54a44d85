"""What stands before every path: against lying names, calling pages and tricky targets."""

from pathlib import Path

import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.raw_http import Answer, ask

GOOD = "/v1/models"


async def get(
    house: GatewayHouse, app: App, *headers: str, target: str = GOOD, host: str | None = None
) -> Answer:
    lines = [f"GET {target} HTTP/1.1", f"Authorization: Bearer {app.access}", *headers]
    if host != "":
        lines.append(f"Host: {host or f'127.0.0.1:{house.port}'}")
    text = "".join(f"{line}\r\n" for line in lines)
    return await ask(house.port, f"{text}\r\n".encode())


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
async def test_our_own_names_are_answered(house: GatewayHouse, app: App, name: str) -> None:
    answer = await get(house, app, host=f"{name}:{house.port}")
    assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:{port}.evil.example",
        "127.0.0.1.:{port}",
        "localhost.:{port}",
        "127.1:{port}",
        "0.0.0.0:{port}",
        "2130706433:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "user@127.0.0.1:{port}",
        "127.0.0.1:0{port}",
        "127.0.0.1:{port} ,evil.example",
    ],
)
async def test_a_name_that_is_not_ours_is_421(house: GatewayHouse, app: App, host: str) -> None:
    """DNS rebinding: a page's own name resolves to this machine, and its Host says so."""
    answer = await get(house, app, host=host.format(port=house.port))
    assert (answer.status, answer.error["code"]) == (421, "wrong_host")


async def test_no_name_is_refused(house: GatewayHouse, app: App) -> None:
    answer = await get(house, app, host="")
    assert answer.status in {400, 421}
    assert answer.error["message"]


async def test_two_names_are_refused(house: GatewayHouse, app: App) -> None:
    answer = await get(house, app, "Host: evil.example")
    assert answer.status in {400, 421}
    assert answer.error["message"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://127.0.0.1:{port}", "http://localhost:3000", "null", "file://"],
)
async def test_pages_may_not_call(house: GatewayHouse, app: App, origin: str) -> None:
    answer = await get(house, app, f"Origin: {origin.format(port=house.port)}")
    assert (answer.status, answer.error["code"]) == (403, "origin_not_allowed")
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_preflight_is_refused(house: GatewayHouse) -> None:
    lines = (
        f"OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\n"
        "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n"
    )
    answer = await ask(house.port, lines.encode())
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "other"])
async def test_what_a_browser_sends_for_another_site_is_refused(
    house: GatewayHouse, app: App, site: str
) -> None:
    answer = await get(house, app, f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: no-cors")
    assert (answer.status, answer.error["code"]) == (403, "cross_site")


async def test_a_navigation_from_another_site_may_not_reach_the_api(
    house: GatewayHouse, app: App
) -> None:
    fetch = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    assert (await get(house, app, *fetch)).status == 403


@pytest.mark.parametrize("headers", [("Sec-Fetch-Mode: cors",), ("Sec-Fetch-Site: none",)])
async def test_what_programs_send_of_fetch_metadata_passes(
    house: GatewayHouse, app: App, headers: tuple[str, ...]
) -> None:
    assert (await get(house, app, *headers)).status == 200


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/v1/models", "http://evil.example/v1/models", "*", "evil.example:443"],
)
async def test_only_a_path_is_a_target(house: GatewayHouse, app: App, target: str) -> None:
    answer = await get(house, app, target=target.format(port=house.port))
    assert answer.status == 400
    assert answer.error["code"] in {"bad_target", "bad_http"}


@pytest.mark.parametrize(
    "target",
    [
        "/v1/../v1/models",
        "/v1/./models",
        "/./v1/models",
        "//v1/models",
        "/v1//models",
        "/v1/models/",
        "/v1/%6dodels",
        "/%76%31/models",
        "/v1%2fmodels",
        "/v1/%2e%2e/v1/models",
        "/v1/..%2f..%2fetc/passwd",
        "/v1\\models",
        "/V1/models",
        "/v1/models;a=b",
        "/v1/models%00",
        "/v1/models%20",
        "//127.0.0.1/v1/models",
        "/v1/responses/",
        "/v1//responses",
        "/v1/Responses",
        "/v1/responses/x",
        "/",
    ],
)
async def test_a_path_has_one_spelling(house: GatewayHouse, app: App, target: str) -> None:
    answer = await get(house, app, target=target)
    assert (answer.status, answer.error["code"]) == (404, "unknown_path")


@pytest.mark.parametrize("target", ["/v1/models?", "/v1/models?a=/../b#c"])
async def test_a_query_changes_nothing(house: GatewayHouse, app: App, target: str) -> None:
    assert (await get(house, app, target=target)).status == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip", "x"])
async def test_a_compressed_request_is_415(house: GatewayHouse, app: App, encoding: str) -> None:
    answer = await get(house, app, f"Content-Encoding: {encoding}")
    assert (answer.status, answer.error["code"]) == (415, "content_encoding")


@pytest.mark.parametrize("name", ["x-api-key", "x-goog-api-key", "Content-Type"])
async def test_a_header_that_decides_comes_once(house: GatewayHouse, app: App, name: str) -> None:
    answer = await get(house, app, f"{name}: one", f"{name}: two")
    assert answer.status == 400
    assert answer.error["code"] in {"repeated_header", "bad_http"}


def test_the_port_is_on_loopback_alone(house: GatewayHouse) -> None:
    """Every socket of the port, by the kernel's own table, is bound to 127.0.0.1 or ::1."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("this system has no /proc/net/tcp")
    lines = table.read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    ours = {
        address.split(":")[0] for address in listening if address.endswith(f":{house.port:04X}")
    }
    assert ours <= {"0100007F", "00000000000000000000000001000000"}
    assert "0100007F" in ours
