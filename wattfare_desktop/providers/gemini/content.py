"""Parts of a content in Gemini's words and in neutral ones."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    Document,
    Image,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.gemini.usage import rows

UNSIGNED: Final = "skip_thought_signature_validator"
"""What Google has put where a signature must stand and the call is another model's."""

# Google's SDKs write bytes in the alphabet for addresses (RFC 4648 section 5); others read the
# usual one only.
_USUAL_ALPHABET: Final = str.maketrans("-_", "+/")
_NOT_IN_AN_ID: Final = re.compile(r"[^A-Za-z0-9_-]")
_ID_CHARS_MAX: Final = 24
_PICTURES: Final = {
    "gif": "image/gif",
    "heic": "image/heic",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
_REF: Final = "$ref"


class CallIds:
    """Names calls that Gemini left without an id, one answer's calls apart from another's."""

    def __init__(self, answer_id: str) -> None:
        self._prefix = "_".join(["call", _NOT_IN_AN_ID.sub("", answer_id)[:_ID_CHARS_MAX]])
        self._count = 0

    def of(self, function_call: Mapping[str, Any]) -> str:
        """Return the id of a call."""
        self._count += 1
        told = function_call.get("id")
        return told if isinstance(told, str) and told else f"{self._prefix}_{self._count - 1}"


def spoken(part: Mapping[str, Any], ids: CallIds) -> Part | None:
    """Return what a model said, thought or called for; None where there are no words for it."""
    signature = _signature(part)
    call = part.get("functionCall")
    if isinstance(call, dict):
        arguments = call.get("args")
        return ToolCall(
            id=ids.of(call),
            name=str(call.get("name") or ""),
            arguments=arguments if isinstance(arguments, dict) else {},
            signature=signature,
        )
    text = part.get("text")
    if isinstance(text, str):
        if part.get("thought") is True or (signature is not None and not text):
            return Thinking(text=text, signature=signature)
        return Text(text=text)
    inline = part.get("inlineData")
    if isinstance(inline, dict) and str(inline.get("mimeType")).startswith("image/"):
        return Image(media_type=inline["mimeType"], data=data_of(inline))
    return None


def _signature(part: Mapping[str, Any]) -> str | None:
    told = part.get("thoughtSignature")
    return told if isinstance(told, str) and told and told != UNSIGNED else None


def data_of(blob: Mapping[str, Any]) -> str:
    """Return the base64 data of a blob in the usual alphabet, padded (RFC 4648 section 4)."""
    data = str(blob.get("data") or "").translate(_USUAL_ALPHABET)
    return data + "=" * (-len(data) % 4)


def media(part: Mapping[str, Any], where: str) -> Image | Document:
    """Return a picture or a document. Raises CannotCarry for sound, films and files at Google."""
    inline, file = part.get("inlineData"), part.get("fileData")
    if isinstance(inline, dict):
        kind = str(inline.get("mimeType") or "")
        if kind.startswith("image/"):
            return Image(media_type=kind, data=data_of(inline))
        if kind == "application/pdf" or kind.startswith("text/"):
            name = inline.get("displayName")
            told = name if isinstance(name, str) else None
            return Document(media_type=kind, data=data_of(inline), name=told)
        raise CannotCarry(f"Other providers take no '{kind}' in this place.", f"{where}.inlineData")
    if isinstance(file, dict):
        return _linked(file, f"{where}.fileData")
    name = next(iter(part), "part")
    raise CannotCarry(f"'{name}' has no counterpart at other providers.", f"{where}.{name}")


def _linked(file: Mapping[str, Any], where: str) -> Image:
    url, kind = str(file.get("fileUri") or ""), file.get("mimeType")
    is_picture = kind is None or str(kind).startswith("image/")
    if not is_picture or not url.startswith(("https://", "http://")) or "googleapis.com/" in url:
        raise CannotCarry("Only pictures behind public addresses can be passed on.", where)
    return Image(url=url, media_type=None if kind in {None, _picture_type(url)} else str(kind))


def _picture_type(url: str) -> str | None:
    return _PICTURES.get(urlsplit(url).path.rpartition(".")[2].lower())


def written(part: Part) -> dict[str, Any]:
    """Return a part in Gemini's words; a document's name has no place there."""
    match part:
        case Text(text=text):
            return {"text": text}
        case Thinking(text=text, signature=signature):
            return _signed({"text": text, "thought": True}, signature)
        case Image(data=None, url=url):
            return {"fileData": _file(str(url), part.media_type)}
        case Image(media_type=kind, data=data) | Document(media_type=kind, data=data):
            return {"inlineData": {"mimeType": kind or "image/png", "data": data}}
        case ToolCall():
            call = {"id": part.id, "name": part.name, "args": dict(part.arguments)}
            return _signed({"functionCall": call}, part.signature)
        case ToolResult():
            return {"functionResponse": _written_result(part)}


def _signed(part: dict[str, Any], signature: str | None) -> dict[str, Any]:
    return part if signature is None else {**part, "thoughtSignature": signature}


def _file(url: str, kind: str | None) -> dict[str, Any]:
    told = kind or _picture_type(url)
    return {"fileUri": url} if told is None else {"fileUri": url, "mimeType": told}


def _written_result(result: ToolResult) -> dict[str, Any]:
    """Return a result as Google wants it: an object whose text refers to the pictures beside it."""
    output: list[Any] = []
    pictures: list[dict[str, Any]] = []
    for part in result.parts:
        if isinstance(part, Text):
            output.append(part.text)
            continue
        name = f"picture-{len(pictures)}"
        output.append({_REF: name})
        ((member, blob),) = written(part).items()
        pictures.append({member: {**blob, "displayName": name}})
    told = output[0] if len(output) == 1 else output
    made: dict[str, Any] = {
        "id": result.call_id,
        "name": result.name,
        "response": {"error" if result.is_error else "output": told},
    }
    return {**made, "parts": pictures} if pictures else made


def read_result(told: Mapping[str, Any], call_id: str, where: str) -> ToolResult:
    """Return a tool's result; an object of an app's own making becomes its JSON text."""
    response = told.get("response")
    is_error = isinstance(response, dict) and set(response) == {"error"}
    pictures = [media(part, f"{where}.parts") for part in rows(told.get("parts"))]
    named = dict(zip(_names(told), pictures, strict=True))
    parts = [*_referred(_output(response), named)]
    parts += [picture for picture in pictures if picture not in parts]
    kept = tuple(part for part in parts if not isinstance(part, Document))
    if len(kept) < len(parts):
        raise CannotCarry("A tool's result holds a document.", f"{where}.parts")
    return ToolResult(
        call_id=call_id,
        name=str(told.get("name") or ""),
        parts=kept or (Text(text=""),),
        is_error=is_error,
    )


def _names(told: Mapping[str, Any]) -> list[str]:
    names = []
    for index, part in enumerate(rows(told.get("parts"))):
        blob = part.get("inlineData") or part.get("fileData")
        name = blob.get("displayName") if isinstance(blob, dict) else None
        names.append(name if isinstance(name, str) else f"#{index}")
    return names


def _output(response: Any) -> list[Any]:
    """Return what a response says, as one or several pieces."""
    if isinstance(response, dict) and len(response) == 1:
        ((name, told),) = response.items()
        if name in {"output", "error", "result"}:
            pieces = told if isinstance(told, list) else [told]
            if all(isinstance(each, str) or _is_ref(each) for each in pieces):
                return pieces
    return [] if response is None else [json.dumps(response, ensure_ascii=False)]


def _is_ref(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {_REF}


def _referred(
    output: Iterable[Any], named: Mapping[str, Image | Document]
) -> Iterable[Text | Image | Document]:
    for each in output:
        if isinstance(each, str):
            yield Text(text=each)
        elif str(each[_REF]) in named:
            yield named[str(each[_REF])]
