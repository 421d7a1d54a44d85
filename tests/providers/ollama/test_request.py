"""What Ollama's requests may use at most, and what is refused by name."""

import json
from typing import Any

import pytest

from wattfare_desktop.providers.dialect import AppRequest, CallRequest, OutputLimit, RequestRefusal
from wattfare_desktop.providers.ollama.operations import OllamaChat, OllamaEmbed, OllamaGenerate

HELLO = [{"role": "user", "content": "Hello"}]


def read(dialect: OllamaChat | OllamaGenerate | OllamaEmbed, body: Any) -> Any:
    return dialect.read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))


def chat(**more: Any) -> Any:
    return read(OllamaChat(), {"model": "llama3.2", "messages": HELLO, **more})


def test_it_streams_unless_told_not_to() -> None:
    assert chat().stream
    assert not chat(stream=False).stream
    assert not read(OllamaEmbed(), {"model": "m", "input": "a"}).stream


@pytest.mark.parametrize(("asked", "bound"), [(7, 7), (0, 0), (-1, None), (-2, None)])
def test_num_predict_is_the_bound(asked: int, bound: int | None) -> None:
    assert chat(options={"num_predict": asked}).output_tokens_max == bound
    assert chat().output_tokens_max is None


def test_text_bounds_the_input_and_pictures_do_not() -> None:
    plain = chat()
    assert plain.input_bound(10**6) >= plain.text_bytes
    seen = chat(messages=[{"role": "user", "content": "What?", "images": ["aGFsbG8="] * 2}])
    assert seen.media_parts == 2
    assert seen.input_bound(4096) == 4096
    assert seen.text_bytes < len(json.dumps(seen.body))


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ([], None),
        ({"messages": HELLO}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": [3]}, "messages[0]"),
        (
            {"model": "m", "messages": [{"role": "user", "images": "x"}]},
            "messages[0].images",
        ),
        ({"model": "m", "messages": HELLO, "tools": {}}, "tools"),
        ({"model": "m", "messages": HELLO, "stream": "yes"}, "stream"),
        ({"model": "m", "messages": HELLO, "options": []}, "options"),
        (
            {"model": "m", "messages": HELLO, "options": {"num_predict": 1.5}},
            "options.num_predict",
        ),
    ],
)
def test_what_cannot_be_read_is_named(body: Any, param: str | None) -> None:
    refusal = read(OllamaChat(), body)
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == param


def test_generated_pictures_are_refused() -> None:
    refusal = read(OllamaGenerate(), {"model": "m", "prompt": "a cat", "width": 512})
    assert isinstance(refusal, RequestRefusal)
    assert refusal.code == "unbounded_cost"


@pytest.mark.parametrize("given", [None, 3, ["a", 3], ["a"] * 2_049])
def test_inputs_are_texts(given: Any) -> None:
    refusal = read(OllamaEmbed(), {"model": "m", "input": given})
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == "input"


def test_what_goes_upstream_is_what_was_priced() -> None:
    asked = chat(options={"num_predict": 50, "num_ctx": 4096}, keep_alive="5m")
    sent = OllamaChat().upstream_request(asked, "llama3.2:latest", OutputLimit(tokens=20))
    assert sent.path == "/api/chat"
    assert sent.body == {
        "model": "llama3.2:latest",
        "messages": HELLO,
        "options": {"num_predict": 20, "num_ctx": 4096},
        "keep_alive": "5m",
        "stream": True,
    }
    embed = read(OllamaEmbed(), {"model": "m", "input": ["a", "b"]})
    assert isinstance(embed, CallRequest)
    assert embed.output_bound(4096) == 0
    assert OllamaEmbed().upstream_request(embed, "n").body == {"model": "n", "input": ["a", "b"]}
