"""Tests of ``wattfare_desktop.providers.gemini.reading``."""

from typing import Any

import pytest

from wattfare_desktop.providers.dialect import AppRequest
from wattfare_desktop.providers.gemini.reading import (
    Refused,
    body_of,
    camelled,
    model_and_verb,
    objects,
)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (
            {"generation_config": {"max_output_tokens": 5, "thinking_config": {"a_b": 1}}},
            {"generationConfig": {"maxOutputTokens": 5, "thinkingConfig": {"aB": 1}}},
        ),
        (
            {"contents": [{"parts": [{"inline_data": {"mime_type": "image/png"}}]}]},
            {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png"}}]}]},
        ),
        (
            {"function_call": {"name": "x", "args": {"the_city": {"of_it": 1}}}},
            {"functionCall": {"name": "x", "args": {"the_city": {"of_it": 1}}}},
        ),
        (
            {"function_declarations": [{"parameters_json_schema": {"any_of": [{"a_b": 1}]}}]},
            {"functionDeclarations": [{"parametersJsonSchema": {"any_of": [{"a_b": 1}]}}]},
        ),
        ({"response_schema": {"any_of": []}}, {"responseSchema": {"any_of": []}}),
        ({"_odd": 1, "top_k": 2.0}, {"_odd": 1, "topK": 2.0}),
    ],
)
def test_members_are_read_in_either_spelling_and_the_apps_own_names_stay(
    sent: dict[str, Any], read: dict[str, Any]
) -> None:
    assert camelled(sent) == read


def test_a_member_in_both_spellings_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        camelled({"generationConfig": {"maxOutputTokens": 5, "max_output_tokens": 5_000}})
    assert refused.value.refusal.param == "maxOutputTokens"


@pytest.mark.parametrize("name", ["key", "access_token", "$key", "oauth_token"])
def test_a_credential_in_the_query_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(Refused) as refused:
        body_of(AppRequest(body={}, body_bytes=2, query={name: "wf_at_secret"}))
    assert refused.value.refusal.code == "access_in_query"
    assert "x-goog-api-key" in refused.value.refusal.message
    assert "wf_at_secret" not in repr(refused.value.refusal)


@pytest.mark.parametrize(
    ("target", "read"),
    [
        ("gemini-2.5-pro:generateContent", ("gemini-2.5-pro", "generateContent")),
        ("google/gemini-2.5-pro:countTokens", ("google/gemini-2.5-pro", "countTokens")),
        ("ollama/llama3:8b:generateContent", ("ollama/llama3:8b", "generateContent")),
    ],
)
def test_the_path_names_model_and_verb(target: str, read: tuple[str, str]) -> None:
    assert model_and_verb(target) == read


@pytest.mark.parametrize("target", ["", "gemini-2.5-pro", ":generateContent", "a" * 257 + ":x"])
def test_a_path_without_model_and_verb_is_refused(target: str) -> None:
    with pytest.raises(Refused):
        model_and_verb(target)


def test_one_object_is_a_list_of_one() -> None:
    assert objects({"parts": {"text": "hi"}}, "parts", "x.parts") == [{"text": "hi"}]
    assert objects({}, "parts", "x.parts") == []
    with pytest.raises(Refused):
        objects({"parts": ["hi"]}, "parts", "x.parts")
