"""Requests no client would make: each a clear answer in OpenAI's shape, and nothing left behind."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp.web import StreamResponse
from aiohttp.web_request import BaseRequest

from tests.support.gateway_house import App, GatewayHouse, eventually
from tests.support.raw_http import Answer, ask, head, post, raw_connection
from tests.support.scripted_provider import ScriptedProvider, completion
from wattfare_desktop.gateway.limits import USUAL, Limits

if sys.platform != "win32":
    import resource

BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":5}'


@pytest.fixture(autouse=True)
async def _nothing_is_left_behind(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> AsyncIterator[None]:
    """Whatever a test here did: no hold is open, and the next good call is served."""
    yield
    await house.require_sound()
    provider.answer(completion("Still there"))
    answer = await ask(house.port, post(house.port, BODY, app.access))
    assert b"Still there" in answer.body


async def refused(
    house: GatewayHouse, provider: ScriptedProvider, request: bytes, status: int
) -> Answer:
    """Send ``request``; assert that it is refused before any money is held."""
    answer = await ask(house.port, request)
    assert answer.status == status, answer
    assert answer.error["message"]
    assert provider.requests == []
    return answer


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"model": "gpt-5-mini",}', "not valid JSON"),
        (b"{'model': 1}", "not valid JSON"),
        (BODY + b"x", "not valid JSON"),
        (BODY + BODY, "not valid JSON"),
        (b"\xff" + BODY, "not valid JSON"),
        (b"\xef\xbb\xbf" + BODY, "not valid JSON"),
        (BODY.decode().encode("utf-16"), "not valid JSON"),
        (b"[]", "JSON object"),
        (b"7", "JSON object"),
        (b'"gpt-5-mini"', "JSON object"),
        (b"null", "JSON object"),
        (b'{"model":"gpt-5-mini",' + BODY[1:], "same member twice"),
        (BODY[:-1] + b',"a":{"n":1,"n":2}}', "same member twice"),
        (BODY[:-1] + b',"temperature":NaN}', "NaN"),
        (BODY[:-1] + b',"temperature":Infinity}', "Infinity"),
        (BODY[:-1] + b',"temperature":-Infinity}', "-Infinity"),
        (BODY[:-1] + b',"a":' + b"[" * 70 + b"]" * 70 + b"}", "nested deeper"),
        (b"[" * 200_000, "nested deeper"),
        (b'{"a":' * 200_000, "nested deeper"),
        (BODY[:-1] + b',"n":' + b"9" * 5_000 + b"}", "not valid JSON"),
    ],
)
async def test_a_body_that_is_no_plain_json_object_is_400(
    house: GatewayHouse, provider: ScriptedProvider, app: App, body: bytes, words: str
) -> None:
    answer = await refused(house, provider, post(house.port, body, app.access), 400)
    assert words in answer.error["message"]
    assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/openai/v1/embeddings"])
@pytest.mark.parametrize("name", ["api_base", "base_url", "api_key", "Extra_Headers", "fallbacks"])
async def test_a_body_does_not_say_where_it_goes(
    house: GatewayHouse, provider: ScriptedProvider, app: App, name: str, path: str
) -> None:
    body = json.dumps({**json.loads(BODY), name: "https://evil.example"}).encode()
    answer = await ask(house.port, post(house.port, body, app.access, path=path))
    assert answer.status == 400
    assert name.encode() in answer.body
    assert b"evil.example" not in answer.body
    assert provider.requests == []


async def test_a_form_does_not_say_where_it_goes(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="api_base"\r\n\r\nhttp://a\r\n--x--\r\n'
    plain = post(house.port, body, app.access, path="/v1/audio/transcriptions")
    form = plain.replace(b"application/json", b"multipart/form-data; boundary=x")
    answer = await refused(house, provider, form, 400)
    assert (answer.error["code"], answer.error["param"]) == ("destination_in_body", "api_base")


async def test_what_is_deep_but_not_too_deep_passes(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    deep = BODY[:-1] + b',"a":' + b"[" * 60 + b"]" * 60 + b"}"
    assert (await ask(house.port, post(house.port, deep, app.access))).status == 200
    assert provider.last.json == json.loads(deep)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None],
)
async def test_another_content_type_is_415(
    house: GatewayHouse, provider: ScriptedProvider, app: App, content_type: str | None
) -> None:
    """What a page can send without asking (a form, text) never reaches the parser."""
    line = b"" if content_type is None else f"Content-Type: {content_type}\r\n".encode()
    good = post(house.port, BODY, app.access)
    await refused(house, provider, good.replace(b"Content-Type: application/json\r\n", line), 415)


@pytest.mark.parametrize("body_bytes", [2_001, 10**9, 10**18])
async def test_a_body_said_to_be_too_large_is_413_before_it_is_sent(
    house: GatewayHouse, provider: ScriptedProvider, app: App, body_bytes: int
) -> None:
    async with house.second_gateway(Limits(body_bytes_max=2_000)) as port:
        answer = await ask(port, head(port, app.access, body_bytes))
    assert (answer.status, answer.error["code"]) == (413, "body_too_large")
    assert provider.requests == []


async def test_a_body_that_turns_out_too_large_is_413(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.second_gateway(Limits(body_bytes_max=2_000)) as port:
        request = head(port, app.access, None, "Transfer-Encoding: chunked")
        async with raw_connection(port) as connection:
            connection.say(request + b"800\r\n" + b" " * 0x800 + b"\r\n")
            answer = await connection.answer()
    assert (answer.status, answer.error["code"]) == (413, "body_too_large")
    assert provider.requests == []


async def test_a_large_body_within_the_limit_passes(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    image = "data:image/png;base64," + "A" * 3_000_000
    part = {"type": "image_url", "image_url": {"url": image}}
    body = {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": [part]}],
        "max_tokens": 5,
    }
    request = post(house.port, json.dumps(body).encode(), app.access)
    assert (await ask(house.port, request)).status == 200
    assert provider.last.json == body


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 81", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 0"),
        ("Content-Length: 81", "Content-Length: 5"),
        ("Content-Length: 81, 5",),
        ("Content-Length: +81",),
        ("Content-Length: -1",),
        ("Content-Length: 0x51",),
        ("Content-Length: 81 5",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        (" Content-Length: 81",),
        ("No colon here",),
        ("Bad\x00Name: x",),
        ("X-Null: a\x00b",),
        ("X-Long: " + "a" * 20_000,),
    ],
)
async def test_a_request_with_two_readings_has_none(
    house: GatewayHouse, provider: ScriptedProvider, app: App, lines: tuple[str, ...]
) -> None:
    """Request smuggling: where a body ends must never be a matter of opinion."""
    hidden = b"POST /v1/chat/completions HTTP/1.1\r\nX: " + app.access.encode() + b"\r\n\r\n"
    request = head(house.port, app.access, None, *lines) + b"0\r\n\r\n" + hidden
    async with raw_connection(house.port) as connection:
        connection.say(request)
        answer = await connection.answer()
        assert answer.status == 400, answer
        assert answer.error["message"]
        assert b"HTTP/1.1" not in await connection.closed()
    assert provider.requests == []
    assert app.access.encode() not in answer.body


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03canary-canary\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G\xc3\x89T /v1/models HTTP/1.1\r\n\r\n",
        b"GET /v1/mod\xffels HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /canary-canary" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["tls", "bare", "version", "method", "bytes", "h2", "long"],
)
async def test_what_is_not_http_is_told_so_and_not_quoted(
    house: GatewayHouse, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answer = await ask(house.port, said)
    assert answer.status in {400, 404, 421}, answer
    assert answer.error["message"]
    assert b"canary" not in answer.body
    assert "canary" not in caplog.text
    assert not [each for each in caplog.records if each.levelno >= 40 and "aiohttp" in each.name]


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"5\r\nabcdefgh\r\n", b"-1\r\n"])
async def test_a_body_in_broken_chunks_is_400(
    house: GatewayHouse, provider: ScriptedProvider, app: App, chunks: bytes
) -> None:
    request = head(house.port, app.access, None, "Transfer-Encoding: chunked")
    await refused(house, provider, request + chunks, 400)


async def test_a_body_that_dribbles_is_408(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.second_gateway(Limits(body_s=0.05)) as port:
        answer = await ask(port, head(port, app.access, len(BODY)) + BODY[:20])
    assert answer.status == 408
    assert "in time" in answer.error["message"]
    assert provider.requests == []


async def test_a_head_that_dribbles_is_hung_up_on(house: GatewayHouse) -> None:
    async with (
        house.second_gateway(Limits(idle_s=0.05)) as port,
        raw_connection(port) as connection,
    ):
        connection.say(b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127")
        assert await connection.closed() == b""


async def test_an_idle_connection_is_hung_up_on(house: GatewayHouse, app: App) -> None:
    async with house.second_gateway(Limits(idle_s=0.05)) as port:
        async with raw_connection(port) as connection:
            assert await connection.closed() == b""
        async with raw_connection(port) as connection:
            connection.say(head(port, app.access, None, path="/v1/models", method="GET"))
            assert (await connection.answer()).status == 200
            assert await connection.closed() == b""


async def test_the_longest_idle_goes_where_there_are_too_many(
    house: GatewayHouse, app: App
) -> None:
    async with house.second_gateway(Limits(connections_max=2)) as port:
        good = head(port, app.access, None, path="/v1/models", method="GET")
        async with raw_connection(port) as first, raw_connection(port) as second:
            second.say(good)
            assert (await second.answer()).status == 200
            first.say(good)
            assert (await first.answer()).status == 200
            async with raw_connection(port) as third:
                third.say(good)
                assert (await third.answer()).status == 200
                assert await second.closed() == b""
                first.say(good)
                assert (await first.answer()).status == 200


async def test_whoever_is_being_answered_stays(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    let_go, answering = asyncio.Event(), completion("Late")

    async def late(request: BaseRequest) -> StreamResponse:
        await let_go.wait()
        return await answering(request)

    provider.answer(late)
    async with (
        house.second_gateway(Limits(connections_max=1)) as port,
        raw_connection(port) as busy,
    ):
        busy.say(post(port, BODY, app.access))
        await eventually(lambda: len(provider.requests) == 1)
        async with raw_connection(port) as newcomer:
            assert await newcomer.closed() == b""
        let_go.set()
        assert b"Late" in (await busy.answer()).body


async def test_an_answer_on_its_way_is_not_idle(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    large = "word " * 2_000_000
    provider.answer(completion(large))
    async with (
        house.second_gateway(Limits(connections_max=2)) as port,
        raw_connection(port, read_bytes_max=65_536) as reading,
    ):
        reading.say(post(port, BODY, app.access))
        await reading.head()
        async with raw_connection(port), raw_connection(port) as newcomer:
            newcomer.say(head(port, app.access, None, path="/v1/models", method="GET"))
            assert (await newcomer.answer()).status == 200
            assert len(await reading.some(len(large))) == len(large)


async def test_a_thousand_idle_connections_keep_nobody_out(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    _allow_open_files(2_000)
    before = len(house.connections)
    async with AsyncExitStack() as open_ones:
        for number in range(1_000):
            connection = await open_ones.enter_async_context(raw_connection(house.port))
            if number % 2:
                connection.say(b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127")
        assert (await ask(house.port, post(house.port, BODY, app.access))).status == 200
        await house.connections_are(USUAL.connections_max)
    await house.connections_are(before)
    assert len(provider.requests) == 1


def _allow_open_files(count: int) -> None:
    """Both ends of all these connections are in this process; a shell's limit is often 1,024."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < count:
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


async def test_a_client_that_goes_in_the_middle_of_its_body_leaves_nothing(
    house: GatewayHouse,
    provider: ScriptedProvider,
    app: App,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    before = len(house.connections)
    async with raw_connection(house.port) as connection:
        connection.say(head(house.port, app.access, len(BODY)) + BODY[:20])
        connection.hang_up()
    await house.connections_are(before)
    assert provider.requests == []
    assert not [each for each in caplog.records if each.levelno >= 40]


async def test_requests_in_a_row_on_one_connection_are_each_judged(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    good = post(house.port, BODY, app.access)
    bad = post(house.port, BODY, "wf_at_" + "A" * 43)
    async with raw_connection(house.port) as connection:
        connection.say(good + bad + good)
        statuses = [(await connection.answer()).status for _ in range(3)]
    assert statuses == [200, 401, 200]
    assert len(provider.requests) == 2


async def test_a_body_is_asked_for_where_the_client_waits(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    """Expect: 100-continue (RFC 9110 section 10.1.1), as curl sends it with a large body."""
    async with raw_connection(house.port) as connection:
        connection.say(head(house.port, app.access, len(BODY), "Expect: 100-continue"))
        assert (await connection.head())[0] == 100
        connection.say(BODY)
        assert (await connection.answer()).status == 200
    assert len(provider.requests) == 1


async def test_a_body_is_not_asked_for_where_it_would_be_refused(house: GatewayHouse) -> None:
    async with raw_connection(house.port) as connection:
        stranger = "wf_at_" + "A" * 43
        connection.say(head(house.port, stranger, len(BODY), "Expect: 100-continue"))
        assert (await connection.answer()).status == 401


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "TLS/1.0"])
async def test_another_protocol_is_not_taken_up(
    house: GatewayHouse, provider: ScriptedProvider, app: App, protocol: str
) -> None:
    upgrade = (f"Upgrade: {protocol}", "Connection: Upgrade")
    request = head(house.port, app.access, None, *upgrade, path="/v1/models", method="GET")
    assert (await ask(house.port, request)).status == 200
    assert (await ask(house.port, head(house.port, app.access, None, *upgrade))).status == 400
    assert provider.requests == []


async def test_http_1_0_is_answered_and_ends(house: GatewayHouse, app: App) -> None:
    request = post(house.port, BODY, app.access).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    async with raw_connection(house.port) as connection:
        connection.say(request)
        assert (await connection.answer()).status == 200
        assert await connection.closed() == b""
