"""Tests of ``wattfare_desktop.gateway.doors``."""

import pytest

from wattfare_desktop.gateway.doors import Door, Families, doors, listing_doors
from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.dialect import DialectName
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
    ],
)
def test_doors(pattern: str, dialect: DialectName, provider: str | None) -> None:
    assert Door(pattern=pattern, dialect=dialect, provider=provider) in list(doors())


def test_no_path_leads_two_ways() -> None:
    patterns = [door.pattern for door in doors()]
    assert len(patterns) == len(set(patterns))


def test_lists_of_models() -> None:
    listed = dict(listing_doors())
    assert listed["/anthropic/v1/models"] == "anthropic"
    assert listed["/openai/v1/models"] == "openai"
    assert listed["/v1/models"] is None


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
    ],
)
def test_errors_are_told_in_the_words_of_the_path(path: str, family: type) -> None:
    assert isinstance(Families().at(path), family)
