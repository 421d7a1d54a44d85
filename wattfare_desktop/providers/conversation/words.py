"""What each API calls the parts of a conversation, so that a refusal names what its app wrote."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from wattfare_desktop.providers.dialect import DialectName, RequestRefusal

_CONFIG: Final = "generationConfig"
_WORDS: Final[Mapping[DialectName, Mapping[str, str]]] = {
    DialectName.OPENAI_CHAT: {"choices": "n"},
    DialectName.OPENAI_RESPONSES: {"messages": "input"},
    DialectName.ANTHROPIC_MESSAGES: {
        "stop": "stop_sequences",
        "parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
    },
    DialectName.GEMINI_GENERATE: {
        "messages": "contents",
        "tool_choice": "toolConfig",
        "choices": f"{_CONFIG}.candidateCount",
        "n": f"{_CONFIG}.candidateCount",
        "frequency_penalty": f"{_CONFIG}.frequencyPenalty",
        "presence_penalty": f"{_CONFIG}.presencePenalty",
        "seed": f"{_CONFIG}.seed",
        "stop": f"{_CONFIG}.stopSequences",
        "temperature": f"{_CONFIG}.temperature",
        "top_k": f"{_CONFIG}.topK",
        "top_p": f"{_CONFIG}.topP",
    },
    DialectName.OLLAMA_CHAT: {
        name: f"options.{name}"
        for name in (
            "frequency_penalty",
            "presence_penalty",
            "seed",
            "stop",
            "temperature",
            "top_k",
            "top_p",
        )
    },
}


def in_words_of(app: DialectName, refusal: RequestRefusal) -> RequestRefusal:
    """Return a refusal of a neutral conversation's part under the name that ``app`` has for it.

    Where an app's turns have another shape, their numbers would mislead and fall away.
    """
    name = (refusal.param or "").partition("[")[0]
    word = _WORDS.get(app, {}).get(name)
    if word is None:
        return refusal
    message = re.sub(rf"\b{re.escape(name)}\b", word, refusal.message)
    return replace(refusal, param=word, message=message)
