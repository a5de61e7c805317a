"""Which keys can be read from the tones in a sound?

A frame of 20 ms holds a key if most of its energy is at one of the four lower and one of the four
higher frequencies of ITU-T Q.23, and the two are about equally loud; a key is two such frames in a
row. That is more than people hear, and more than a switch takes for a key.
"""

import numpy as np
import numpy.typing as npt

from tests.rig.sound import RATE, Sound

Frames = npt.NDArray[np.float64]

LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
FRAME, STEP = RATE // 50, RATE // 100
QUIETEST = 1e-6
"""Mean square; a tone 50 dB below full scale is 5e-6."""
MOST_OF_IT = 0.7
TWIST = 10.0
"""How many times louder, in energy, one of the two may be."""


def keys(heard: Sound) -> str:
    """The keys in a sound at 8 kHz, in order."""
    found, run, before = "", 0, ""
    for key in _frames(heard):
        run = run + 1 if key == before else 1
        if key and run == 2:
            found += key
        before = key
    return found


def tones(wanted: str, length: float = 0.1, gap: float = 0.1, loudness: float = 0.3) -> Sound:
    """The sound of keys, each `length` seconds long."""
    times = np.arange(round(RATE * length)) / RATE
    pieces = [np.zeros(round(RATE * gap))]
    for key in wanted:
        row = next(index for index, keys_ in enumerate(KEYS) if key in keys_)
        pair = (LOW[row], HIGH[KEYS[row].index(key)])
        low, high = (loudness * np.sin(2 * np.pi * hertz * times) for hertz in pair)
        pieces.append(low + high)
        pieces.append(np.zeros(round(RATE * gap)))
    return np.concatenate(pieces).astype(np.float32)


def _frames(heard: Sound) -> list[str]:
    """The key in each frame, "" where there is none."""
    if len(heard) < FRAME:
        return []
    frames = np.lib.stride_tricks.sliding_window_view(heard, FRAME)[::STEP].astype(np.float64)
    energy = (frames**2).mean(axis=1)
    low, high = _at(frames, LOW), _at(frames, HIGH)
    one, other = low.max(axis=1), high.max(axis=1)
    is_key = (
        (energy > QUIETEST)
        & (one + other > MOST_OF_IT * energy)
        & (np.maximum(one, other) < TWIST * np.minimum(one, other))
    )
    rows, columns = low.argmax(axis=1), high.argmax(axis=1)
    found = zip(is_key, rows, columns, strict=True)
    return [KEYS[row][column] if yes else "" for yes, row, column in found]


def _at(frames: Frames, frequencies: tuple[int, ...]) -> Frames:
    """The energy at each frequency (what Goertzel's recursion computes), as a mean square."""
    times = np.arange(FRAME) / RATE
    waves = np.exp(-2j * np.pi * np.outer(times, frequencies))
    energies: Frames = 2 * np.abs(frames @ waves) ** 2 / FRAME**2
    return energies
