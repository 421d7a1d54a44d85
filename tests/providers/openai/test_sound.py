"""Tests of ``wattfare_desktop.providers.openai.sound``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sounds import wav
from wattfare_desktop.providers.openai.sound import length_guess_ms, length_max_ms, wav_ms


@pytest.mark.parametrize(("seconds", "rate"), [(1.0, 8_000), (2.5, 16_000), (0.001, 48_000)])
def test_a_wav_says_how_long_it_is(seconds: float, rate: int) -> None:
    sound = wav(seconds, rate=rate)
    assert wav_ms(sound) == length_max_ms(sound) == length_guess_ms(sound) == 1_000 * seconds


def test_a_header_cannot_make_it_shorter_than_what_follows() -> None:
    sound = wav(1.0)
    place = sound.index(b"data") + 4
    lying = sound[:place] + (2).to_bytes(4, "little") + sound[place + 4 :]
    assert wav_ms(lying) == 1_000


@pytest.mark.parametrize(
    "sound",
    [
        b"",
        b"ID3" + bytes(997),
        wav(1.0, kind=2),
        wav(1.0, rate=0),
        wav(1.0)[:20],
        wav(1.0).replace(b"fmt ", b"tmf "),
    ],
)
def test_any_other_sound_goes_by_its_bytes(sound: bytes) -> None:
    assert wav_ms(sound) is None
    assert length_max_ms(sound) == 2 * len(sound)
    assert length_guess_ms(sound) <= length_max_ms(sound)


@given(st.binary(max_size=80))
def test_whatever_follows_the_mark_is_bounded(rest: bytes) -> None:
    sound = b"RIFF\0\0\0\0WAVE" + rest
    assert length_max_ms(sound) >= 0
