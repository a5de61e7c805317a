"""How does PocketSphinx listen? English by grammar, from its own wheel, in processes of its own.

The only file that imports pocketsphinx. It holds Python's lock while it decodes, so it works in
other processes; there it decodes a turn as a whole, which is also more accurate than bit by bit,
because the level of all the sound is known (of 60 phrases at 20 dB SNR 60 were right, against 55).
A turn of three seconds takes it about 0.1 s. What is heard in a pause is kept, so that there is
nothing left to do if the caller says no more.
"""

import asyncio
import math
import multiprocessing
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from importlib.util import find_spec
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import HearingError
from speech import frontend
from speech.pieces import spelled
from speech.priority import yield_to_sound
from speech.recognizer import NOTHING, RATE, Heard, Samples, Word

PROCESSES = 1
FRAMES = 100  # a second, in which PocketSphinx counts
LONGEST = 30 * RATE
"""Samples of one turn that are kept; nobody says a phrase of half a minute."""
SURE, LOST = -1.5, -5.0
"""Thousandths of log-likelihood a frame, beside the best of the models tried: what phrases that
were said come to at their best, and what only others do. All frames of the turn count, those outside
the words too: what was said and is in no phrase must go somewhere, and fits silence badly. By the
frames of the words alone, 57 of 290 turns of three voices in quiet were taken that were not in the
grammar, 61 at 20 dB SNR; by all, and with `NOISY`, 11 and 11. Of 155 turns that were, 153 are right
and accepted in quiet, as before, and 145 at 20 dB, for 149."""
FAR, NOISY = 25.0, 0.047
"""dB between noise and voice below which what was said fits worse than it would without noise; and by
how much for each dB. Without it, of 155 turns at 10 dB SNR 49 are right and accepted, with it 70; in
return 20 of 290 that were not in the grammar are, not 11. Fitted with `SURE` and `LOST` to turns of
two synthetic voices, tried on a person's, and the other way round, which gave nearly the same."""
BEFORE = RATE // 5
"""Samples at the beginning of a turn before the voice."""


def _begin() -> None:
    """In a worker: be in no hurry, and end when the engine does, also where it was killed and could not
    say so."""
    yield_to_sound()
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, name="engine", daemon=True).start()


def installed() -> bool:
    """Whether the extra "english" is there."""
    return find_spec("pocketsphinx") is not None


class SphinxRecognizer:
    """Hears English."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self.language = "en"
        self.dictates = self.takes_orders = False
        self._processes = processes
        self._pool: Executor | None = None
        self._known = lru_cache(maxsize=20_000)(lambda word: word in _dictionary())

    async def warm_up(self) -> None:
        """Start the processes, and read the words, which takes 0.2 s."""
        await asyncio.to_thread(_dictionary)
        await self.decode(np.zeros(RATE // 2, np.int16), ("yes",), many=False)

    def begin(
        self, phrases: Sequence[str], *, free: bool = False, many: bool = False
    ) -> "SphinxStream":
        """See `speech.recognizer.Recognizer`; `free` is not possible and ignored."""
        said = (" ".join(spelled(phrase, self._known)[0]) for phrase in phrases)
        return SphinxStream(self, tuple(sorted({phrase for phrase in said if phrase})), many)

    def unsayable(self, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """See `speech.recognizer.Recognizer`."""
        blamed = {phrase: tuple(spelled(phrase, self._known)[1]) for phrase in phrases}
        return {phrase: words for phrase, words in blamed.items() if words}

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def processes(self) -> list[BaseProcess]:
        """The processes at work."""
        held = getattr(self._pool, "_processes", None) or {}
        return list(held.values())

    async def decode(self, sound: Samples, phrases: tuple[str, ...], *, many: bool) -> Heard:
        """Which of `phrases` was said, or which ones in a row, if `many`.

        Raises HearingError, and begins anew next time.
        """
        if self._pool is None:
            # Forked, a process would hold locks of threads that it does not have.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=spawn, initializer=_begin)
        pool, loop = self._pool, asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(pool, decode, sound.tobytes(), phrases, many)
        except BrokenProcessPool as error:
            if self._pool is pool:
                self.close()
            raise HearingError("A PocketSphinx process ended while a caller spoke.") from error
        except (RuntimeError, ValueError) as error:
            raise HearingError(f"PocketSphinx failed while a caller spoke: {error}") from error


class SphinxStream:
    """One turn."""

    def __init__(self, recognizer: SphinxRecognizer, phrases: tuple[str, ...], many: bool) -> None:
        self._recognizer = recognizer
        self._phrases = phrases
        self._many = many
        self._sound: list[Samples] = []
        self._length = 0
        self._heard: tuple[int, Heard] | None = None

    def feed(self, samples: Samples) -> None:
        """See `speech.recognizer.Stream`."""
        if self._length < LONGEST:
            self._sound.append(samples)
            self._length += len(samples)

    async def partial(self) -> str:
        """See `speech.recognizer.Stream`; a whole phrase, or nothing."""
        return (await self.finish()).text

    async def finish(self) -> Heard:
        """See `speech.recognizer.Stream`."""
        if not self._phrases or not self._length:
            return NOTHING
        if self._heard is None or self._heard[0] != self._length:
            length, sound = self._length, np.concatenate(self._sound)
            self._heard = (
                length,
                await self._recognizer.decode(sound, self._phrases, many=self._many),
            )
        return self._heard[1]

    def drop(self) -> None:
        """See `speech.recognizer.Stream`. Nothing is decoded before it is asked for."""
        self._phrases = ()


# In the other process


def decode(sound: bytes, phrases: tuple[str, ...], many: bool) -> Heard:
    """Which of `phrases` is said in `sound`. Each process has one decoder, and a few grammars."""
    decoder = _decoder()
    decoder.activate_search(_grammar(phrases, many))
    decoder.start_utt()
    try:
        samples = np.frombuffer(sound, np.int16)
        decoder.process_raw(frontend.lively(samples).tobytes(), full_utt=True)
    finally:
        decoder.end_utt()
    found = decoder.hyp()
    if found is None:
        return NOTHING
    parts = [
        (part.word, part.start_frame, part.end_frame + 1, math.log(max(part.ascore, 1e-300)))
        for part in decoder.seg()
    ]
    said = [part for part in parts if part[0][0] not in "<[("]
    if not said:
        return NOTHING
    words = tuple(
        Word(
            word.partition("(")[0],
            start / FRAMES,
            end / FRAMES,
            _trust(1000 * fit / (end - start)),
        )
        for word, start, end, fit in said
    )
    fit = 1000 * sum(fit for *_, fit in parts) / sum(end - start for _, start, end, _ in parts)
    return Heard(found.hypstr, words, _trust(fit + NOISY * max(0.0, FAR - _above_noise(samples))))


def _trust(fit: float) -> float:
    """From 0 to 1: how well the sound fits the words."""
    return min(1.0, max(0.0, (fit - LOST) / (SURE - LOST)))


def _above_noise(samples: Samples) -> float:
    """dB between what is loud in a turn and what is heard before it."""
    if len(samples) < 2 * BEFORE:
        return FAR
    power = np.square(samples, dtype=np.float64)
    frame = RATE // 50
    loud = np.percentile(power[: len(power) // frame * frame].reshape(-1, frame).mean(axis=1), 90)
    return float(10 * np.log10((loud + 1) / (power[:BEFORE].mean() + 1)))


@lru_cache(maxsize=1)
def _decoder() -> Any:
    import pocketsphinx  # noqa: PLC0415  an extra, wanted in this process only

    return pocketsphinx.Decoder(lm=None, loglevel="FATAL", bestpath=False)


@lru_cache(maxsize=256)
def _grammar(phrases: tuple[str, ...], many: bool) -> str:
    """The name of a search in the decoder; every word is known, so nothing needs quoting."""
    name = f"turn-{abs(hash((phrases, many)))}"
    said = f"({' | '.join(phrases)}){'+' if many else ''}"
    _decoder().add_jsgf_string(name, f"#JSGF V1.0; grammar turn; public <said> = {said};")
    return name


def dictionary_file() -> Path:
    """Where the words are that PocketSphinx knows. Raises HearingError where it is not installed."""
    found = find_spec("pocketsphinx")
    if found is None or found.origin is None:
        raise HearingError("PocketSphinx is not installed: pip install 'careline[english]'.")
    return Path(found.origin).parent / "model" / "en-us" / "cmudict-en-us.dict"


@lru_cache(maxsize=1)
def _dictionary() -> frozenset[str]:
    lines = dictionary_file().read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(maxsplit=1)[0] for line in lines if line)
