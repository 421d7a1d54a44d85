"""The app of the demo, against a wallet scripted on a real port."""

import base64
import hashlib
import json
from collections.abc import Iterator

import pytest

from tests.support.scripted_port import ACCESS, ScriptedPort, query_of, redirect
from wattfare_desktop.cli.sample_app import SampleApp, Wish

WISH = Wish(cap="0.01", period="month", models=("practice/*",), justification="Summarise notes")


@pytest.fixture
def wallet() -> Iterator[ScriptedPort]:
    wallet = ScriptedPort()
    yield wallet
    wallet.close()


@pytest.fixture
def app(wallet: ScriptedPort) -> Iterator[SampleApp]:
    app = SampleApp(name="Notes AI", origin=wallet.origin)
    yield app
    app.close()


def approve(app: SampleApp, wallet: ScriptedPort) -> dict[str, str]:
    asked = query_of(app.request_uri(WISH))
    redirect(asked, {"code": "code_1", "state": asked["state"], "iss": wallet.origin})
    app.collect_access()
    return asked


def test_it_asks_in_the_standards_words(app: SampleApp) -> None:
    uri = app.request_uri(WISH)
    asked = query_of(uri)

    assert uri.startswith("wattfare://authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "Notes AI"
    assert asked["code_challenge_method"] == "S256"
    assert json.loads(asked["authorization_details"]) == [
        {
            "type": "wattfare_spend",
            "cap": {"amount": "0.01", "currency": "USD"},
            "period": "month",
            "models": ["practice/*"],
            "justification": "Summarise notes",
            "adjustable": True,
        }
    ]


def test_the_code_is_traded_with_the_verifier(app: SampleApp, wallet: ScriptedPort) -> None:
    asked = approve(app, wallet)

    (form,) = wallet.forms
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert form["code"] == "code_1"
    assert form["redirect_uri"] == asked["redirect_uri"]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "access_denied"},
        {"code": "code_1", "state": "of another request"},
        {"code": "code_1", "iss": "http://127.0.0.1:1"},
    ],
)
def test_an_answer_that_is_none_is_not_traded(
    app: SampleApp, wallet: ScriptedPort, answer: dict[str, str]
) -> None:
    asked = query_of(app.request_uri(WISH))
    redirect(asked, {"state": asked["state"], "iss": wallet.origin, **answer})

    with pytest.raises(ConnectionError):
        app.collect_access()
    assert wallet.forms == []


def test_a_whole_answer_is_read(app: SampleApp, wallet: ScriptedPort) -> None:
    approve(app, wallet)

    reply = app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=None)

    assert (reply.status, reply.text) == (200, "Three small words")
    assert (reply.input_tokens, reply.output_tokens) == (12, 3)
    ((header, body),) = wallet.calls
    assert header == f"Bearer {ACCESS}"
    assert body["max_completion_tokens"] == 9
    assert "stream" not in body


def test_a_streamed_answer_is_heard_piece_by_piece(app: SampleApp, wallet: ScriptedPort) -> None:
    approve(app, wallet)
    heard: list[str] = []

    reply = app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=heard.append)

    assert heard == ["Three", " small"]
    assert reply.text == "Three small"
    assert (reply.input_tokens, reply.output_tokens) == (12, 3)


def test_a_stream_that_is_cut_ends_in_its_reason(app: SampleApp, wallet: ScriptedPort) -> None:
    approve(app, wallet)
    wallet.cut = "The wallet is closing."
    heard: list[str] = []

    with pytest.raises(ConnectionError, match=r"^The wallet is closing\.$"):
        app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=heard.append)
    assert heard == ["Three", " small"]


def test_a_refusal_is_read_with_its_advice(app: SampleApp, wallet: ScriptedPort) -> None:
    approve(app, wallet)
    wallet.refusal = (402, {"error": {"message": "The cap is reached."}})

    reply = app.call("Hello", model="practice/gpt-5", output_tokens_max=9, heard=None)

    assert (reply.status, reply.refusal) == (402, "The cap is reached.")
    assert not reply.may_retry
