"""What providers answer, in their words, and what of it must stand in an app's, spaces left out."""

import json
from enum import StrEnum
from typing import Any, Final

from tests.support import claude, gemini, scripted_responses
from tests.support.translation.asked import Feature
from wattfare_desktop.providers.dialect import DialectName


class Kind(StrEnum):
    """What an answer shows."""

    TEXT = "text"
    TOOL = "tool"
    THOUGHT = "thought"
    CHOICES = "choices"


KINDS: Final = {
    Feature.TOOLS: Kind.TOOL,
    Feature.THINKING: Kind.THOUGHT,
    Feature.CHOICES: Kind.CHOICES,
}
"""What is answered where a feature is asked for; a plain text otherwise."""

PIECES: Final = ("Well ", "met")
TEXT: Final = "".join(PIECES)
OTHER: Final = "Ahoy there"
THOUGHT: Final = "I wondered"
ARGUMENTS: Final = ('{"city":', '"Hull"}')
_CITY: Final = {"city": "Hull"}


def whole(provider: DialectName, kind: Kind) -> dict[str, Any]:
    """Return an answer at once."""
    return {
        DialectName.OPENAI_CHAT: _chat_whole,
        DialectName.OPENAI_RESPONSES: _responses_whole,
        DialectName.ANTHROPIC_MESSAGES: _claude_whole,
        DialectName.GEMINI_GENERATE: _gemini_whole,
        DialectName.OLLAMA_CHAT: _ollama_whole,
    }[provider](kind)


def streamed(provider: DialectName, kind: Kind) -> list[bytes]:
    """Return an answer event by event."""
    return {
        DialectName.OPENAI_CHAT: _chat_streamed,
        DialectName.OPENAI_RESPONSES: _responses_streamed,
        DialectName.ANTHROPIC_MESSAGES: _claude_streamed,
        DialectName.GEMINI_GENERATE: _gemini_streamed,
        DialectName.OLLAMA_CHAT: _ollama_streamed,
    }[provider](kind)


_CHAT_USAGE: Final = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
_CHAT_CALL: Final = {
    "index": 0,
    "id": "call_9",
    "type": "function",
    "function": {"name": "look_up", "arguments": "".join(ARGUMENTS)},
}


def _chat_whole(kind: Kind) -> dict[str, Any]:
    said: dict[str, Any] = {"role": "assistant", "content": TEXT}
    if kind is Kind.TOOL:
        said = {"role": "assistant", "content": None, "tool_calls": [_CHAT_CALL]}
    if kind is Kind.THOUGHT:
        said["reasoning_content"] = THOUGHT
    end = "tool_calls" if kind is Kind.TOOL else "stop"
    choices = [{"index": 0, "message": said, "finish_reason": end}]
    if kind is Kind.CHOICES:
        other = {"role": "assistant", "content": OTHER}
        choices.append({"index": 1, "message": other, "finish_reason": "stop"})
    head = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    return {**head, "choices": choices, "usage": _CHAT_USAGE}


def _chat_streamed(kind: Kind) -> list[bytes]:
    deltas: list[tuple[int, dict[str, Any]]] = [(0, {"role": "assistant"})]
    if kind is Kind.THOUGHT:
        deltas.append((0, {"reasoning_content": THOUGHT}))
    if kind is Kind.TOOL:
        deltas.append((0, {"tool_calls": [_CHAT_CALL]}))
    else:
        deltas += [(0, {"content": piece}) for piece in PIECES]
    if kind is Kind.CHOICES:
        deltas.append((1, {"content": OTHER}))
    end = "tool_calls" if kind is Kind.TOOL else "stop"
    choices = [
        *({"index": index, "delta": delta, "finish_reason": None} for index, delta in deltas),
        *({"index": each, "delta": {}, "finish_reason": end} for each in {at for at, _ in deltas}),
    ]
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks: list[Any] = [{**head, "choices": [choice]} for choice in choices]
    chunks.append({**head, "choices": [], "usage": _CHAT_USAGE})
    return [*(_data(chunk) for chunk in chunks), b"data: [DONE]\n\n"]


_REASONING: Final = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": THOUGHT}],
}


def _responses_whole(kind: Kind) -> dict[str, Any]:
    items = [scripted_responses.message(TEXT)]
    if kind is Kind.TOOL:
        items = [scripted_responses.function_call("look_up", "".join(ARGUMENTS))]
    if kind is Kind.THOUGHT:
        items.insert(0, _REASONING)
    return scripted_responses.response_body(items, usage=scripted_responses.response_usage(9, 3))


def _responses_streamed(kind: Kind) -> list[bytes]:
    if kind is Kind.TOOL:
        return scripted_responses.called("look_up", *ARGUMENTS)
    events = scripted_responses.spoken(*PIECES)
    if kind is not Kind.THOUGHT:
        return events
    where = {"item_id": "rs_1", "output_index": 1, "summary_index": 0}
    part = {"type": "summary_text", "text": ""}
    thought = scripted_responses.numbered(
        [
            ("output_item.added", {"output_index": 1, "item": {**_REASONING, "summary": []}}),
            ("reasoning_summary_part.added", {**where, "part": part}),
            ("reasoning_summary_text.delta", {**where, "delta": THOUGHT}),
            ("reasoning_summary_text.done", {**where, "text": THOUGHT}),
            ("reasoning_summary_part.done", {**where, "part": {**part, "text": THOUGHT}}),
            ("output_item.done", {"output_index": 1, "item": _REASONING}),
        ]
    )
    return [*events[:2], *thought, *events[2:]]


_USE: Final[dict[str, Any]] = {"type": "tool_use", "id": "toolu_9", "name": "look_up"}


def _claude_whole(kind: Kind) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": TEXT}]
    if kind is Kind.TOOL:
        content = [{**_USE, "input": _CITY}]
    if kind is Kind.THOUGHT:
        content.insert(0, {"type": "thinking", "thinking": THOUGHT, "signature": "c2ln"})
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": content,
        "stop_reason": "tool_use" if kind is Kind.TOOL else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 3},
    }


def _claude_streamed(kind: Kind) -> list[bytes]:
    blocks: list[bytes] = [
        claude.block(0),
        *(claude.text(piece) for piece in PIECES),
        claude.closed(),
    ]
    if kind is Kind.TOOL:
        pieces = [claude.delta(type="input_json_delta", partial_json=each) for each in ARGUMENTS]
        blocks = [claude.block(0, **_USE, input={}), *pieces, claude.closed()]
    if kind is Kind.THOUGHT:
        blocks = [
            claude.block(0, type="thinking", thinking="", signature=""),
            claude.delta(0, type="thinking_delta", thinking=THOUGHT),
            claude.delta(0, type="signature_delta", signature="c2ln"),
            claude.closed(0),
            claude.block(1),
            *(claude.delta(1, type="text_delta", text=piece) for piece in PIECES),
            claude.closed(1),
        ]
    end = "tool_use" if kind is Kind.TOOL else "end_turn"
    return [claude.started(), *blocks, claude.ended(3, end), claude.STOP]


_GEMINI_CALL: Final = {"functionCall": {"id": "call_9", "name": "look_up", "args": _CITY}}
_GEMINI_THOUGHT: Final = {"text": THOUGHT, "thought": True}
_GEMINI_OTHER: Final = {
    "content": {"role": "model", "parts": [{"text": OTHER}]},
    "index": 1,
    "finishReason": "STOP",
}


def _gemini_whole(kind: Kind) -> dict[str, Any]:
    before = [_GEMINI_THOUGHT] if kind is Kind.THOUGHT else []
    made = gemini.answer(*before, _GEMINI_CALL if kind is Kind.TOOL else {"text": TEXT})
    if kind is Kind.CHOICES:
        made["candidates"].append(_GEMINI_OTHER)
    return made


def _gemini_streamed(kind: Kind) -> list[bytes]:
    chunks: list[dict[str, Any]] = []
    if kind is Kind.THOUGHT:
        chunks.append(gemini.answer(_GEMINI_THOUGHT, reason=None))
    if kind is Kind.TOOL:
        return [gemini.event(gemini.answer(_GEMINI_CALL))]
    chunks += [gemini.answer({"text": PIECES[0]}, reason=None), gemini.answer({"text": PIECES[1]})]
    if kind is Kind.CHOICES:
        chunks[-1]["candidates"].append(_GEMINI_OTHER)
    return [gemini.event(chunk) for chunk in chunks]


def _ollama_line(message: dict[str, Any], *, done: bool) -> dict[str, Any]:
    told = {"role": "assistant", "content": "", **message}
    line = {"model": "m", "created_at": "2026-11-28T00:00:00Z", "message": told, "done": done}
    counted = {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 3}
    return {**line, **(counted if done else {})}


_OLLAMA_CALL: Final = {"tool_calls": [{"function": {"name": "look_up", "arguments": _CITY}}]}


def _ollama_whole(kind: Kind) -> dict[str, Any]:
    message: dict[str, Any] = _OLLAMA_CALL if kind is Kind.TOOL else {"content": TEXT}
    thought = {"thinking": THOUGHT} if kind is Kind.THOUGHT else {}
    return _ollama_line({**message, **thought}, done=True)


def _ollama_streamed(kind: Kind) -> list[bytes]:
    messages: list[dict[str, Any]] = [{"thinking": THOUGHT}] if kind is Kind.THOUGHT else []
    if kind is Kind.TOOL:
        messages.append(_OLLAMA_CALL)
    else:
        messages += [{"content": piece} for piece in PIECES]
    lines = [_ollama_line(message, done=False) for message in messages]
    lines.append(_ollama_line({}, done=True))
    return [json.dumps(line).encode() + b"\n" for line in lines]


def _data(chunk: Any) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


_WHOLE: Final[dict[DialectName, dict[Kind, tuple[str, ...]]]] = {
    DialectName.OPENAI_CHAT: {
        Kind.TEXT: (f'"content":"{TEXT}"', '"finish_reason":"stop"'),
        Kind.TOOL: (
            '"name":"look_up"',
            r'"arguments":"{\"city\":',
            '"finish_reason":"tool_calls"',
        ),
        Kind.THOUGHT: (f'"content":"{TEXT}"', f'"reasoning_content":"{THOUGHT}"'),
        Kind.CHOICES: (f'"content":"{TEXT}"', f'"content":"{OTHER}"', '"index":1'),
    },
    DialectName.OPENAI_RESPONSES: {
        Kind.TEXT: ('"type":"output_text"', f'"text":"{TEXT}"', '"status":"completed"'),
        Kind.TOOL: ('"type":"function_call"', '"name":"look_up"', r'"arguments":"{\"city\":'),
        Kind.THOUGHT: ('"type":"summary_text"', f'"text":"{THOUGHT}"', f'"text":"{TEXT}"'),
    },
    DialectName.ANTHROPIC_MESSAGES: {
        Kind.TEXT: (f'{{"type":"text","text":"{TEXT}"}}', '"stop_reason":"end_turn"'),
        Kind.TOOL: (
            '"name":"look_up"',
            '"input":{"city":"Hull"}',
            '"stop_reason":"tool_use"',
        ),
        Kind.THOUGHT: (f'{{"type":"thinking","thinking":"{THOUGHT}"', f'"text":"{TEXT}"'),
    },
    DialectName.GEMINI_GENERATE: {
        Kind.TEXT: (f'"text":"{TEXT}"', '"finishReason":"STOP"'),
        Kind.TOOL: ('"functionCall":{', '"name":"look_up"', '"args":{"city":"Hull"}'),
        Kind.THOUGHT: (f'"text":"{THOUGHT}"', '"thought":true', f'"text":"{TEXT}"'),
        Kind.CHOICES: (f'"text":"{TEXT}"', f'"text":"{OTHER}"', '"index":1'),
    },
    DialectName.OLLAMA_CHAT: {
        Kind.TEXT: (f'"content":"{TEXT}"', '"done":true', '"done_reason":"stop"'),
        Kind.TOOL: ('"name":"look_up"', '"arguments":{"city":"Hull"}', '"done":true'),
        Kind.THOUGHT: (f'"thinking":"{THOUGHT}"', f'"content":"{TEXT}"', '"done":true'),
    },
}
_STREAMED: Final[dict[DialectName, dict[Kind, tuple[str, ...]]]] = {
    DialectName.OPENAI_CHAT: {
        Kind.TEXT: ('"content":"Well "', '"content":"met"', '"finish_reason":"stop"', "[DONE]"),
        Kind.TOOL: ('"name":"look_up"', "Hull", '"finish_reason":"tool_calls"', "[DONE]"),
        Kind.THOUGHT: (f'"reasoning_content":"{THOUGHT}"', '"content":"met"', "[DONE]"),
        Kind.CHOICES: ('"content":"met"', f'"content":"{OTHER}"', '"index":1', "[DONE]"),
    },
    DialectName.OPENAI_RESPONSES: {
        Kind.TEXT: ('"delta":"Well "', '"delta":"met"', "event: response.completed"),
        Kind.TOOL: (
            '"name":"look_up"',
            "event: response.function_call_arguments.delta",
            "Hull",
            "event: response.completed",
        ),
        Kind.THOUGHT: (
            "event: response.reasoning_summary_text.delta",
            f'"delta":"{THOUGHT}"',
            '"delta":"met"',
            "event: response.completed",
        ),
    },
    DialectName.ANTHROPIC_MESSAGES: {
        Kind.TEXT: ('"text":"Well "', '"text":"met"', '"end_turn"', "event: message_stop"),
        Kind.TOOL: (
            '"name":"look_up"',
            '"type":"input_json_delta"',
            "Hull",
            '"stop_reason":"tool_use"',
            "event: message_stop",
        ),
        Kind.THOUGHT: (
            '"type":"thinking_delta"',
            f'"thinking":"{THOUGHT}"',
            '"text":"met"',
            "event: message_stop",
        ),
    },
    DialectName.GEMINI_GENERATE: {
        Kind.TEXT: ('"text":"Well "', '"text":"met"', '"finishReason":"STOP"'),
        Kind.TOOL: ('"functionCall":{', '"name":"look_up"', '"args":{"city":"Hull"}'),
        Kind.THOUGHT: (f'"text":"{THOUGHT}"', '"thought":true', '"text":"met"'),
        Kind.CHOICES: ('"text":"met"', f'"text":"{OTHER}"', '"index":1'),
    },
    DialectName.OLLAMA_CHAT: {
        Kind.TEXT: ('"content":"Well "', '"content":"met"', '"done":true'),
        Kind.TOOL: ('"name":"look_up"', '"arguments":{"city":"Hull"}', '"done":true'),
        Kind.THOUGHT: (f'"thinking":"{THOUGHT}"', '"content":"met"', '"done":true'),
    },
}


def heard(app: DialectName, kind: Kind, *, stream: bool) -> tuple[str, ...]:
    """Return what an app must find in its answer."""
    return (_STREAMED if stream else _WHOLE)[app][kind]
