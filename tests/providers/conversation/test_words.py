"""Tests of ``wattfare_desktop.providers.conversation.words``."""

import pytest

from wattfare_desktop.providers.conversation.words import in_words_of
from wattfare_desktop.providers.dialect import DialectName, RequestRefusal


@pytest.mark.parametrize(
    ("app", "param", "word"),
    [
        (DialectName.OPENAI_CHAT, "choices", "n"),
        (DialectName.OPENAI_CHAT, "seed", "seed"),
        (DialectName.OPENAI_CHAT, "messages[3]", "messages[3]"),
        (DialectName.OPENAI_RESPONSES, "messages[3]", "input"),
        (DialectName.ANTHROPIC_MESSAGES, "stop", "stop_sequences"),
        (DialectName.GEMINI_GENERATE, "top_k", "generationConfig.topK"),
        (DialectName.OLLAMA_CHAT, "stop", "options.stop"),
    ],
)
def test_a_refusal_names_what_the_app_wrote(app: DialectName, param: str, word: str) -> None:
    name = param.partition("[")[0]
    refusal = RequestRefusal(message=f"Models take no {name}, '{name}'.", param=param)
    told = in_words_of(app, refusal)
    assert told.param == word
    assert word.partition("[")[0] in told.message


def test_a_refusal_without_a_name_stays() -> None:
    refusal = RequestRefusal(message="No.")
    assert in_words_of(DialectName.GEMINI_GENERATE, refusal) is refusal
