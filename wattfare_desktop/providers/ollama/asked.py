"""The bodies of ``/api/chat`` and ``/api/generate`` read as neutral conversations."""

from collections import deque
from dataclasses import replace
from typing import Any, Final

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Effort,
    Image,
    Message,
    Part,
    Reasoning,
    Role,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.dialect import CallRequest

_ROLES: Final = {"system": Role.SYSTEM, "user": Role.USER, "assistant": Role.ASSISTANT}
_LEVELS: Final = {"low": Effort.LOW, "medium": Effort.MEDIUM, "high": Effort.HIGH}
# How a sampler of this kind of server alone chooses; other options say how the machine is used.
_OWN_SAMPLING: Final = (
    "min_p",
    "mirostat",
    "mirostat_eta",
    "mirostat_tau",
    "repeat_penalty",
    "tfs_z",
    "typical_p",
)
_OF_COMPLETIONS: Final = ("suffix", "template", "raw", "context")
"""How a prompt is made of a text, which only the server of a model can do."""
_PNG: Final = "iVBOR"
_JPEG: Final = "/9j/"
_GIF: Final = "R0lGOD"
_WEBP: Final = "UklGR"


def read_conversation(call: CallRequest) -> Conversation:
    """Return what is asked. Raises CannotCarry, naming what has no neutral counterpart."""
    body = call.body
    if body.get("logprobs"):
        raise CannotCarry("Probabilities of tokens cannot be carried.", "logprobs")
    rows = [row for row in body["messages"] if isinstance(row, dict)]
    first = next((at for at, row in enumerate(rows) if row.get("role") != "system"), len(rows))
    options = body.get("options") or {}
    return Conversation(
        system=tuple(Text(text=_content(row)) for row in rows[:first]),
        messages=_Turns().read(rows[first:]),
        tools=tuple(_tool(each) for each in body.get("tools") or ()),
        sampling=_sampling(options),
        reasoning=_reasoning(body.get("think")),
        answer_format=_format(body.get("format")),
        output_tokens_max=call.output_tokens_max,
        stream=call.stream,
    )


def read_completion(call: CallRequest) -> Conversation:
    """Return what is asked of ``/api/generate``: a chat of one message. Raises CannotCarry."""
    body = call.body
    for name in _OF_COMPLETIONS:
        if body.get(name):
            raise CannotCarry(f"'{name}' cannot be carried to this model.", name)
    if not body.get("prompt") and not body.get("images"):
        raise CannotCarry("A prompt without text cannot be carried.", "prompt")
    asked = {"role": "user", "content": body.get("prompt"), "images": body.get("images")}
    system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
    return read_conversation(
        replace(call, body={**body, "messages": [*system, asked], "tools": ()})
    )


class _Turns:
    """Rows gathered into turns; calls get ids by place, and results those of their calls."""

    def __init__(self) -> None:
        self._turns: list[tuple[Role, list[Part]]] = []
        self._open: deque[ToolCall] = deque()
        self._answers = 0

    def read(self, rows: list[dict[str, Any]]) -> tuple[Message, ...]:
        for row in rows:
            self._take(row)
        return tuple(Message(role=role, parts=tuple(parts)) for role, parts in self._turns)

    def _take(self, row: dict[str, Any]) -> None:
        name = row.get("role")
        if name == "tool":
            self._add(Role.USER, [self._result(row)])
            return
        role = _ROLES.get(str(name))
        if role is None:
            raise CannotCarry(f"The role '{name}' cannot be carried.", "messages")
        parts = self._assistant(row) if role is Role.ASSISTANT else _said(row)
        self._add(role, parts)

    def _add(self, role: Role, parts: list[Part]) -> None:
        if self._turns and self._turns[-1][0] is role:
            self._turns[-1][1].extend(parts)
        else:
            self._turns.append((role, parts))

    def _assistant(self, row: dict[str, Any]) -> list[Part]:
        parts: list[Part] = []
        if row.get("thinking"):
            parts.append(Thinking(text=str(row["thinking"])))
        if row.get("content"):
            parts.append(Text(text=_content(row)))
        calls = [
            ToolCall(id=f"call_{self._answers}_{place}", name=name, arguments=arguments)
            for place, (name, arguments) in enumerate(functions_in(row))
        ]
        self._answers += 1
        self._open = deque(calls)
        return [*parts, *calls]

    def _result(self, row: dict[str, Any]) -> ToolResult:
        name = str(row.get("tool_name") or "")
        call = next((each for each in self._open if name in {"", each.name}), None)
        if call is None:
            raise CannotCarry("A tool's result answers no call of that tool.", "messages")
        self._open.remove(call)
        return ToolResult(call_id=call.id, name=call.name, parts=(Text(text=_content(row)),))


def functions_in(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return name and arguments of each call in a message."""
    found = []
    calls = row.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            arguments = function.get("arguments")
            found.append(
                (str(function.get("name")), arguments if isinstance(arguments, dict) else {})
            )
    return found


def pictures_in(row: dict[str, Any]) -> list[Image]:
    """Return the pictures of a message."""
    pictures = row.get("images")
    found = pictures if isinstance(pictures, list) else ()
    return [Image(media_type=_media_type(each), data=each) for each in found]


def _said(row: dict[str, Any]) -> list[Part]:
    text = _content(row)
    said: list[Part] = [Text(text=text)] if text else []
    return [*said, *pictures_in(row)]


def _media_type(data: str) -> str:
    """Return what a picture is, by how it begins: this API does not say."""
    for beginning, kind in ((_JPEG, "jpeg"), (_GIF, "gif"), (_WEBP, "webp")):
        if data.startswith(beginning):
            return f"image/{kind}"
    return "image/png"


def _content(row: dict[str, Any]) -> str:
    content = row.get("content")
    return content if isinstance(content, str) else ""


def _tool(told: Any) -> Tool:
    function = told.get("function") if isinstance(told, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise CannotCarry("A tool has no name.", "tools")
    return Tool(
        name=function["name"],
        description=function.get("description"),
        parameters=function.get("parameters"),
    )


def _sampling(options: dict[str, Any]) -> Sampling:
    for name in _OWN_SAMPLING:
        if options.get(name) is not None:
            raise CannotCarry(f"'{name}' cannot be carried to this model.", f"options.{name}")
    stop = options.get("stop") or ()
    return Sampling(
        temperature=options.get("temperature"),
        top_p=options.get("top_p"),
        top_k=options.get("top_k"),
        seed=options.get("seed"),
        presence_penalty=options.get("presence_penalty"),
        frequency_penalty=options.get("frequency_penalty"),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
    )


def _reasoning(think: Any) -> Reasoning | None:
    match think:
        case None:
            return None
        case False:
            return Reasoning(effort=Effort.NONE)
        case str() if think in _LEVELS:
            return Reasoning(effort=_LEVELS[think], shown=True)
        case _:
            return Reasoning(shown=True)


def _format(wanted: Any) -> AnswerFormat | None:
    match wanted:
        case None | "":
            return None
        case dict():
            return AnswerFormat(schema=wanted)
        case _:
            return AnswerFormat()
