"""Each feature as an app asks for it. What an API has no words for is not here."""

from enum import StrEnum
from typing import Any, Final

from wattfare_desktop.providers.dialect import DialectName


class Feature(StrEnum):
    """What an app can want of a model, in the order and words of the document."""

    TEXT = "text"
    SYSTEM = "system prompt"
    TURNS = "several turns"
    TOOLS = "tools"
    RESULTS = "tool results"
    IMAGES = "images"
    DOCUMENTS = "documents"
    THINKING = "thinking"
    STRUCTURE = "structured output"
    BOUND = "output bound"
    TEMPERATURE = "temperature"
    STOP = "stop sequences"
    TOP_K = "top_k"
    SEED = "seed"
    PENALTIES = "penalties"
    CHOICES = "several choices"


PNG: Final = "iVBORw0KGgo="
PDF: Final = "JVBERi0xLjQK"
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
ASK: Final = "Say hello"
SYSTEM: Final = "Speak like a pirate"
EARLIER: Final = "Ahoy"
AGAIN: Final = "And again"
RESULT: Final = "41 degrees"
_ARGUMENTS: Final = '{"city":"Hull"}'


def _chat(text: str, role: str = "user", **members: Any) -> dict[str, Any]:
    return {"role": role, "content": text, **members}


_CHAT_CALL: Final = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "look_up", "arguments": _ARGUMENTS},
}
_CHAT_TOOL: Final = {"type": "function", "function": {"name": "look_up", "parameters": SCHEMA}}
_OPENAI_CHAT: Final[dict[Feature, dict[str, Any]]] = {
    Feature.TEXT: {},
    Feature.SYSTEM: {"messages": [_chat(SYSTEM, "system"), _chat(ASK)]},
    Feature.TURNS: {"messages": [_chat(ASK), _chat(EARLIER, "assistant"), _chat(AGAIN)]},
    Feature.TOOLS: {"tools": [_CHAT_TOOL]},
    Feature.RESULTS: {
        "tools": [_CHAT_TOOL],
        "messages": [
            _chat(ASK),
            {"role": "assistant", "content": None, "tool_calls": [_CHAT_CALL]},
            _chat(RESULT, "tool", tool_call_id="call_1"),
        ],
    },
    Feature.IMAGES: {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": ASK},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                ],
            }
        ]
    },
    Feature.DOCUMENTS: {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": ASK},
                    {
                        "type": "file",
                        "file": {
                            "filename": "a.pdf",
                            "file_data": f"data:application/pdf;base64,{PDF}",
                        },
                    },
                ],
            }
        ]
    },
    Feature.THINKING: {"reasoning_effort": "low"},
    Feature.STRUCTURE: {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "place", "schema": SCHEMA, "strict": True},
        }
    },
    Feature.BOUND: {"max_completion_tokens": 7_654},
    Feature.TEMPERATURE: {"temperature": 0.5},
    Feature.STOP: {"stop": ["HALT"]},
    Feature.TOP_K: {"top_k": 37},
    Feature.SEED: {"seed": 4_242},
    Feature.PENALTIES: {"presence_penalty": 0.5, "frequency_penalty": 0.25},
    Feature.CHOICES: {"n": 2},
}

_RESPONSES_TOOL: Final = {
    "type": "function",
    "name": "look_up",
    "parameters": SCHEMA,
    "strict": False,
}
_OPENAI_RESPONSES: Final[dict[Feature, dict[str, Any]]] = {
    Feature.TEXT: {},
    Feature.SYSTEM: {"instructions": SYSTEM},
    Feature.TURNS: {"input": [_chat(ASK), _chat(EARLIER, "assistant"), _chat(AGAIN)]},
    Feature.TOOLS: {"tools": [_RESPONSES_TOOL]},
    Feature.RESULTS: {
        "tools": [_RESPONSES_TOOL],
        "input": [
            _chat(ASK),
            {
                "type": "function_call",
                "call_id": "call_1",
                "name": "look_up",
                "arguments": _ARGUMENTS,
            },
            {"type": "function_call_output", "call_id": "call_1", "output": RESULT},
        ],
    },
    Feature.IMAGES: {
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": ASK},
                    {
                        "type": "input_image",
                        "detail": "auto",
                        "image_url": f"data:image/png;base64,{PNG}",
                    },
                ],
            }
        ]
    },
    Feature.DOCUMENTS: {
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": ASK},
                    {
                        "type": "input_file",
                        "filename": "a.pdf",
                        "file_data": f"data:application/pdf;base64,{PDF}",
                    },
                ],
            }
        ]
    },
    Feature.THINKING: {"reasoning": {"effort": "low", "summary": "auto"}},
    Feature.STRUCTURE: {
        "text": {
            "format": {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}
        }
    },
    Feature.BOUND: {"max_output_tokens": 7_654},
    Feature.TEMPERATURE: {"temperature": 0.5},
}

_CLAUDE_TOOL: Final = {"name": "look_up", "input_schema": SCHEMA}
_ANTHROPIC: Final[dict[Feature, dict[str, Any]]] = {
    Feature.TEXT: {},
    Feature.SYSTEM: {"system": SYSTEM},
    Feature.TURNS: {"messages": [_chat(ASK), _chat(EARLIER, "assistant"), _chat(AGAIN)]},
    Feature.TOOLS: {"tools": [_CLAUDE_TOOL]},
    Feature.RESULTS: {
        "tools": [_CLAUDE_TOOL],
        "messages": [
            _chat(ASK),
            {
                "role": "assistant",
                "content": [
                    {
                        "type": "tool_use",
                        "id": "call_1",
                        "name": "look_up",
                        "input": {"city": "Hull"},
                    }
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": RESULT}],
            },
        ],
    },
    Feature.IMAGES: {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": ASK},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": PNG},
                    },
                ],
            }
        ]
    },
    Feature.DOCUMENTS: {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": ASK},
                    {
                        "type": "document",
                        "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
                    },
                ],
            }
        ]
    },
    Feature.THINKING: {"thinking": {"type": "enabled", "budget_tokens": 2_048}},
    Feature.STRUCTURE: {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    Feature.BOUND: {"max_tokens": 7_654},
    Feature.TEMPERATURE: {"temperature": 0.5},
    Feature.STOP: {"stop_sequences": ["HALT"]},
    Feature.TOP_K: {"top_k": 37},
}


def _content(*parts: dict[str, Any], role: str = "user") -> dict[str, Any]:
    return {"role": role, "parts": list(parts)}


_GEMINI_TOOL: Final = {
    "functionDeclarations": [{"name": "look_up", "parametersJsonSchema": SCHEMA}]
}
_GEMINI: Final[dict[Feature, dict[str, Any]]] = {
    Feature.TEXT: {},
    Feature.SYSTEM: {"systemInstruction": {"parts": [{"text": SYSTEM}]}},
    Feature.TURNS: {
        "contents": [
            _content({"text": ASK}),
            _content({"text": EARLIER}, role="model"),
            _content({"text": AGAIN}),
        ]
    },
    Feature.TOOLS: {"tools": [_GEMINI_TOOL]},
    Feature.RESULTS: {
        "tools": [_GEMINI_TOOL],
        "contents": [
            _content({"text": ASK}),
            _content(
                {"functionCall": {"id": "call_1", "name": "look_up", "args": {"city": "Hull"}}},
                role="model",
            ),
            _content(
                {
                    "functionResponse": {
                        "id": "call_1",
                        "name": "look_up",
                        "response": {"output": RESULT},
                    }
                }
            ),
        ],
    },
    Feature.IMAGES: {
        "contents": [
            _content({"text": ASK}, {"inlineData": {"mimeType": "image/png", "data": PNG}})
        ]
    },
    Feature.DOCUMENTS: {
        "contents": [
            _content({"text": ASK}, {"inlineData": {"mimeType": "application/pdf", "data": PDF}})
        ]
    },
    Feature.THINKING: {
        "generationConfig": {"thinkingConfig": {"thinkingBudget": 2_048, "includeThoughts": True}}
    },
    Feature.STRUCTURE: {
        "generationConfig": {
            "responseMimeType": "application/json",
            "responseJsonSchema": SCHEMA,
        }
    },
    Feature.BOUND: {"generationConfig": {"maxOutputTokens": 7_654}},
    Feature.TEMPERATURE: {"generationConfig": {"temperature": 0.5}},
    Feature.STOP: {"generationConfig": {"stopSequences": ["HALT"]}},
    Feature.TOP_K: {"generationConfig": {"topK": 37}},
    Feature.SEED: {"generationConfig": {"seed": 4_242}},
    Feature.PENALTIES: {"generationConfig": {"presencePenalty": 0.5, "frequencyPenalty": 0.25}},
    Feature.CHOICES: {"generationConfig": {"candidateCount": 2}},
}

_OLLAMA: Final[dict[Feature, dict[str, Any]]] = {
    Feature.TEXT: {},
    Feature.SYSTEM: {"messages": [_chat(SYSTEM, "system"), _chat(ASK)]},
    Feature.TURNS: {"messages": [_chat(ASK), _chat(EARLIER, "assistant"), _chat(AGAIN)]},
    Feature.TOOLS: {"tools": [_CHAT_TOOL]},
    Feature.RESULTS: {
        "tools": [_CHAT_TOOL],
        "messages": [
            _chat(ASK),
            _chat(
                "",
                "assistant",
                tool_calls=[{"function": {"name": "look_up", "arguments": {"city": "Hull"}}}],
            ),
            _chat(RESULT, "tool", tool_name="look_up"),
        ],
    },
    Feature.IMAGES: {"messages": [_chat(ASK, images=[PNG])]},
    Feature.THINKING: {"think": "low"},
    Feature.STRUCTURE: {"format": SCHEMA},
    Feature.BOUND: {"options": {"num_predict": 7_654}},
    Feature.TEMPERATURE: {"options": {"temperature": 0.5}},
    Feature.STOP: {"options": {"stop": ["HALT"]}},
    Feature.TOP_K: {"options": {"top_k": 37}},
    Feature.SEED: {"options": {"seed": 4_242}},
    Feature.PENALTIES: {"options": {"presence_penalty": 0.5, "frequency_penalty": 0.25}},
}

_PLAIN: Final[dict[DialectName, dict[str, Any]]] = {
    DialectName.OPENAI_CHAT: {"model": "asked", "messages": [_chat(ASK)]},
    DialectName.OPENAI_RESPONSES: {"model": "asked", "input": ASK},
    DialectName.ANTHROPIC_MESSAGES: {
        "model": "asked",
        "max_tokens": 9_000,
        "messages": [_chat(ASK)],
    },
    DialectName.GEMINI_GENERATE: {"contents": [_content({"text": ASK})]},
    DialectName.OLLAMA_CHAT: {"model": "asked", "messages": [_chat(ASK)]},
}
_FEATURES: Final = {
    DialectName.OPENAI_CHAT: _OPENAI_CHAT,
    DialectName.OPENAI_RESPONSES: _OPENAI_RESPONSES,
    DialectName.ANTHROPIC_MESSAGES: _ANTHROPIC,
    DialectName.GEMINI_GENERATE: _GEMINI,
    DialectName.OLLAMA_CHAT: _OLLAMA,
}
APPS: Final = tuple(_FEATURES)


def asked(app: DialectName, feature: Feature) -> dict[str, Any] | None:
    """Return a body that asks for ``feature``; None where the API has no words for it."""
    members = _FEATURES[app].get(feature)
    return None if members is None else {**_PLAIN[app], **members}
