"""A spoken answer as it passes: the bytes of a sound, or events that carry one in base64."""

import binascii
from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import RequestRefusal, UsageReport, VisibleOutput
from wattfare_desktop.providers.sse import EventTooLargeError, SseEvent, SseSplitter
from wattfare_desktop.providers.wire import parsed

SOUND_BYTES_MAX: Final = 256 * 1024 * 1024

_BEGINNINGS: Final = (b"data:", b"event:")
_DELTA: Final = "speech.audio.delta"
_DONE: Final = "speech.audio.done"


class SpokenSound:
    """Reads one sound; ``report`` reads the usage, out of the last event where it comes in events.

    With an ``unwrapped_type`` events were asked for, and what they carry is passed on as that type.
    A server that never heard of events answers with the sound itself, and that passes as it is.
    Raises EventTooLargeError where the sound does not end.
    """

    def __init__(
        self,
        report: Callable[[dict[str, Any], bytes], UsageReport | None],
        unwrapped_type: str | None,
    ) -> None:
        self._read_report = report
        self._unwrapped_type = unwrapped_type
        self._splitter: SseSplitter | None = None
        self._head = b""
        self._is_known = unwrapped_type is None
        self._report: UsageReport | None = None
        self._bytes = 0
        self._done = False
        self._failed = False

    @property
    def content_type(self) -> str | None:
        """The type the app asked for; None where it is the provider's own."""
        return self._unwrapped_type

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen, or None where none came yet."""
        return self._report

    @property
    def visible(self) -> VisibleOutput:
        """How much of the sound came so far."""
        return VisibleOutput(pieces=int(self._bytes > 0), text_bytes=self._bytes)

    @property
    def done(self) -> bool:
        """Whether the sound came to its end."""
        return self._done

    @property
    def failed(self) -> bool:
        """Whether the provider reported an error inside the events."""
        return self._failed

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return the sound to pass on at once."""
        if not self._is_known:
            self._head += chunk
            if self._may_still_be_either():
                return []
            chunk, self._head = self._head, b""
            self._decide(chunk)
        return self._passed(chunk)

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on."""
        left, self._head = self._head, b""
        sound = self._passed(left)
        if self._splitter is not None:
            return sound + self._unwrapped(self._splitter.finish())
        self._done = True
        return sound

    def stop(self, usage: Usage) -> list[bytes]:  # noqa: ARG002 - what is held whole never stops
        """Return nothing: an answer that is held whole is never stopped."""
        return []

    def fail(self, refusal: RequestRefusal) -> list[bytes]:  # noqa: ARG002 - nowhere to say it
        """Return nothing: a sound has no place for words."""
        return []

    def _may_still_be_either(self) -> bool:
        return any(start.startswith(self._head) for start in _BEGINNINGS)

    def _decide(self, head: bytes) -> None:
        self._is_known = True
        if head.startswith(_BEGINNINGS):
            self._splitter = SseSplitter()

    def _passed(self, chunk: bytes) -> list[bytes]:
        if self._splitter is not None:
            return self._unwrapped(self._splitter.feed(chunk))
        if chunk and self._report is None:
            self._report = self._read_report({}, b"")
        return self._counted([chunk]) if chunk else []

    def _unwrapped(self, events: list[SseEvent]) -> list[bytes]:
        return self._counted([sound for event in events if (sound := self._read(event))])

    def _counted(self, sounds: list[bytes]) -> list[bytes]:
        self._bytes += sum(map(len, sounds))
        if self._bytes > SOUND_BYTES_MAX:
            raise EventTooLargeError(f"a sound exceeds {SOUND_BYTES_MAX} bytes")
        return sounds

    def _read(self, event: SseEvent) -> bytes | None:
        body = None if event.data is None else parsed(event.data)
        if event.data is None or body is None:
            return None
        kind = body.get("type")
        if kind == _DONE:
            self._done = True
            self._report = self._read_report(body, event.data) or self._report
        elif kind == _DELTA:
            return self._sound_in(body)
        elif kind == "error" or body.get("error") is not None:
            self._failed = True
        return None

    def _sound_in(self, body: dict[str, Any]) -> bytes | None:
        try:
            return b64decode(body.get("audio") or b"", validate=True)
        except (binascii.Error, TypeError, ValueError):
            self._failed = True
            return None
