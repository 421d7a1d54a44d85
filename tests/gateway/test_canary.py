"""A key, an access, a prompt and an answer that would be known anywhere, and are found nowhere.

The real program runs as a process of its own and logs all it can, through calls that succeed, fail,
break and are killed; afterwards every file it could write and every word it said is searched.
"""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import openai
import pytest

from tests.support.raw_http import ask, head, post, raw_connection
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    ScriptedProvider,
    break_off,
    completion,
    delta,
    disconnect,
    error_event,
    json_reply,
    raw_reply,
    scripted_provider,
    stream,
    usage,
)
from wattfare_desktop.cli.sample_app import SampleApp, Wish

# Shaped like nothing that the log's own redaction knows: it must not be what saves us.
KEY: Final = "Canary.Key.Zq7XvT2mWb9Lr4Kd"
PROMPT: Final = "Canary prompt: the heron ate 7 purple violins"
ANSWER: Final = "Canary answer: 41 silent gondolas"
PASSPHRASE: Final = "a passphrase that is found in its own file"
ROOT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 30.0
HELLO: list[Any] = [{"role": "user", "content": PROMPT}]
BODY: Final = (
    b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"%s"}]}' % PROMPT.encode()
)


class Program:
    """The program in a folder that holds all it may write to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passphrase = folder.parent / "passphrase"
        self.passphrase.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
        for name in ("run", "user", "tmp"):
            (folder / name).mkdir(mode=0o700, parents=True)
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder / "user"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "TMPDIR": str(folder / "tmp"),
        }

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[tuple[Process, int]]:
        """Run ``serve`` with all it can log; yield the process and its port."""
        with (self.folder / "stderr").open("ab") as stderr:
            process = await self._start(
                "serve", "-v", "--port", "0", "--consent", "terminal",
                "--passphrase-file", str(self.passphrase),
                stdin=PIPE, stdout=PIPE, stderr=stderr,
            )  # fmt: skip
        try:
            said = await self.line(process)
            yield process, int(said.rpartition(":")[2])
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(_PATIENCE_S):
                rest, _ = await process.communicate()
            self._keep(rest)

    async def line(self, process: Process) -> str:
        """Return the next line that ``process`` prints, and keep it to be searched."""
        assert process.stdout is not None
        said = await asyncio.wait_for(process.stdout.readline(), _PATIENCE_S)
        self._keep(said)
        return said.decode()

    async def command(self, *words: str, stdin: str = "") -> None:
        """Run one command to its end, and keep what it says to be searched."""
        process = await self._start(*words, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        async with asyncio.timeout(_PATIENCE_S):
            said, complained = await process.communicate(stdin.encode())
        self._keep(said + complained)
        assert process.returncode == 0, complained

    async def _start(self, *words: str, **streams: Any) -> Process:
        program = ["-m", "wattfare_desktop", "--home", str(self.folder / "wallet")]
        return await asyncio.create_subprocess_exec(
            sys.executable, *program, *words, cwd=ROOT, env=self._environment, **streams
        )

    def _keep(self, said: bytes) -> None:
        with (self.folder / "stdout").open("ab") as kept:
            kept.write(said)

    def places_of(self, text: str) -> set[str]:
        """Return the files that hold ``text`` in any spelling a program may write it in."""
        spellings = (
            text.encode(),
            text.encode("utf-16-le"),
            text.encode().hex().encode(),
            text.replace(" ", "+").encode(),
            text.replace(" ", "%20").encode(),
        )
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        contents = {path: path.read_bytes() for path in files}
        return {
            str(path.relative_to(self.folder))
            for path, content in contents.items()
            if any(spelling in content for spelling in spellings)
        }


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        yield provider


async def approved(program: Program, process: Process, port: int) -> str:
    """Have an app ask and its user approve; return the access."""
    app = SampleApp(name="Notes AI", origin=f"http://127.0.0.1:{port}")
    wish = Wish(cap="5.00", period="month", models=(), justification="to test")
    await program.command(app.request_uri(wish))
    await program.line(process)
    assert process.stdin is not None
    process.stdin.write(b"approve\n")
    await asyncio.to_thread(app.collect_access)
    await asyncio.to_thread(app.close)
    return app.access


async def whole(client: openai.AsyncOpenAI) -> None:
    await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, max_tokens=50)


async def streamed(client: openai.AsyncOpenAI) -> None:
    made = await client.chat.completions.create(
        model="gpt-5-mini", messages=HELLO, max_tokens=50, stream=True
    )
    async for _ in made:
        pass


async def expect_failure(work: Awaitable[None]) -> None:
    with pytest.raises(openai.APIError) as failed:
        await work
    assert KEY not in f"{failed.value} {failed.value.body}"


async def every_kind_of_call(
    client: openai.AsyncOpenAI, provider: ScriptedProvider, port: int, access: str
) -> None:
    """Succeed, fail and break in every way there is."""
    provider.answer(completion(ANSWER, prompt_tokens=30, completion_tokens=9))
    await whole(client)
    provider.answer(stream(delta(ANSWER), usage(30, 9), DONE))
    await streamed(client)
    echo = {"error": {"message": f"{KEY} {PROMPT} {ANSWER}", "code": "c"}}
    failures: list[tuple[Callable[[openai.AsyncOpenAI], Awaitable[None]], Any]] = [
        (whole, json_reply(echo, status=401)),
        (whole, json_reply(echo, status=500)),
        (whole, disconnect),
        (whole, break_off),
        (whole, raw_reply(f"{{{ANSWER} {KEY}".encode())),
        (streamed, disconnect),
        (streamed, json_reply(echo, status=429)),
        (streamed, stream(delta(ANSWER), error_event(f"{KEY} {PROMPT}"))),
        (streamed, stream(delta(ANSWER), breaks_off=True)),
    ]
    for call, reply in failures:
        provider.answer(reply)
        await expect_failure(call(client))
    odd = stream(f"data: {ANSWER} {KEY}\n\n".encode(), DONE)
    provider.answer(odd)
    await ask(port, post(port, BODY[:-1] + b',"stream":false}', access))
    for bad in (BODY[:-1], BODY + BODY, BODY[:-1] + b',"n":NaN}', b'["%s"]' % PROMPT.encode()):
        assert (await ask(port, post(port, bad, access))).status == 400
    for said in (
        b"%s HTTP/1.1\r\nAuthorization: Bearer %s\r\n\r\n" % (PROMPT.encode(), access.encode()),
        head(port, access, None, "X-Null: a\x00b"),
        head(port, access, None, path=f"/v1/{access}/{KEY}"),
        head(port, access, None, path=f"/v1/models?key={access}&prompt=Canary"),
        head(port, access, len(BODY), "Content-Length: 5") + BODY,
    ):
        assert (await ask(port, said)).status >= 400
    provider.answer(gated := GatedStream([delta(ANSWER), delta(ANSWER), usage(30, 9), DONE]))
    async with raw_connection(port) as connection:
        connection.say(post(port, BODY[:-1] + b',"stream":true}', access))
        gated.let_go()
        await connection.heard(b"gondolas")
    gated.let_all_go()


async def test_no_secret_and_no_word_is_found_anywhere(
    tmp_path: Path, provider: ScriptedProvider
) -> None:
    program = await asyncio.to_thread(Program, tmp_path / "all")
    async with program.serving() as (process, port):
        funding = ["funding", "add", "openai", "--base-url", provider.base_url, "--key-stdin"]
        await program.command(*funding, "--balance", "20.00", stdin=f"{KEY}\n")
        access = await approved(program, process, port)
        address = f"http://127.0.0.1:{port}/v1"
        async with openai.AsyncOpenAI(base_url=address, api_key=access, max_retries=0) as client:
            await every_kind_of_call(client, provider, port, access)
        listings = ("activity", "doctor")
        await asyncio.gather(*(program.command(each, "--json") for each in listings))
        secrets = (KEY, access, PROMPT, ANSWER)
        assert {text: await asyncio.to_thread(program.places_of, text) for text in secrets} == {
            text: set() for text in secrets
        }
        # Not vacuous: they were all on their way, and there is a log that says much.
        sent = [f"{each.headers} {each.body.decode()}" for each in provider.requests]
        assert all(KEY in each and PROMPT in each for each in sent)
        assert len(sent) >= 13
        # Killed in the middle of a call, so that nothing is tidied up.
        provider.answer(gated := GatedStream([delta(ANSWER), DONE]))
        async with raw_connection(port) as connection:
            connection.say(post(port, BODY[:-1] + b',"stream":true}', access))
            gated.let_go()
            await connection.heard(b"gondolas")
            process.kill()
            await process.wait()
    async with program.serving():
        pass
    for text in secrets:
        assert await asyncio.to_thread(program.places_of, text) == set(), text
    logs = [path.read_text() for path in program.folder.rglob("wattfare.log*")]
    assert any("DEBUG" in log for log in logs)
    assert not any("[hidden]" in log for log in logs), "only the redaction kept a secret back"
    # The search finds what is there: the app's name was printed, and is nowhere in the clear else.
    assert program.places_of("Notes AI") == {"stdout"}
