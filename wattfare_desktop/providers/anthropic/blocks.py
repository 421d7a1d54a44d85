"""What messages are made of: Anthropic's content blocks and the neutral parts, both ways.

Where another provider ties a signature to a call (Gemini does), the app is given it as a redacted
thought beside the call. Apps hand such thoughts back as they came, so it finds its call again.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

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

REDACTED: Final = "redacted_thinking:"
"""Tells the signature of a redacted thought from that of one that was merely not shown."""
CALL_SIGNATURE: Final = "signature_of_call:"

_NOT_IN_IDS: Final = re.compile(r"[^A-Za-z0-9_-]", re.ASCII)
_PDF: Final = "application/pdf"
_TEXT_MEDIA: Final = "text/plain"


class BlockReader:
    """Reads content blocks, and knows the calls that results answer."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def parts(self, content: Any, where: str) -> list[Part]:
        """Return the parts of a message's content; empty texts are none.

        Raises CannotCarry for what has no neutral counterpart.
        """
        if isinstance(content, str):
            return [Text(text=content)] if content else []
        found: list[Part] = []
        signatures: dict[str, str] = {}
        for index, block in enumerate(content or ()):
            if signature := call_signature(block):
                signatures[signature[0]] = signature[1]
            elif not is_empty(block):
                found.append(self._part(block, f"{where}[{index}]"))
        return [_signed(part, signatures) for part in found]

    def _part(self, block: dict[str, Any], where: str) -> Part:
        kind = block["type"]
        match kind:
            case "text":
                if not isinstance(block["text"], str):
                    raise CannotCarry("A text is no text.", f"{where}.text")
                return Text(text=block["text"])
            case "image":
                return _image(block.get("source"), f"{where}.source")
            case "document":
                return _document(block, where)
            case "thinking" | "redacted_thinking":
                return read_thinking(block)
            case "tool_use":
                call = read_call(block)
                self._names[call.id] = call.name
                return call
            case "tool_result":
                return self._result(block, where)
        raise CannotCarry(f"A block '{kind}' has no counterpart there.", f"{where}.type")

    def _result(self, block: dict[str, Any], where: str) -> ToolResult:
        call_id = block.get("tool_use_id")
        if not isinstance(call_id, str) or call_id not in self._names:
            raise CannotCarry("A result answers no call before it.", f"{where}.tool_use_id")
        parts = self.parts(block.get("content"), f"{where}.content")
        for part in parts:
            if not isinstance(part, Text | Image):
                raise CannotCarry("A result may hold text and pictures.", f"{where}.content")
        return ToolResult(
            call_id=call_id,
            name=self._names[call_id],
            parts=tuple(part for part in parts if isinstance(part, Text | Image)),
            is_error=block.get("is_error") is True,
        )


def _signed(part: Part, signatures: Mapping[str, str]) -> Part:
    if isinstance(part, ToolCall) and part.id in signatures:
        return replace(part, signature=signatures[part.id])
    return part


def is_empty(block: Any) -> bool:
    """Return whether a block is a text without any."""
    return isinstance(block, dict) and block.get("type") == "text" and not block.get("text")


def call_signature(block: Any) -> tuple[str, str] | None:
    """Return the call a redacted thought is the signature of, and the signature; None if none."""
    if not isinstance(block, dict) or block.get("type") != "redacted_thinking":
        return None
    told = block.get("data")
    if not isinstance(told, str) or not told.startswith(CALL_SIGNATURE):
        return None
    call_id, _, signature = told.removeprefix(CALL_SIGNATURE).partition(":")
    return call_id, signature


def call_signature_block(call_id: str, signature: str) -> dict[str, Any]:
    """Return the redacted thought that keeps the signature of a call."""
    return {"type": "redacted_thinking", "data": f"{CALL_SIGNATURE}{plain_id(call_id)}:{signature}"}


def read_thinking(block: Mapping[str, Any]) -> Thinking:
    """Return a thought, redacted or not."""
    if block.get("type") == "redacted_thinking":
        return Thinking(signature=REDACTED + _text(block, "data"))
    return Thinking(text=_text(block, "thinking"), signature=_text(block, "signature") or None)


def thinking_block(thought: Thinking) -> dict[str, Any]:
    """Return a thought as a block."""
    signature = thought.signature or ""
    if not thought.text and signature.startswith(REDACTED):
        return {"type": "redacted_thinking", "data": signature.removeprefix(REDACTED)}
    return {"type": "thinking", "thinking": thought.text, "signature": signature}


def read_call(block: Mapping[str, Any]) -> ToolCall:
    """Return a call of a tool."""
    arguments = block.get("input")
    return ToolCall(
        id=_text(block, "id"),
        name=_text(block, "name"),
        arguments=arguments if isinstance(arguments, dict) else {},
    )


def _text(block: Mapping[str, Any], name: str) -> str:
    value = block.get(name)
    return value if isinstance(value, str) else ""


def _image(source: Any, where: str) -> Image:
    match source:
        case {"type": "base64", "media_type": str(media_type), "data": str(data)}:
            return Image(media_type=media_type, data=data)
        case {"type": "url", "url": str(url)}:
            return Image(url=url)
    raise CannotCarry("A picture kept at the provider cannot be sent elsewhere.", where)


def _document(block: dict[str, Any], where: str) -> Document:
    name = block.get("title")
    for member in ("context", "citations"):
        if block.get(member) not in (None, {"enabled": False}):
            raise CannotCarry(f"'{member}' has no counterpart there.", f"{where}.{member}")
    match block.get("source"):
        case {"type": "base64", "media_type": str(media_type), "data": str(data)}:
            return Document(media_type=media_type, data=data, name=name)
        case {"type": "text", "data": str(text)}:
            data = b64encode(text.encode("utf-8", "replace")).decode()
            return Document(media_type=_TEXT_MEDIA, data=data, name=name)
    raise CannotCarry("Only a document that is sent along can be carried.", f"{where}.source")


def request_blocks(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return parts as the blocks of a request; raises CannotCarry where there are no words.

    Empty texts are left out, and thoughts without a signature: the provider takes back only what
    it can tell to be its own. What another provider signed at a call is of no use to this one.
    """
    return [_block(part) for part in parts if not _says_nothing(part)]


def _says_nothing(part: Part) -> bool:
    if isinstance(part, Thinking):
        return part.signature is None
    return isinstance(part, Text) and not part.text


def _block(part: Part) -> dict[str, Any]:
    match part:
        case Text(text=text):
            return {"type": "text", "text": text}
        case Image():
            return {"type": "image", "source": _source(part)}
        case Document():
            return _document_block(part)
        case Thinking():
            return thinking_block(part)
        case ToolCall():
            return call_block(part)
        case ToolResult():
            return {
                "type": "tool_result",
                "tool_use_id": plain_id(part.call_id),
                "content": request_blocks(part.parts),
                **({"is_error": True} if part.is_error else {}),
            }


def plain_id(call_id: str) -> str:
    """Return the id of a call as the provider wants it: of letters, digits, ``_`` and ``-``."""
    return _NOT_IN_IDS.sub("_", call_id)


def call_block(call: ToolCall) -> dict[str, Any]:
    """Return a call of a tool as a block."""
    return {
        "type": "tool_use",
        "id": plain_id(call.id),
        "name": call.name,
        "input": dict(call.arguments),
    }


def _source(image: Image) -> dict[str, Any]:
    if image.data is not None:
        return {"type": "base64", "media_type": image.media_type, "data": image.data}
    return {"type": "url", "url": image.url}


def _document_block(document: Document) -> dict[str, Any]:
    titled = {} if document.name is None else {"title": document.name}
    if document.media_type == _PDF:
        source = {"type": "base64", "media_type": _PDF, "data": document.data}
    elif document.media_type.startswith("text/"):
        source = {"type": "text", "media_type": _TEXT_MEDIA, "data": _plain(document)}
    else:
        raise CannotCarry("Anthropic reads documents in PDF and plain text.", "document")
    return {"type": "document", "source": source, **titled}


def _plain(document: Document) -> str:
    try:
        return b64decode(document.data, validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        raise CannotCarry("A document of text is not in UTF-8.", "document") from None
