"""The main job on a real desktop: approve in the dialog, pay, watch the tray, revoke, refused."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.support.desktop.session import Desktop
from tests.support.notes_app import NAME, NotesApp, set_up_wallet

_PORT = 8455
_ORIGIN = f"http://127.0.0.1:{_PORT}"


@pytest.fixture
def app() -> Iterator[NotesApp]:
    made = NotesApp(_PORT)
    yield made
    made.close()


def _stream(client: openai.OpenAI) -> str:
    stream = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Summarise my notes in 40 words"}],
        max_completion_tokens=200,
        stream=True,
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def test_approve_pay_watch_revoke(desktop: Desktop, app: NotesApp, tmp_path: Path) -> None:
    home = str(tmp_path / "wallet")
    wattfare = [sys.executable, "-m", "wattfare_desktop", "--home", home]
    wallet = desktop.start([*wattfare, "--port", str(_PORT)])
    set_up_wallet(desktop)
    desktop.accessibility.window("Wattfare")

    desktop.start(["xdg-open", app.request_uri()])
    approval = desktop.accessibility.window("Wattfare approval")
    approval.button("Approve $5.00 a month").press()
    access = app.trade()

    icon = desktop.tray.icon(pid=wallet.pid)
    icon.entry(re.compile(rf"^{NAME}.*\$0\.00 of \$5\.00"))
    client = openai.OpenAI(base_url=f"{_ORIGIN}/v1", api_key=access)
    assert "practice" in _stream(client)
    icon.entry(re.compile(rf"^{NAME}.*\$0\.00[0-9]*[1-9] of \$5\.00"))

    icon.click(re.compile(f"^{NAME}"), "Revoke...")
    question = desktop.accessibility.window(re.compile("Revoke"))
    question.button("Revoke").press()
    icon.wait_for_no_entry(re.compile(f"^{NAME}"))
    with pytest.raises(openai.AuthenticationError, match="revoked"):
        _stream(client)
