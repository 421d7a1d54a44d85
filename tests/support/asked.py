"""What an app asks, and what a provider answers, as a dialect is given it."""

import json
from collections.abc import Sequence
from typing import Any

from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    FormPart,
    RequestRefusal,
    UpstreamAnswer,
)


def read(dialect: Dialect, body: Any) -> CallRequest | RequestRefusal:
    """Read ``body`` as it would come over the wire."""
    return dialect.read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))


def call_of(dialect: Dialect, body: Any) -> CallRequest:
    """Read a request that is good."""
    call = read(dialect, body)
    assert isinstance(call, CallRequest), call
    return call


def refusal_of(dialect: Dialect, body: Any) -> RequestRefusal:
    """Read a request that is not."""
    refusal = read(dialect, body)
    assert isinstance(refusal, RequestRefusal), refusal
    return refusal


def read_form(dialect: Dialect, parts: Sequence[FormPart]) -> CallRequest | RequestRefusal:
    """Read a form as it would come over the wire."""
    size = sum(len(part.content) for part in parts)
    return dialect.read_request(AppRequest(body=tuple(parts), body_bytes=size))


def form(file: FormPart | Sequence[FormPart], **fields: str) -> tuple[FormPart, ...]:
    """Return a form of plain fields and files."""
    files = (file,) if isinstance(file, FormPart) else tuple(file)
    plain = (FormPart(name=name, content=text.encode()) for name, text in fields.items())
    return (*plain, *files)


def answer(body: Any, *, status: int = 200) -> UpstreamAnswer:
    """Return ``body`` as a provider's answer."""
    raw = json.dumps(body).encode()
    return UpstreamAnswer(status=status, content_type=JSON_TYPE, raw=raw, parsed=body)
