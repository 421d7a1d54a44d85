"""Sounds to be sent, and events that carry one."""

import json
import struct
from base64 import b64encode
from typing import Any


def wav(seconds: float, *, rate: int = 8_000, kind: int = 1) -> bytes:
    """Return silence of that length, in 16 bits and one channel."""
    sound = bytes(2 * int(rate * seconds))
    stated = struct.pack("<HHIIHH", kind, 1, rate, 2 * rate, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(stated)) + stated
    body += b"LIST" + struct.pack("<I", 3) + b"abc\0"
    body += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def event(kind: str, **members: Any) -> bytes:
    """Return a typed event as OpenAI streams it."""
    return f"data: {json.dumps({'type': kind, **members})}\n\n".encode()


def speech_events(*sounds: bytes, input_tokens: int, output_tokens: int) -> list[bytes]:
    """Return a spoken answer as events, its usage in the last."""
    usage = {"input_tokens": input_tokens, "output_tokens": output_tokens}
    deltas = [event("speech.audio.delta", audio=b64encode(each).decode()) for each in sounds]
    return [*deltas, event("speech.audio.done", usage=usage)]
