"""Transcriptions and speech through the real gateway, as the official SDK asks for them."""

import openai
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    GatedStream,
    ScriptedProvider,
    json_reply,
    raw_reply,
    stream,
)
from tests.support.sounds import event, speech_events, wav
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.form_body import read_form

SOUND = ("say.wav", wav(2.5), "audio/wav")
MP3 = b"ID3\x04" + bytes(range(256)) * 8


async def test_whisper_by_the_second(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply({"text": "Hi", "usage": {"type": "duration", "seconds": 3}}))
    async with house.sdk(app) as client:
        made = await client.audio.transcriptions.create(model="openai/whisper-1", file=SOUND)
    assert made.text == "Hi"
    content_type = provider.last.header("Content-Type")
    assert content_type is not None
    sent = {part.name: part for part in read_form(provider.last.body, content_type)}
    assert sent["model"].content == b"whisper-1"
    assert (sent["file"].content, sent["file"].content_type) == (SOUND[1], "audio/wav")
    row = await house.only_call(app)
    assert (row.cost, row.hold, row.basis) == (300_000, 300_000, Basis.REPORTED)


async def test_subtitles_have_no_usage_and_are_estimated(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    told = b"1\n00:00:00,000 --> 00:00:02,500\nHi\n"
    provider.answer(raw_reply(told, headers={"Content-Type": "text/plain; charset=utf-8"}))
    async with house.sdk(app) as client:
        made = await client.audio.transcriptions.create(
            model="openai/whisper-1", file=SOUND, response_format="srt"
        )
    assert made == told.decode()
    row = await house.only_call(app)
    assert (row.cost, row.basis) == (300_000, Basis.ESTIMATED)


async def test_a_transcript_by_the_token_streamed(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    usage = {
        "type": "tokens",
        "input_tokens": 30,
        "input_token_details": {"text_tokens": 5, "audio_tokens": 25},
        "output_tokens": 4,
        "total_tokens": 34,
    }
    events = [
        event("transcript.text.delta", delta="Hi "),
        event("transcript.text.done", text="Hi ", usage=usage),
    ]
    provider.answer(stream(*events))
    async with house.sdk(app) as client:
        transcript = await client.audio.transcriptions.create(
            model="openai/gpt-4o-transcribe", file=SOUND, stream=True
        )
        kinds = [each.type async for each in transcript]
    assert kinds == ["transcript.text.delta", "transcript.text.done"]
    row = await house.only_call(app)
    assert row.cost == 5 * 2_500 + 25 * 6_000 + 4 * 10_000
    assert row.basis is Basis.REPORTED


async def test_speech_by_the_character_passes_as_it_comes(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(raw_reply(MP3, headers={"Content-Type": "audio/mpeg"}))
    async with house.sdk(app) as client:
        made = await client.audio.speech.create(
            model="openai/tts-1", voice="alloy", input="Grüß dich"
        )
    assert made.content == MP3
    assert made.response.headers["content-type"] == "audio/mpeg"
    assert "stream_format" not in provider.last.json
    row = await house.only_call(app)
    assert (row.cost, row.hold, row.basis) == (9 * 15_000, 9 * 15_000, Basis.COMPUTED)
    assert row.end is CallEnd.COMPLETE


async def test_speech_by_the_token_is_asked_for_in_events_and_given_as_a_sound(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    events = speech_events(MP3[:100], MP3[100:], input_tokens=14, output_tokens=101)
    provider.answer(stream(*events))
    async with house.sdk(app) as client:
        speaking = client.audio.speech.with_streaming_response.create(
            model="openai/gpt-4o-mini-tts", voice="alloy", input="Hello there"
        )
        async with speaking as made:
            sound = b"".join([piece async for piece in made.iter_bytes()])
            assert made.headers["content-type"] == "audio/mpeg"
    assert sound == MP3
    assert provider.last.json["stream_format"] == "sse"
    row = await house.only_call(app)
    assert (row.cost, row.basis) == (14 * 600 + 101 * 12_000, Basis.REPORTED)
    # Held whole: its provider cannot be told to speak less.
    assert row.hold >= (1_024 + 64 * len("Hello there")) * 12_000


async def test_events_for_an_app_that_asked_for_them(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    events = speech_events(MP3, input_tokens=1, output_tokens=2)
    provider.answer(stream(*events))
    async with house.sdk(app) as client:
        made = await client.audio.speech.create(
            model="openai/gpt-4o-mini-tts", voice="alloy", input="Hi", stream_format="sse"
        )
    assert made.content == b"".join(events)
    assert (await house.only_call(app)).cost == 600 + 2 * 12_000


async def test_a_sound_that_breaks_off_does_not_look_whole(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async def breaks_off(request: BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/mpeg"})
        await response.prepare(request)
        await response.write(MP3)
        assert request.transport is not None
        request.transport.abort()
        return response

    provider.answer(breaks_off)
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.APIConnectionError):
            await client.audio.speech.create(model="openai/tts-1", voice="alloy", input="Hi")
    row = await house.only_call(app)
    assert (row.cost, row.end) == (2 * 15_000, CallEnd.FAILED)


async def test_a_revocation_cuts_a_sound_that_then_does_not_look_whole(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    events = speech_events(MP3, MP3, input_tokens=1, output_tokens=2)
    provider.answer(gated := GatedStream(events))
    async with house.sdk(app, max_retries=0) as client:
        speaking = client.audio.speech.with_streaming_response.create(
            model="openai/gpt-4o-mini-tts", voice="alloy", input="Hello there"
        )
        gated.let_go()
        async with speaking as made:
            pieces = made.iter_bytes()
            assert await anext(pieces) == MP3
            await house.on_wallet(house.wallet.revoke(app.grant))
            with pytest.raises(Exception, match=r"(?i)closed|reset|^$"):
                await anext(pieces)
    await gated.hung_up()
    row = await house.only_call(app)
    assert (row.end, row.basis) == (CallEnd.REVOKED, Basis.ESTIMATED)
    assert 0 < row.cost <= row.hold
