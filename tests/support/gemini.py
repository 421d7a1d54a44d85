"""Gemini's SDK with only its address and key changed, and answers as Google writes them."""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from google import genai
from google.genai import types

from tests.support.gateway_house import App, GatewayHouse

FLASH: Final = "gemini-2.5-flash"
USAGE: Final = {
    "promptTokenCount": 1_000,
    "cachedContentTokenCount": 400,
    "candidatesTokenCount": 50,
    "thoughtsTokenCount": 20,
    "totalTokenCount": 1_070,
}
"""1,000 in, 400 of them from a cache; 50 shown and 20 thought."""


def answer(*parts: dict[str, Any], reason: str | None = "STOP", **members: Any) -> dict[str, Any]:
    """Return a whole answer, or a chunk of one where it has no ``reason`` to end."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if reason is not None:
        candidate["finishReason"] = reason
    told = {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": FLASH}
    return {**told, "responseId": "abc", **members}


def event(body: Mapping[str, Any]) -> bytes:
    """Return a chunk as it is streamed."""
    return b"data: " + json.dumps(body).encode() + b"\r\n\r\n"


def piece(text: str) -> bytes:
    """Return the event of one piece of text."""
    return event(answer({"text": text}, reason=None))


@asynccontextmanager
async def sdk(
    house: GatewayHouse, app: App | str, base: str = "/gemini"
) -> AsyncIterator[genai.client.AsyncClient]:
    """Yield the official client with only its address and key changed."""
    # Without the certificates that take it long to read.
    quick = {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    client = genai.Client(
        api_key=app if isinstance(app, str) else app.access,
        http_options=types.HttpOptions(
            base_url=f"{house.origin}{base}", client_args=quick, async_client_args=dict(quick)
        ),
    )
    try:
        yield client.aio
    finally:
        await client.aio.aclose()
        client.close()
