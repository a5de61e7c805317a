"""Which tone, or which prompt, is in a recording?

Sounds are arrays of samples at 8 kHz between -1 and 1.
"""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 8000

Sound = npt.NDArray[np.float32]
Look = Callable[[Sound], float | None]

_FRAME = 160  # 20 ms, one RTP packet
_PIECE = RATE // 4


def read_wav(path: Path) -> Sound:
    """The samples of a WAV file in the telephone's format."""
    require_telephone_format(path)
    with wave.open(str(path), "rb") as wav:
        return _samples(wav.readframes(wav.getnframes()))


def read_raw(path: Path) -> Sound:
    """The samples of a raw recording, which may still be growing; none if it is not there yet."""
    if not path.exists():
        return np.zeros(0, np.float32)
    data = path.read_bytes()
    return _samples(data[: len(data) // 2 * 2])


def write(path: Path, sound: Sound) -> None:
    """Write `sound` as a WAV file."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def write_tone(path: Path, hertz: int, seconds: float, loudness: float = 0.3) -> None:
    """Write a pure tone."""
    write(path, tone(hertz, seconds, loudness))


def tone(hertz: int, seconds: float, loudness: float = 0.3) -> Sound:
    """A pure tone."""
    times = np.arange(round(RATE * seconds)) / RATE
    return (loudness * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def require_telephone_format(path: Path) -> None:
    """Fail unless `path` is WAV, 8 kHz, mono, 16 bit: Asterisk plays nothing else under that name."""
    with wave.open(str(path), "rb") as wav:
        found = (wav.getframerate(), wav.getnchannels(), wav.getsampwidth())
    assert found == (RATE, 1, 2), f"{path} is {found}; expected (8000 Hz, 1 channel, 2 bytes)"


def find_tone(heard: Sound, hertz: int, seconds: float = 0.2) -> float | None:
    """Where (in seconds) a tone of `hertz` begins that lasts for `seconds`; None if it is not there.

    A frame of 20 ms has the tone if four fifths of its energy are at that frequency.
    """
    frames = heard[: len(heard) // _FRAME * _FRAME].reshape(-1, _FRAME)
    wave_ = np.exp(-2j * np.pi * hertz * np.arange(_FRAME) / RATE)
    energy = (frames.astype(np.float64) ** 2).sum(axis=1)
    at_tone = 2 * np.abs(frames @ wave_) ** 2 / _FRAME
    has = (energy > 1e-3) & (at_tone > 0.8 * energy)
    needed = max(1, round(seconds * RATE / _FRAME) - 1)
    run = 0
    for index, yes in enumerate(has):
        run = run + 1 if yes else 0
        if run >= needed:
            return float((index - run + 1) * _FRAME / RATE)
    return None


def tone_lengths(heard: Sound, hertz: int) -> float:
    """For how many seconds in all the tone was heard."""
    total, start = 0.0, 0.0
    while (found := find_tone(heard[round(start * RATE) :], hertz, 0.04)) is not None:
        start += found + _FRAME / RATE
        total += _FRAME / RATE
    return total


def find(heard: Sound, wanted: Sound, likeness: float = 0.7) -> float | None:
    """Where (in seconds) the whole of `wanted` begins in `heard`; None if it is not there.

    It is looked for in pieces of a quarter of a second, since a telephone network may drop or insert
    a packet between them: each loud piece must be found (by normalised cross-correlation, at least
    `likeness`) where the one before it leads to, give or take 100 ms.
    """
    pieces = [
        (start, wanted[start : start + _PIECE])
        for start in range(0, len(wanted) - _PIECE + 1, _PIECE)
    ]
    loud = [(start, piece) for start, piece in pieces if float(np.std(piece)) > 0.02]
    assert loud, "the wanted sound is silent, or shorter than a quarter of a second"
    first_start, first = loud[0]
    for candidate in _matches(heard, first, likeness):
        offset = candidate - first_start
        for start, piece in loud[1:]:
            slack = RATE // 10
            begin = max(0, start + offset - slack)
            window = heard[begin : start + offset + _PIECE + slack]
            found = _matches(window, piece, likeness)
            if not found:
                break
            offset = begin + found[0] - start
        else:
            return float(max(0, candidate - first_start) / RATE)
    return None


def _matches(heard: Sound, piece: Sound, likeness: float) -> list[int]:
    """Samples at which `piece` begins in `heard`, the likeliest first; at most ten."""
    if len(heard) < len(piece):
        return []
    size = 1 << (len(heard) + len(piece)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size))
    products = np.fft.irfft(spectrum, size)[: len(heard) - len(piece) + 1]
    squares = np.concatenate([[0.0], np.cumsum(heard.astype(np.float64) ** 2)])
    energies = squares[len(piece) :] - squares[: -len(piece)]
    norm = np.sqrt(np.maximum(energies, 1e-6) * float((piece.astype(np.float64) ** 2).sum()))
    scores = products / norm
    found: list[int] = []
    for index in np.argsort(scores)[::-1][:200]:
        if scores[index] < likeness or len(found) == 10:
            break
        if all(abs(int(index) - other) > RATE // 20 for other in found):
            found.append(int(index))
    return found


def _samples(data: bytes) -> Sound:
    return (np.frombuffer(data, "<i2") / 32768).astype(np.float32)
