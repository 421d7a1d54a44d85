"""OpenAI's transcriptions: a form with a sound in it, billed by the token or by the second.

How long the sound is only its provider finds out, so what is held goes by the size of the file. An
answer in plain text or in subtitles tells no usage: what it cost is then an estimate.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from math import ceil
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    AnswerRead,
    AppRequest,
    CallRequest,
    OutputLimit,
    UpstreamAnswer,
    UpstreamRequest,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import ESTIMATED_BYTES_PER_TOKEN
from wattfare_desktop.providers.fields import RefusedError, model_of
from wattfare_desktop.providers.openai.chat_usage import count_of, part_of, text_bytes
from wattfare_desktop.providers.openai.forms import Form, with_model
from wattfare_desktop.providers.openai.operation import Operation
from wattfare_desktop.providers.openai.sound import length_guess_ms, length_max_ms

_BILLED_SO: Final = "gpt-4o*-transcribe*"
"""Which models are billed by the token."""
_UNTOLD: Final = frozenset({"text", "srt", "vtt"})
"""Formats of an answer that is no JSON, and has no room for usage."""

_MS_PER_S: Final = 1_000
_SOUND_TOKENS_PER_S: Final = 32
_TEXT_TOKENS_PER_S: Final = 16
"""Both more than anybody speaks: about ten and three in fact."""
_LEAST_TEXT_TOKENS: Final = 2_000
_PASS_S: Final = 1_500
"""The longest sound that models which are billed by the token take."""
_GUESSED_SOUND_TOKENS_PER_S: Final = 10
_BELIEVABLE_S: Final = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionCall(CallRequest):
    """A call with a sound of at most ``most_ms``. Its bounds follow its model."""

    most_ms: int
    guess_ms: int

    def __post_init__(self) -> None:
        seconds = min(-(-self.most_ms // _MS_PER_S), _PASS_S)
        bound = max(_LEAST_TEXT_TOKENS, seconds * _TEXT_TOKENS_PER_S)
        derived = {
            "takes_bound": False,
            "output_tokens_max": bound if self.is_by_token else 0,
            "counted_max": {}
            if self.is_by_token
            else {UnitKind.AUDIO_MILLISECOND: seconds_ms(self.most_ms)},
        }
        for field, value in derived.items():
            object.__setattr__(self, field, value)

    @property
    def is_by_token(self) -> bool:
        """Whether its model is billed by the token."""
        return fnmatchcase(self.model.rpartition("/")[2].lower(), _BILLED_SO)

    def input_bound(
        self,
        context_window_tokens: int,
        image_tokens_max: int | None = None,  # noqa: ARG002 - there are no pictures
    ) -> int:
        """Return the most input tokens this call can be billed for."""
        if not self.is_by_token:
            return 0
        seconds = -(-self.most_ms // _MS_PER_S)
        tokens = self.text_tokens_max + seconds * _SOUND_TOKENS_PER_S
        return min(tokens, context_window_tokens)


class OpenAiTranscriptions(Operation):
    """The dialect of ``POST /audio/transcriptions``."""

    path = "/audio/transcriptions"

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        form = Form(asked.body).only("file")
        files = form.files("file")
        if len(files) != 1:
            raise RefusedError("Send one sound, as the file 'file'.", "file")
        form.text("response_format")  # refused here, since it decides how the answer is read
        sound = files[0].content
        return TranscriptionCall(
            model=model_of(form.as_object("model")),
            stream=form.flag("stream"),
            most_ms=length_max_ms(sound),
            guess_ms=length_guess_ms(sound),
            text_tokens_max=form.field_bytes,
            text_bytes=form.field_bytes,
            media_parts=1,
            body=form.parts,
        )

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - there is nothing to bound it by
    ) -> UpstreamRequest:
        """Return the form that was priced, with its model."""
        return UpstreamRequest(path=self.path, body=with_model(call.body, model))

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        told = Form(call.body).text("response_format")
        if told in _UNTOLD:
            return AnswerRead(visible=VisibleOutput(pieces=1, text_bytes=len(answer.raw)))
        body = answer.parsed
        if not isinstance(body, dict):
            return None if body is None else AnswerRead()
        visible = VisibleOutput(pieces=1, text_bytes=text_bytes(body.get("text")))
        return AnswerRead(report=self.report(call, body, answer.raw), visible=visible)

    def report(self, call: CallRequest, body: dict[str, Any], raw: bytes) -> UsageReport | None:  # noqa: ARG002 - the base's
        """Return the usage: tokens, seconds, or how long the sound turned out to be."""
        reported = part_of(body, "usage")
        seconds = _seconds(reported.get("seconds"))
        if seconds is not None:
            return UsageReport(usage=_lasting(seconds))
        tokens = _tokens(reported)
        if tokens is not None:
            return UsageReport(usage=tokens)
        seconds = _seconds(body.get("duration"))
        if seconds is None or not call.counted_max:
            return None
        return UsageReport(usage=_lasting(seconds), computed=True)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        assert isinstance(call, TranscriptionCall), "it was read here"
        if not call.is_by_token:
            return Usage(counted={UnitKind.AUDIO_MILLISECOND: seconds_ms(call.guess_ms)})
        sound = call.guess_ms * _GUESSED_SOUND_TOKENS_PER_S // _MS_PER_S
        heard = -(-visible.text_bytes // ESTIMATED_BYTES_PER_TOKEN)
        return Usage(
            input_tokens=sound, input_audio_tokens=sound, output_tokens=max(heard, visible.pieces)
        )


def seconds_ms(length_ms: int) -> int:
    """Return a length in milliseconds as it is billed, by the whole second."""
    return -(-length_ms // _MS_PER_S) * _MS_PER_S


def _lasting(seconds: Decimal) -> Usage:
    return Usage(counted={UnitKind.AUDIO_MILLISECOND: ceil(seconds * _MS_PER_S)})


def _seconds(told: Any) -> Decimal | None:
    # Compatible servers tell a duration as text.
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        seconds = Decimal(str(told))
    except InvalidOperation:
        return None
    return seconds if seconds.is_finite() and 0 <= seconds <= _BELIEVABLE_S else None


def _tokens(reported: dict[str, Any]) -> Usage | None:
    taken = count_of(reported, "input_tokens")
    made = count_of(reported, "output_tokens")
    if taken is None or made is None:
        return None
    inside = part_of(reported, "input_token_details")
    heard = count_of(inside, "audio_tokens")
    return Usage.reconciled(
        input_tokens=taken,
        # Where the two are not told apart it is all sound, which is never the cheaper.
        input_audio_tokens=taken if heard is None else heard,
        output_tokens=made,
    )
