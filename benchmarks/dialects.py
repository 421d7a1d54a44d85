"""``python -m benchmarks.dialects``: what reading and translating add, in microseconds of CPU.

A request and an answer of 4 KB each, and a stream of as much text, passed in the dialect they came
in and translated into every other. The figures to keep: 150 a whole call and 20 an event, and three
times as much where they are translated.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.goals import Goals
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.model import (
    Began,
    Candidate,
    CandidateEnded,
    Conversation,
    Ended,
    Event,
    Message,
    PartBegan,
    PartEnded,
    PartGrew,
    Reply,
    Role,
    StopReason,
    Text,
)
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    DialectName,
    RequestRefusal,
    UpstreamAnswer,
    UpstreamRequest,
)
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.providers.gemini.codec import GeminiCodec
from wattfare_desktop.providers.ollama.codec import OllamaCodec
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec

_WORDS: Final = ("word ",) * 800
_USAGE: Final = Usage(input_tokens=1_000, output_tokens=800)
_ROUNDS: Final = 7
_TIMES: Final = 20

_CALL_GOAL_US: Final = 150
_EVENT_GOAL_US: Final = 20
_TRANSLATED_TIMES: Final = 3


def _codecs() -> dict[DialectName, Codec]:
    return {
        DialectName.OPENAI_CHAT: OpenAiChatCodec(),
        DialectName.OPENAI_RESPONSES: OpenAiResponsesCodec(),
        DialectName.ANTHROPIC_MESSAGES: AnthropicMessagesCodec(),
        DialectName.GEMINI_GENERATE: GeminiCodec(),
        DialectName.OLLAMA_CHAT: OllamaCodec(),
    }


def main() -> int:
    """Measure every pair and print it; return the exit status."""
    dialects, codecs = Dialects(), _codecs()
    worst: dict[tuple[bool, str], float] = {}
    print(f"{'app':20}{'provider':20}{'request':>9}{'answer':>9}{'call':>9}{'event':>9}")
    for app in codecs:
        for provider in codecs:
            row = _measured(dialects, codecs, app, provider)
            print(f"{app:20}{provider:20}" + "".join(f"{each:9.1f}" for each in row.values()))
            for name in ("call", "event"):
                key = app is not provider, name
                worst[key] = max(worst.get(key, 0.0), row[name])
    goals = Goals()
    for (translated, name), worst_us in worst.items():
        goal = {"call": _CALL_GOAL_US, "event": _EVENT_GOAL_US}[name]
        how = "translated" if translated else "passed"
        times = _TRANSLATED_TIMES if translated else 1
        goals.at_most(f"the dearest {name} {how}", worst_us, goal * times, " us")
    return goals.status


def _measured(
    dialects: Dialects,
    codecs: dict[DialectName, Codec],
    app: DialectName,
    provider: DialectName,
) -> dict[str, float]:
    """Return the microseconds of a request, an answer, both of them, and an event of a stream."""
    asked, streamed = (_asked(codecs[app], stream=stream) for stream in (False, True))
    request_us = _best_us(lambda: _sent(dialects, asked, app, provider))
    answer_us = _answer_us(*_carried(dialects, asked, app, provider), codecs[provider])
    return {
        "request": request_us,
        "answer": answer_us,
        "call": request_us + answer_us,
        "event": _event_us(*_carried(dialects, streamed, app, provider), codecs[provider]),
    }


def _asked(codec: Codec, *, stream: bool) -> AppRequest:
    said = Message(role=Role.USER, parts=(Text(text="".join(_WORDS)),))
    conversation = Conversation(messages=(said,), output_tokens_max=1_000, stream=stream)
    return codec.write_request(conversation, "a-model")


def _sent(
    dialects: Dialects, asked: AppRequest, app: DialectName, provider: DialectName
) -> UpstreamRequest:
    dialect, call = _carried(dialects, asked, app, provider)
    return dialect.upstream_request(call, "a-model")


def _carried(
    dialects: Dialects, asked: AppRequest, app: DialectName, provider: DialectName
) -> tuple[Dialect, CallRequest]:
    call = dialects[app].read_request(asked)
    assert isinstance(call, CallRequest), call
    carried = dialects.carry(call, app, [provider], "a-model")
    assert not isinstance(carried, RequestRefusal), carried
    return carried.dialect, carried.call


def _answer_us(dialect: Dialect, call: CallRequest, provider: Codec) -> float:
    candidate = Candidate(parts=(Text(text="".join(_WORDS)),), stop=StopReason.END)
    reply = Reply(id="r", model="a-model", candidates=(candidate,), usage=_USAGE)
    body = provider.write_reply(reply, call)
    answer = UpstreamAnswer(
        status=200, content_type=JSON_TYPE, raw=json.dumps(body).encode(), parsed=body
    )
    return _best_us(lambda: dialect.read_answer(call, answer))


def _event_us(dialect: Dialect, call: CallRequest, provider: Codec) -> float:
    asked = CallRequest(model="a-model", body={}, stream=True, wants_usage=True)
    writer = provider.event_writer(asked)
    raw = [piece for event in _events() for piece in writer.write(event)]

    def read() -> None:
        stream = dialect.stream_reader(call)
        for piece in raw:
            stream.feed(piece)
        stream.finish()

    return _best_us(read) / len(raw)


def _events() -> Iterator[Event]:
    yield Began(id="r", model="a-model")
    yield PartBegan(index=0, part=Text(text=""))
    for word in _WORDS:
        yield PartGrew(index=0, text=word)
    yield PartEnded(index=0)
    yield CandidateEnded(stop=StopReason.END)
    yield Ended(usage=_USAGE)


def _best_us(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        start = time.process_time()
        for _ in range(_TIMES):
            work()
        best = min(best, time.process_time() - start)
    return best / _TIMES * 1e6


if __name__ == "__main__":
    sys.exit(main())
