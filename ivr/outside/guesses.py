"""Who has keyed a wrong secret too often, and must be asked by a human?

Counted are lookups that take a secret and find nothing: for the caller, whatever account it was about,
and for the account (all arguments of the lookup together), whoever called. A guess counts from the
moment it is made until its answer says that it was right, or that nobody could say: calls placed at
once get no more guesses than calls one after the other, and hanging up before the answer wins nothing.

Neither secrets nor numbers nor accounts are kept, only hashes under a key that is never written
down. They live as long as the engine: whoever can have it started anew needs no PIN.
"""

import hmac
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.flow.services import Limit

MOST_KEPT = 200_000
"""Callers and accounts; beyond it the one whose first wrong guess is longest ago is forgotten."""


@dataclass(slots=True)
class _Wrong:
    """When the wrong guesses of one caller, or on one account, were; they count for `within` s."""

    within: float
    times: list[float] = field(default_factory=list)


class Guess:
    """A guess under way; wrong unless it is said to be otherwise."""

    def __init__(self, guesses: "Guesses", keys: Sequence[bytes], at: float) -> None:
        self._guesses = guesses
        self._keys = keys
        self._at = at

    def right(self) -> None:
        """It was the secret: the account is as if nobody had guessed; the caller has one guess back,
        and no more, for an account of one's own must not pay for guesses on those of others."""
        self.unanswered()
        self._guesses._forget(self._keys[1])

    def unanswered(self) -> None:
        """Nobody could say whether it was right."""
        for key in self._keys:
            self._guesses._take_back(key, self._at)


class Guesses:
    """The guesses of one engine. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._wrong: OrderedDict[bytes, _Wrong] = OrderedDict()

    def __len__(self) -> int:
        return len(self._wrong)

    def begin(
        self, lookup: str, limit: Limit, caller: str, arguments: Mapping[str, Any]
    ) -> Guess | None:
        """A guess by `caller` on the account of `arguments`; None where there were too many."""
        now = self._clock()
        about = json.dumps(arguments, sort_keys=True, default=str)
        keys = (self._hash("caller", lookup, caller), self._hash("account", lookup, about))
        if any(self._count(key, now) >= limit.most for key in keys):
            return None
        for key in keys:
            self._wrong.setdefault(key, _Wrong(limit.within)).times.append(now)
        while len(self._wrong) > MOST_KEPT:
            self._wrong.popitem(last=False)
        return Guess(self, keys, now)

    def _count(self, key: bytes, now: float) -> int:
        wrong = self._wrong.get(key)
        if wrong is None:
            return 0
        wrong.times = [at for at in wrong.times if now - at < wrong.within]
        if not wrong.times:
            del self._wrong[key]
        return len(wrong.times)

    def _take_back(self, key: bytes, at: float) -> None:
        wrong = self._wrong.get(key)
        if wrong is not None and at in wrong.times:
            wrong.times.remove(at)
            if not wrong.times:
                del self._wrong[key]

    def _forget(self, key: bytes) -> None:
        self._wrong.pop(key, None)

    def _hash(self, *of: str) -> bytes:
        return hmac.digest(self._key, "\0".join(of).encode(errors="surrogatepass"), "sha256")
