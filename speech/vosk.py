"""How does Vosk listen? One model a language, shared by all calls; one recognizer a turn.

The only file that imports vosk. Decoding releases Python's lock and takes up to 0.6 s at a time, so
it happens in a few threads, never on the event loop. Vosk's own end-pointing is not waited for: the
end of a turn is found elsewhere, and the pieces that it cuts a turn into are joined again.

Vosk's partial results lack the last word or two: it looks ahead before it decides. So in a pause the
turn is finished as if it were over, which it mostly is; if the caller speaks on, it is decoded again.
"""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import vosk

from ivr.errors import HearingError
from speech import frontend
from speech.decoys import DECOYS
from speech.noise import Quieter
from speech.pieces import spelled
from speech.priority import yield_to_sound
from speech.recognizer import NOTHING, RATE, Heard, Samples, Word

T = TypeVar("T")

THREADS = 2
"""Decoding is bound by the processor; more threads than cores would only take turns."""
AGAIN = 6 * RATE
"""Samples of a turn up to which it is decoded again when it goes on after a pause; that takes a tenth
of a second. In longer ones partial results must do."""
REJECTED = "[unk]"
"""The word that stands for every other one, in models that have it."""

vosk.SetLogLevel(-1)


class VoskRecognizer:
    """Hears `language` by the model in the folder `model`, which `warm_up` loads."""

    def __init__(
        self, language: str, model: Path, threads: int = THREADS, *, takes_orders: bool = True
    ) -> None:
        self.language = language
        self.dictates = True
        self.takes_orders = takes_orders
        self._folder = model
        self._model: Any = None
        self._loading = threading.Lock()
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix=f"vosk-{language}", initializer=yield_to_sound
        )
        self._known = lru_cache(maxsize=20_000)(self._look_up)

    async def warm_up(self) -> None:
        """Load the model, some seconds for a large one."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._load)

    def begin(
        self, phrases: Sequence[str], *, free: bool = False, many: bool = False
    ) -> "VoskStream":
        """See `speech.recognizer.Recognizer`."""
        # Dictation takes too long to be done twice.
        again = 0 if free else AGAIN
        return VoskStream(self._pool, lambda: self._recognizer(phrases, free, many), again)

    def unsayable(self, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """See `speech.recognizer.Recognizer`."""
        self._load()
        blamed = {phrase: tuple(spelled(phrase, self._known)[1]) for phrase in phrases}
        return {phrase: words for phrase, words in blamed.items() if words}

    def close(self) -> None:
        """Let threads end; the model goes with the last turn that uses it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._model = None

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                if not (self._folder / "am").is_dir() and not any(self._folder.glob("*.mdl")):
                    raise HearingError(
                        f"{self._folder} holds no Vosk model. Install one with "
                        f"`careline models install {self.language}`."
                    )
                try:
                    self._model = vosk.Model(str(self._folder))
                except Exception as error:  # vosk raises nothing more exact
                    raise HearingError(
                        f"The Vosk model in {self._folder} cannot be loaded; "
                        f"`careline models verify` says what is wrong with it."
                    ) from error
            return self._model

    def _look_up(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def _recognizer(self, phrases: Sequence[str], free: bool, many: bool) -> Any:
        model = self._load()
        if free:
            made = vosk.KaldiRecognizer(model, float(frontend.WIDE))
        else:
            # A phrase with a word that cannot be said is still better than none of it.
            said = [" ".join(spelled(phrase, self._known)[0]) for phrase in phrases]
            grammar = [phrase for phrase in dict.fromkeys(said) if phrase]
            if not grammar:
                return None
            if self._known(REJECTED):
                grammar.append(REJECTED)
            if not many:  # several of the phrases may follow each other in any grammar
                grammar += filter(self._known, DECOYS.get(self.language, ()))
            text = json.dumps(grammar, ensure_ascii=False)
            made = vosk.KaldiRecognizer(model, float(frontend.WIDE), text)
        made.SetWords(True)
        return made


class VoskStream:
    """One turn. Its sound is decoded in the order in which it came, one thread at a time; again from
    its beginning, if it goes on after a pause and has no more than `again` samples."""

    def __init__(self, pool: Executor, make: Callable[[], Any], again: int = AGAIN) -> None:
        self._pool = pool
        self._make = make
        self._again = again
        self._recognizer: Any = None
        self._made = False
        self._quieter = Quieter()
        self._waiting: deque[Samples] = deque()
        self._decoded: list[Samples] = []
        self._length = 0
        self._heard: Heard | None = None  # of all that was fed before what is waiting
        self._turn = threading.Lock()
        self._job: asyncio.Future[None] | None = None
        self._words: list[Word] = []
        self._text: list[str] = []
        self._dropped = False

    def feed(self, samples: Samples) -> None:
        """See `speech.recognizer.Stream`."""
        self._waiting.append(samples)
        self._length += len(samples)
        if self._job is None or self._job.done():
            self._job = asyncio.get_running_loop().run_in_executor(self._pool, self._try_to_decode)

    async def partial(self) -> str:
        """See `speech.recognizer.Stream`."""
        if self._length <= self._again:
            return (await self.finish()).text
        return await self._do(self._partial)

    async def finish(self) -> Heard:
        """See `speech.recognizer.Stream`."""
        if self._heard is not None and not self._waiting:
            return self._heard
        return await self._do(self._finish)

    def drop(self) -> None:
        """See `speech.recognizer.Stream`. Dictation that nobody waits for would hold up the others."""
        self._dropped = True

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except HearingError:
            raise
        except Exception as error:  # vosk raises nothing more exact
            raise HearingError(f"Vosk failed while a caller spoke: {error}") from error

    def _try_to_decode(self) -> None:
        """Decode what has come. A failure is raised by whoever asks for words next."""
        try:
            with self._turn:
                self._decode()
        except Exception:
            with self._turn:
                self._made, self._recognizer = False, None

    def _decode(self) -> None:
        if self._heard is not None and self._waiting:  # it was only a pause
            self._heard, self._made = None, False
            self._waiting.extendleft(reversed(self._decoded))
            self._decoded, self._words, self._text = [], [], []
        if not self._made:
            self._recognizer, self._made, self._quieter = self._make(), True, Quieter()
        while self._waiting and not self._dropped:
            samples = self._waiting.popleft()
            if self._length <= self._again:
                self._decoded.append(samples)
            self._accept(self._quieter.hear(samples))

    def _accept(self, samples: Samples) -> None:
        sound = frontend.wide(samples).tobytes()
        if self._recognizer is not None and sound and self._recognizer.AcceptWaveform(sound):
            self._take(json.loads(self._recognizer.Result()))

    def _partial(self) -> str:
        with self._turn:
            self._decode()
            if self._recognizer is None:
                return ""
            latest = json.loads(self._recognizer.PartialResult())["partial"]
            return _without_rejected(" ".join([*self._text, latest]))

    def _finish(self) -> Heard:
        with self._turn:
            self._decode()
            if self._heard is None:
                self._heard = self._whole()
            return self._heard

    def _whole(self) -> Heard:
        if self._recognizer is None or self._dropped:
            return NOTHING
        self._accept(self._quieter.end())
        self._take(json.loads(self._recognizer.FinalResult()))
        self._recognizer = None
        text = _without_rejected(" ".join(self._text))
        words = tuple(word for word in self._words if word.text != REJECTED)
        # What the model rejects counts as heard without any confidence.
        trust = sum(word.confidence for word in words) / len(self._words) if words else 0.0
        return Heard(text, words, trust)

    def _take(self, result: dict[str, Any]) -> None:
        if result.get("text"):
            self._text.append(result["text"])
            self._words += [
                Word(word["word"], word["start"], word["end"], min(1.0, word["conf"]))
                for word in result.get("result", [])
            ]


def _without_rejected(text: str) -> str:
    return " ".join(word for word in text.split() if word != REJECTED)
