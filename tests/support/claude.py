"""What Anthropic's server says, and its official SDK on a running wallet.

The pieces of an answer are for ``scripted_provider``::

    claude.answer(message("Hello", cache_read_input_tokens=100))
    claude.answer(stream(started(), block(0), text("Hello"), closed(), ended(3), STOP))
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import anthropic

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    Reply,
    ScriptedProvider,
    json_reply,
    scripted_provider,
)
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes

MODEL: Final = "claude-haiku-4-5"
"""A million tokens cost 1 dollar in and 5 out, 0.1 from the cache, 1.25 into it or 2 for long."""


@asynccontextmanager
async def funded_claude(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """Fund a provider that pays for Claude; afterwards no hold may be left open."""
    async with scripted_provider() as provider:
        base = provider.base_url.removesuffix("/v1")
        funding = await house.fund(base, provider="anthropic")
        provider.answer(message("Hello"))
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)


def sdk(house: GatewayHouse, app: App | str, base: str = "", **options: Any) -> Any:
    """Return the official client with only its address and key changed; to be closed."""
    access = app if isinstance(app, str) else app.access
    # Without the certificates that take it long to read.
    without = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client = anthropic.DefaultAsyncHttpxClient(verify=without)
    return anthropic.AsyncAnthropic(
        base_url=house.origin + base, api_key=access, http_client=client, **options
    )


def message(text: str, **usage: Any) -> Reply:
    """Reply with a whole answer."""
    told = {"input_tokens": 9, "output_tokens": 3, **usage}
    return json_reply(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": told,
        },
        headers={"request-id": "req_1"},
    )


def started(**usage: Any) -> bytes:
    """Return the event that begins an answer; ``usage`` is what it tells of the input."""
    told: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 1, **usage},
    }
    return event_bytes({"type": "message_start", "message": told})


def block(index: int, **members: Any) -> bytes:
    """Return the event that begins a block, of text unless ``members`` say otherwise."""
    begun = {"type": "text", "text": "", **members}
    return event_bytes({"type": "content_block_start", "index": index, "content_block": begun})


def delta(index: int = 0, **made: Any) -> bytes:
    """Return the event by which a block grows."""
    return event_bytes({"type": "content_block_delta", "index": index, "delta": made})


def text(shown: str) -> bytes:
    """Return the event of one piece of text."""
    return delta(type="text_delta", text=shown)


def closed(index: int = 0) -> bytes:
    """Return the event that ends a block."""
    return event_bytes({"type": "content_block_stop", "index": index})


def ended(output_tokens: int, reason: str = "end_turn", **usage: Any) -> bytes:
    """Return the event that tells why it ended, and what was used so far."""
    told = {"output_tokens": output_tokens, **usage}
    why = {"stop_reason": reason, "stop_sequence": None}
    return event_bytes({"type": "message_delta", "delta": why, "usage": told})


STOP: Final = event_bytes({"type": "message_stop"})
