"""Streams that are lines of JSON: cut into lines, read as they pass, ended cleanly."""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    NDJSON_TYPE,
    RequestRefusal,
    UsageReport,
)
from wattfare_desktop.providers.ollama.family import OllamaFamily
from wattfare_desktop.providers.passing import PassingStream
from wattfare_desktop.providers.sse import EVENT_BYTES_MAX, EventTooLargeError
from wattfare_desktop.providers.wire import encoded, parsed

# No call moves a billion tokens: a larger figure is a fault, and would overflow the ledger.
_BELIEVABLE_TOKENS: Final = 10**9


class LineSplitter:
    """Cuts a byte stream into lines, holding at most one unfinished line."""

    def __init__(self, line_bytes_max: int = EVENT_BYTES_MAX) -> None:
        self._line_bytes_max = line_bytes_max
        self._unread = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes; return the lines they complete, each with its end.

        Raises EventTooLargeError where a line exceeds the limit.
        """
        # Only what is new can hold the end of the line that is waited for.
        end = chunk.rfind(b"\n")
        self._unread += chunk
        lines: list[bytes] = []
        if end >= 0:
            cut = len(self._unread) - len(chunk) + end + 1
            lines = bytes(self._unread[:cut]).splitlines(keepends=True)
            del self._unread[:cut]
        if max(map(len, [*lines, self._unread])) > self._line_bytes_max:
            raise EventTooLargeError(f"a line exceeds {self._line_bytes_max} bytes")
        return lines

    def finish(self) -> list[bytes]:
        """Take the end of the stream; return what was left, even without its end."""
        left = bytes(self._unread)
        self._unread.clear()
        return [left] if left else []


def report_of(body: dict[str, Any]) -> UsageReport | None:
    """Return the usage of an answer, or of a stream's last line; None where it tells none."""
    sent, answered = _count(body, "prompt_eval_count"), _count(body, "eval_count")
    if sent is None and answered is None:
        return None
    return UsageReport(usage=Usage(input_tokens=sent or 0, output_tokens=answered or 0))


def _count(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _BELIEVABLE_TOKENS else None


def visible_bytes(body: dict[str, Any]) -> int:
    """Return how many bytes of an answer, or of a piece of one, are shown."""
    message = body.get("message")
    shown = message if isinstance(message, dict) else body
    texts = [shown.get(name) for name in ("content", "response", "thinking")]
    size = sum(len(text.encode("utf-8", "replace")) for text in texts if isinstance(text, str))
    calls = shown.get("tool_calls")
    return size + (len(encoded(calls)) if isinstance(calls, list) and calls else 0)


class OllamaStream(PassingStream):
    """Reads one streamed chat or completion as it passes."""

    def __init__(self, *, is_chat: bool) -> None:
        super().__init__()
        self._is_chat = is_chat
        self._splitter = LineSplitter()
        self._latest: dict[str, Any] = {}

    @property
    def content_type(self) -> str:
        """Lines of JSON."""
        return NDJSON_TYPE

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return the lines to pass on at once."""
        lines = self._splitter.feed(chunk)
        for line in lines:
            self._read(line)
        return lines

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on."""
        lines = self._splitter.finish()
        for line in lines:
            self._read(line)
        return lines

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the line that ends the answer here, as if it had come to the app's own bound."""
        shown: dict[str, Any] = {"response": ""}
        if self._is_chat:
            shown = {"message": {"role": "assistant", "content": ""}}
        last = {
            "model": self._latest.get("model", ""),
            "created_at": self._latest.get("created_at", ""),
            **shown,
            "done": True,
            "done_reason": "length",
            "prompt_eval_count": usage.input_tokens,
            "eval_count": usage.output_tokens,
        }
        return [encoded(last) + b"\n"]

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the line that ends the answer here with an error."""
        return [OllamaFamily().error_body(refusal) + b"\n"]

    def _read(self, line: bytes) -> None:
        told = parsed(line)
        if told is None:
            # Whatever it is, it was sent and is shown; a blank line is nothing.
            self._pieces += bool(line.strip())
            self._text_bytes += len(line.strip())
            return
        self._latest = told
        self._failed = self._failed or told.get("error") is not None
        self._done = self._done or told.get("done") is True
        self._report = report_of(told) or self._report
        size = visible_bytes(told)
        self._pieces += bool(size)
        self._text_bytes += size
