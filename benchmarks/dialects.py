"""``python -m benchmarks.dialects``: what reading and translating add, in microseconds of CPU.

A whole answer of 4 KB and a stream of as much text, passed in the dialect they came in and
translated into every other. The figures to keep: 150 a whole answer and 20 an event, and three
times as much where they are translated.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Final

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
    CallRequest,
    Dialect,
    DialectName,
    RequestRefusal,
    UpstreamAnswer,
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


def _codecs() -> dict[DialectName, Codec]:
    return {
        DialectName.OPENAI_CHAT: OpenAiChatCodec(),
        DialectName.OPENAI_RESPONSES: OpenAiResponsesCodec(),
        DialectName.ANTHROPIC_MESSAGES: AnthropicMessagesCodec(),
        DialectName.GEMINI_GENERATE: GeminiCodec(),
        DialectName.OLLAMA_CHAT: OllamaCodec(),
    }


def main() -> None:
    """Measure every pair and print it."""
    dialects, codecs = Dialects(), _codecs()
    print(f"{'app':20}{'provider':20}{'whole':>8}{'event':>8}")
    for app, codec in codecs.items():
        for provider, theirs in codecs.items():
            call = _asked(dialects[app], codec, stream=False)
            streamed = _asked(dialects[app], codec, stream=True)
            whole = _whole_us(*_carried(dialects, call, app, provider), theirs)
            event = _event_us(*_carried(dialects, streamed, app, provider), theirs)
            print(f"{app:20}{provider:20}{whole:8.1f}{event:8.1f}")


def _asked(dialect: Dialect, codec: Codec, *, stream: bool) -> CallRequest:
    said = Message(role=Role.USER, parts=(Text(text="".join(_WORDS)),))
    call = dialect.read_request(
        codec.write_request(
            Conversation(messages=(said,), output_tokens_max=1_000, stream=stream), "a-model"
        )
    )
    assert isinstance(call, CallRequest), call
    return call


def _carried(
    dialects: Dialects, call: CallRequest, app: DialectName, provider: DialectName
) -> tuple[Dialect, CallRequest]:
    carried = dialects.carry(call, app, [provider], "a-model")
    assert not isinstance(carried, RequestRefusal), carried
    return carried.dialect, carried.call


def _whole_us(dialect: Dialect, call: CallRequest, provider: Codec) -> float:
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
    main()
