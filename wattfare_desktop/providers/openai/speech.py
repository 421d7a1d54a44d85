"""OpenAI's speech: a text in, a sound out, billed by the characters or by the token.

A sound has no room for usage. Models that are billed by the token are therefore asked for events,
of which the last one tells it, and where the app did not ask for events it gets the sound in them.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    SSE_TYPE,
    AnswerRead,
    AppRequest,
    CallRequest,
    OutputLimit,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.fields import RefusedError, model_of, object_of, text, wrong_type
from wattfare_desktop.providers.openai.chat_usage import count_of, part_of, text_bytes
from wattfare_desktop.providers.openai.operation import Operation
from wattfare_desktop.providers.openai.speech_stream import SpokenSound

_BILLED_SO: Final = "gpt-*tts*"
"""Which models are billed by the token."""
_EVENTS: Final = "sse"
_TYPES: Final = {
    "mp3": "audio/mpeg",
    "opus": "audio/opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
_USUAL_FORMAT: Final = "mp3"
_OTHER_SOUND: Final = "application/octet-stream"

# Nobody is asked to speak as slowly as that: a spoken character is about two tokens long.
_TOKENS_PER_CHARACTER: Final = 64
_LEAST_TOKENS: Final = 1_024
_MOST_TOKENS: Final = 65_536
_GUESSED_TOKENS_PER_CHARACTER: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechCall(CallRequest):
    """A text of ``characters`` to be spoken. Its bounds follow its model.

    ``sound_type`` is what the app expects, None where it asked for events.
    """

    characters: int
    sound_type: str | None

    def __post_init__(self) -> None:
        bound = min(_MOST_TOKENS, _LEAST_TOKENS + self.characters * _TOKENS_PER_CHARACTER)
        derived = {
            # Sound is passed on as it comes, asked for or not.
            "stream": True,
            "takes_bound": False,
            "output_tokens_max": bound if self.is_by_token else 0,
            "counted_max": {} if self.is_by_token else {UnitKind.CHARACTER: self.characters},
        }
        for field, value in derived.items():
            object.__setattr__(self, field, value)

    @property
    def is_by_token(self) -> bool:
        """Whether its model is billed by the token, and speaks in events."""
        return fnmatchcase(self.model.rpartition("/")[2].lower(), _BILLED_SO)


class OpenAiSpeech(Operation):
    """The dialect of ``POST /audio/speech``."""

    path = "/audio/speech"

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        body = object_of(asked.body)
        spoken = body.get("input")
        if not isinstance(spoken, str):
            raise wrong_type("input", "a string")
        told = text(body, "stream_format")
        if told not in {None, "audio", _EVENTS}:
            raise RefusedError("'stream_format' must be 'audio' or 'sse'.", "stream_format")
        sound = _TYPES.get(text(body, "response_format") or _USUAL_FORMAT, _OTHER_SOUND)
        return SpeechCall(
            model=model_of(body),
            characters=len(spoken),
            sound_type=None if told == _EVENTS else sound,
            text_tokens_max=asked.body_bytes,
            text_bytes=text_bytes(spoken),
            body=body,
        )

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - there is nothing to bound it by
    ) -> UpstreamRequest:
        """Return the object that was priced, with its model, asking for what tells the usage."""
        body = {**call.body, "model": model}
        if _call(call).is_by_token:
            body["stream_format"] = _EVENTS
        return UpstreamRequest(path=self.path, body=body)

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type is a sound, or the events that carry one."""
        return content_type in {SSE_TYPE, _OTHER_SOUND} or content_type.startswith("audio/")

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what an answer tells that is no sound: some providers wrap theirs in JSON."""
        if not isinstance(answer.parsed, dict):
            return None
        return AnswerRead(report=self.report(call, answer.parsed, answer.raw))

    def report(self, call: CallRequest, body: dict[str, Any], raw: bytes) -> UsageReport | None:  # noqa: ARG002 - the base's
        """Return the tokens the last event tells, or our own count of the characters."""
        if call.counted_max:
            return UsageReport(usage=Usage(counted=call.counted_max), computed=True)
        reported = part_of(body, "usage")
        taken = count_of(reported, "input_tokens")
        made = count_of(reported, "output_tokens")
        if taken is None or made is None:
            return None
        return UsageReport(
            usage=Usage(input_tokens=taken, output_tokens=made, output_audio_tokens=made)
        )

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the sound, or for the events that carry it."""
        spoken = _call(call)
        if spoken.sound_type is None:
            return super().stream_reader(call)
        wrapped = spoken.sound_type if spoken.is_by_token else None
        return SpokenSound(self.reporting(call), wrapped)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:  # noqa: ARG002 - what was heard tells nothing
        """Return a best guess at the usage where the provider reported none."""
        if call.counted_max:
            return Usage(counted=call.counted_max)
        spoken = _call(call)
        made = min(_MOST_TOKENS, spoken.characters * _GUESSED_TOKENS_PER_CHARACTER)
        return Usage(
            input_tokens=-(-call.text_bytes // 4), output_tokens=made, output_audio_tokens=made
        )


def _call(call: CallRequest) -> SpeechCall:
    assert isinstance(call, SpeechCall), "it was read here"
    return call
