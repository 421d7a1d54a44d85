"""Replies of ``/api/chat``, streamed or not, read and written; of ``/api/generate``, written."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    Began,
    Candidate,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    Image,
    Part,
    PartBegan,
    PartEnded,
    PartGrew,
    Reply,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import NDJSON_TYPE, RequestRefusal
from wattfare_desktop.providers.ollama.asked import functions_in, pictures_in
from wattfare_desktop.providers.ollama.family import OllamaFamily
from wattfare_desktop.providers.ollama.lines import report_of
from wattfare_desktop.providers.wire import encoded, parsed

_REASONS: Final = {"length": StopReason.LENGTH}

Shape = Callable[[dict[str, Any]], dict[str, Any]]
"""Puts what a model says, given as a message, among the members of an answer."""


def in_chat(message: dict[str, Any]) -> dict[str, Any]:
    """Return the members that tell ``message`` in an answer of ``/api/chat``."""
    return {"message": {"role": "assistant", **message}}


def in_completion(message: dict[str, Any]) -> dict[str, Any]:
    """Return the members that tell ``message`` in an answer of ``/api/generate``."""
    thought = {"thinking": message["thinking"]} if "thinking" in message else {}
    return {"response": message["content"], **thought}


def read_reply(body: dict[str, Any], usage: Usage) -> Reply | None:
    """Return a whole answer; None where it is none."""
    message = body.get("message")
    if not isinstance(message, dict):
        return None
    parts: list[Part] = []
    if message.get("thinking"):
        parts.append(Thinking(text=str(message["thinking"])))
    if message.get("content"):
        parts.append(Text(text=str(message["content"])))
    parts += pictures_in(message)
    parts += _calls(message, _mark(body), 0)
    candidate = Candidate(parts=tuple(parts), stop=_stop(body, has_calls=_has_calls(parts)))
    return Reply(
        id=_id(body),
        model=str(body.get("model", "")),
        candidates=(candidate,),
        usage=usage,
        created_s=_created_s(body),
    )


def written_reply(reply: Reply, shape: Shape = in_chat) -> dict[str, Any]:
    """Return a reply as the body of an answer; of several candidates the first."""
    candidate = reply.candidates[0]
    parts = candidate.parts
    message: dict[str, Any] = {
        "content": "".join(each.text for each in parts if isinstance(each, Text)),
    }
    thoughts = "".join(each.text for each in parts if isinstance(each, Thinking))
    pictures = [each.data for each in parts if isinstance(each, Image) and each.data]
    calls = [_call_row(each) for each in parts if isinstance(each, ToolCall)]
    beside = {"thinking": thoughts, "images": pictures, "tool_calls": calls}
    message |= {name: told for name, told in beside.items() if told}
    head = {"model": reply.model, "created_at": _iso(reply.created_s)}
    return {**head, **shape(message), **_last(candidate.stop, reply.usage)}


def _last(stop: StopReason, usage: Usage | None) -> dict[str, Any]:
    reason = "length" if stop is StopReason.LENGTH else "stop"
    told: dict[str, Any] = {"done": True, "done_reason": reason}
    if usage is not None:
        told["prompt_eval_count"] = usage.input_tokens
        told["eval_count"] = usage.output_tokens
    return told


def _calls(message: dict[str, Any], mark: str, first: int) -> list[ToolCall]:
    """Return the calls of a message, with ids that no other answer gives: there are none here."""
    return [
        ToolCall(id=f"call_{mark}_{first + place}", name=name, arguments=arguments)
        for place, (name, arguments) in enumerate(functions_in(message))
    ]


def _call_row(call: ToolCall) -> dict[str, Any]:
    return {"function": {"name": call.name, "arguments": dict(call.arguments)}}


def _has_calls(parts: list[Part]) -> bool:
    return any(isinstance(each, ToolCall) for each in parts)


def _stop(body: dict[str, Any], *, has_calls: bool) -> StopReason:
    usual = StopReason.TOOL_CALLS if has_calls else StopReason.END
    return _REASONS.get(str(body.get("done_reason")), usual)


def _id(body: dict[str, Any]) -> str:
    return f"chat-{body.get('created_at', '')}"


def _mark(body: dict[str, Any]) -> str:
    return "".join(each for each in str(body.get("created_at", "")) if each.isalnum())


def _created_s(body: dict[str, Any]) -> int:
    try:
        return int(datetime.fromisoformat(str(body.get("created_at"))).timestamp())
    except (ValueError, OverflowError):
        return 0


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


class OllamaEventReader:
    """Turns lines into events: a part goes on until another kind of part begins."""

    def __init__(self) -> None:
        self._began = False
        self._index = -1
        self._open: type[Part] | None = None
        self._calls = 0
        self._mark = ""

    def read(self, event: bytes) -> list[Event]:
        """Take one whole line."""
        told = parsed(event)
        if told is None:
            return []
        if told.get("error") is not None:
            return [Failed(refusal=RequestRefusal(message=str(told["error"]), status=502))]
        events = self._begin(told)
        message = told.get("message")
        if isinstance(message, dict):
            events += self._grow(Thinking(), str(message.get("thinking") or ""))
            events += self._grow(Text(text=""), str(message.get("content") or ""))
            wholes: list[Image | ToolCall] = [*pictures_in(message)]
            wholes += _calls(message, self._mark, self._calls)
            for whole in wholes:
                events += self._whole(whole)
        if told.get("done") is True:
            events += [*self._close(), *self._end(told)]
        return events

    def finish(self) -> list[Event]:
        """Take the end of the stream; return what was still open."""
        return self._close()

    def _begin(self, told: dict[str, Any]) -> list[Event]:
        if self._began:
            return []
        self._began = True
        self._mark = _mark(told)
        model = str(told.get("model", ""))
        return [Began(id=_id(told), model=model, created_s=_created_s(told))]

    def _grow(self, part: Text | Thinking, text: str) -> list[Event]:
        if not text:
            return []
        events: list[Event] = []
        if self._open is not type(part):
            events += [*self._close(), self._next(part)]
            self._open = type(part)
        return [*events, PartGrew(index=self._index, text=text)]

    def _whole(self, part: Image | ToolCall) -> list[Event]:
        events = self._close()
        if isinstance(part, Image):
            return [*events, self._next(part), PartEnded(index=self._index)]
        self._calls += 1
        begun = ToolCall(id=part.id, name=part.name, arguments={})
        text = json.dumps(dict(part.arguments), ensure_ascii=False)
        opened = self._next(begun)
        grown = PartGrew(index=self._index, text=text)
        return [*events, opened, grown, PartEnded(index=self._index)]

    def _next(self, part: Text | Thinking | Image | ToolCall) -> PartBegan:
        self._index += 1
        return PartBegan(index=self._index, part=part)

    def _close(self) -> list[Event]:
        if self._open is None:
            return []
        self._open = None
        return [PartEnded(index=self._index)]

    def _end(self, told: dict[str, Any]) -> list[Event]:
        report = report_of(told)
        stop = _stop(told, has_calls=self._calls > 0)
        usage = None if report is None else report.usage
        return [CandidateEnded(stop=stop), Ended(usage=usage)]


class OllamaEventWriter:
    """Turns events into lines; a call's arguments are gathered, since lines have them whole."""

    def __init__(self, shape: Shape = in_chat) -> None:
        self._shape = shape
        self._head: dict[str, Any] = {"model": "", "created_at": ""}
        self._parts: dict[int, Text | Thinking | ToolCall | Image] = {}
        self._arguments: dict[int, str] = {}
        self._stop = StopReason.END

    @property
    def content_type(self) -> str:
        """Lines of JSON."""
        return NDJSON_TYPE

    def write(self, event: Event) -> list[bytes]:
        """Return what ``event`` is on the wire; nothing where it does not show there."""
        match event:
            case Began(model=model, created_s=created_s):
                self._head = {"model": model, "created_at": _iso(created_s)}
            case CandidateEnded(candidate=0, stop=stop):
                self._stop = stop
            case Ended(usage=usage):
                nothing = self._shape({"content": ""})
                return [_line({**self._head, **nothing, **_last(self._stop, usage)})]
            case Failed(refusal=refusal):
                return [OllamaFamily().error_body(refusal) + b"\n"]
            case PartBegan() | PartGrew() | PartEnded() if event.candidate == 0:
                return self._of_part(event)
        return []

    def _of_part(self, event: PartBegan | PartGrew | PartEnded) -> list[bytes]:
        match event:
            case PartBegan(index=index, part=part):
                return self._part(index, part)
            case PartGrew(index=index, text=text):
                return self._grown(index, text)
            case PartEnded(index=index):
                return self._ended(index)

    def _part(self, index: int, part: Text | Thinking | ToolCall | Image) -> list[bytes]:
        self._parts[index] = part
        match part:
            case Text(text=text) | Thinking(text=text) if text:
                return self._grown(index, text)
            case Image(data=str(data)):
                return [self._shown({"content": "", "images": [data]})]
            case _:
                return []

    def _grown(self, index: int, text: str) -> list[bytes]:
        match self._parts.get(index):
            case Text():
                return [self._shown({"content": text})]
            case Thinking():
                return [self._shown({"content": "", "thinking": text})]
            case _:
                self._arguments[index] = self._arguments.get(index, "") + text
                return []

    def _ended(self, index: int) -> list[bytes]:
        call = self._parts.get(index)
        if not isinstance(call, ToolCall):
            return []
        arguments = parsed(self._arguments.pop(index, "").encode("utf-8", "replace"))
        function = {"name": call.name, "arguments": arguments or dict(call.arguments)}
        return [self._shown({"content": "", "tool_calls": [{"function": function}]})]

    def _shown(self, message: dict[str, Any]) -> bytes:
        return _line({**self._head, **self._shape(message), "done": False})


def _line(told: dict[str, Any]) -> bytes:
    return encoded(told) + b"\n"
