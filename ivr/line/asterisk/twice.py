"""How does a key count once that is reported twice?

While a call's sound comes by AudioSocket, the switch reports its keys there, between the sound, and
by AMI. Either may come first, and around the beginning and the end of the connection only one of
them does. So each key counts as often as whoever reports it more often says.
"""

from collections import Counter
from typing import Literal

Reporter = Literal["ami", "socket"]


class ReportedTwice:
    """The keys of one call, from two reporters."""

    def __init__(self) -> None:
        self._ahead: Counter[str] = Counter()  # by how much AMI is ahead; below 0, the socket is

    def begin(self) -> None:
        """Both report from now on."""
        self._ahead.clear()

    def end(self) -> None:
        """AMI alone reports from now on; it may still be behind."""
        self._ahead = Counter({key: ahead for key, ahead in self._ahead.items() if ahead < 0})

    def counts(self, key: str, reporter: Reporter) -> bool:
        """Whether the key was not reported before."""
        step = 1 if reporter == "ami" else -1
        news = self._ahead[key] * step >= 0
        self._ahead[key] += step
        return news
