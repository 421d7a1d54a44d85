"""Tests of ``wattfare_desktop.gateway.doors``."""

import pytest

from wattfare_desktop.gateway.doors import Door, Doors
from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.dialect import DialectName
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.ollama.family import OllamaFamily
from wattfare_desktop.providers.openai.family import OpenAiFamily

MESSAGES, COUNT = DialectName.ANTHROPIC_MESSAGES, DialectName.ANTHROPIC_COUNT_TOKENS


@pytest.mark.parametrize(
    ("pattern", "dialect", "provider"),
    [
        ("/v1/messages", MESSAGES, None),
        ("/v1/messages/count_tokens", COUNT, None),
        ("/anthropic/v1/messages", MESSAGES, "anthropic"),
        ("/anthropic/v1/messages/count_tokens", COUNT, "anthropic"),
        ("/p/{provider}/v1/messages", MESSAGES, None),
        ("/v1/chat/completions", DialectName.OPENAI_CHAT, None),
        ("/openai/v1/chat/completions", DialectName.OPENAI_CHAT, "openai"),
        ("/openrouter/v1/responses", DialectName.OPENAI_RESPONSES, "openrouter"),
        ("/api/chat", DialectName.OLLAMA_CHAT, None),
        ("/ollama/api/embed", DialectName.OLLAMA_EMBED, "ollama"),
        ("/p/{provider}/api/generate", DialectName.OLLAMA_GENERATE, None),
    ],
)
def test_doors(pattern: str, dialect: DialectName, provider: str | None) -> None:
    assert Door(pattern=pattern, dialect=dialect, provider=provider) in list(Doors().calls())


def test_no_path_leads_two_ways() -> None:
    patterns = [door.pattern for door in Doors().calls()]
    assert len(patterns) == len(set(patterns))


def test_lists_of_models() -> None:
    listed = {path: provider for path, provider, _ in Doors().listings()}
    assert listed["/anthropic/v1/models"] == "anthropic"
    assert listed["/openai/v1/models"] == "openai"
    assert listed["/v1/models"] is None
    assert listed["/gemini/v1/models"] == "google"
    assert listed["/v1beta/models"] is None
    assert listed["/api/tags"] is None


def test_each_list_is_written_as_its_api_has_it() -> None:
    families = {path: type(family) for path, _, family in Doors().listings()}
    assert families["/v1/models"] is OpenAiFamily
    assert families["/anthropic/v1/models"] is AnthropicFamily
    assert families["/v1beta/models"] is GeminiFamily
    assert families["/p/{provider}/api/tags"] is OllamaFamily


def test_a_verb_leads_to_its_operation_and_any_other_to_generating() -> None:
    doors = {door.pattern: door for door in Doors().calls()}
    counting = doors["/gemini/v1beta/models/{rest}:countTokens"]
    assert (counting.dialect, counting.verb) == (DialectName.GEMINI_COUNT_TOKENS, ":countTokens")
    patterns = list(doors)
    assert patterns.index("/v1/models/{rest}:embedContent") < patterns.index("/v1/models/{rest}")


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/v1/messages", AnthropicFamily),
        ("/v1/messages/batches", AnthropicFamily),
        ("/p/some/v1/messages", AnthropicFamily),
        ("/anthropic/v1/models", AnthropicFamily),
        ("/anthropic/nothing", AnthropicFamily),
        ("/v1/chat/completions", OpenAiFamily),
        ("/v1/models", OpenAiFamily),
        ("/", OpenAiFamily),
        ("/api/tags", OllamaFamily),
        ("/ollama/nothing", OllamaFamily),
    ],
)
def test_errors_are_told_in_the_words_of_the_path(path: str, family: type) -> None:
    assert isinstance(Doors().family_at(path), family)


@pytest.mark.parametrize(
    ("headers", "family"),
    [
        ({"anthropic-version": "2023-06-01"}, AnthropicFamily),
        ({"x-goog-api-key": "wf-1"}, GeminiFamily),
        ({"Authorization": "Bearer wf-1"}, OpenAiFamily),
    ],
)
def test_a_list_that_several_apis_have_is_written_for_who_asks(
    headers: dict[str, str], family: type
) -> None:
    doors = Doors()
    assert isinstance(doors.family_of(headers, doors.openai), family)
