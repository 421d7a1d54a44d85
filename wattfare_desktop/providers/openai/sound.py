"""How long a sound may be, which cannot be known without decoding it, and is bounded by its bytes.

The header of an uncompressed one (WAV) says it exactly.
"""

import struct
from typing import Final

LEAST_BYTES_PER_S: Final = 500
"""The lowest rate that speech is still coded at: 4 kbit/s."""
GUESSED_BYTES_PER_S: Final = 8_000
"""An ordinary rate of compressed speech, for estimates."""

_MS_PER_S: Final = 1_000
_RIFF_BYTES: Final = 12
_CHUNK_HEAD_BYTES: Final = 8
_FORMAT: Final = struct.Struct("<HHIIHH")
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_BITS_PER_BYTE: Final = 8


def length_max_ms(sound: bytes) -> int:
    """Return how many milliseconds ``sound`` may last at most."""
    exact = wav_ms(sound)
    return _ms(len(sound), LEAST_BYTES_PER_S) if exact is None else exact


def length_guess_ms(sound: bytes) -> int:
    """Return how many milliseconds ``sound`` lasts, as well as can be guessed."""
    exact = wav_ms(sound)
    return _ms(len(sound), GUESSED_BYTES_PER_S) if exact is None else exact


def wav_ms(sound: bytes) -> int | None:
    """Return the milliseconds of an uncompressed WAV file; None where it is anything else.

    All that follows its header counts as sound, whatever length the header claims.
    """
    if sound[:4] != b"RIFF" or sound[8:12] != b"WAVE":
        return None
    place, rate = _RIFF_BYTES, 0
    while place + _CHUNK_HEAD_BYTES <= len(sound):
        name = sound[place : place + 4]
        size = int.from_bytes(sound[place + 4 : place + 8], "little")
        place += _CHUNK_HEAD_BYTES
        if name == b"data":
            return _ms(len(sound) - place, rate) if rate else None
        if name == b"fmt ":
            stated = _bytes_per_s(sound[place : place + _FORMAT.size])
            if not stated:
                return None
            rate = min(rate or stated, stated)
        place += size + size % 2
    return None


def _bytes_per_s(stated: bytes) -> int:
    """Return the least rate that a WAV's format allows; 0 where it is compressed or senseless."""
    if len(stated) < _FORMAT.size:
        return 0
    kind, channels, samples_per_s, _, block_bytes, bits = _FORMAT.unpack(stated)
    if kind not in {_PCM, _FLOAT, _EXTENSIBLE}:
        return 0
    frame_bytes: int = min(block_bytes, channels * (bits // _BITS_PER_BYTE))
    return frame_bytes * int(samples_per_s)


def _ms(size: int, bytes_per_s: int) -> int:
    return -(-size * _MS_PER_S // bytes_per_s)
