"""What would Asterisk's app_queue have made of the same callers? A model of how its callers look.

Each waiting caller is a thread that looks by itself whether it is its turn, and then rings agents.
A caller who is not first looks once a second. With `autofill` off (the default of a queue made
from nothing but its name) only the first caller may ring agents; with `autofill` on as many may as
there are agents not in use. With `ringinuse` on (the default) a busy agent counts as one to ring:
the first caller rings in vain, and looks again `retry` seconds later. There are no skills: each
kind of call is a queue of its own with the agents who serve it as members, and who takes a freed
agent is whoever looks first. Priority (QUEUE_PRIO) is strict, within a queue. Strategy, music and
announcements take no time here, which is in its favour.

Source: app_queue.c of Asterisk 22 (is_our_turn, wait_our_turn, try_calling) and its sample
queues.conf.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from ivr.replay.agenda import Agenda, Due, Outcome
from ivr.replay.clock import Lasts
from ivr.replay.rules import asks
from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts

LOOK = 1.0
"""Seconds between two looks of a caller at whether it is their turn (RECHECK)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of queues.conf: `retry` in seconds, and a caller's QUEUE_PRIO."""

    name: str
    autofill: bool
    ringinuse: bool
    retry: float = 5.0
    priority: Callable[[Caller], int] = lambda _: 0


DEFAULTS = Settings("app_queue, its defaults", autofill=False, ringinuse=True)
BEST = Settings("app_queue, autofill on, ringinuse off", autofill=True, ringinuse=False, retry=1.0)


_Place = tuple[int, float, str]


@dataclass(slots=True)
class _Thread:
    """A caller in a queue: the next look, when one is due, and when it first tried as the head."""

    caller: Caller
    place: _Place
    tried: float | None = None
    look: float | None = None


class AppQueue:
    """One scene through app_queue. `play` may be called once."""

    def __init__(self, settings: Settings, shifts: Shifts, lasts: Lasts) -> None:
        self._settings, self._shifts, self._lasts = settings, shifts, lasts
        self._agenda: Agenda
        self._queues: dict[str, list[_Place]] = defaultdict(list)
        self._threads: dict[str, _Thread] = {}
        self._kinds: dict[str, frozenset[str]] = {}
        self._idle: dict[str, float] = {}  # free agents, since when
        self._outcomes: dict[str, Outcome] = {}

    def play(self, scene: Sequence[Caller]) -> tuple[Outcome, ...]:
        """Everything that becomes of the callers, in their order."""
        agenda = self._agenda = Agenda(scene, self._shifts)
        while agenda:
            self._happen(*agenda.pop())
        return tuple(self._outcomes[caller.call] for caller in scene)

    def _happen(self, at: float, what: Due, about: object) -> None:
        match what, about:
            case Due.ARRIVES, (str(name), frozenset() as kinds):
                known = name in self._kinds
                self._kinds[name] = kinds
                if not known:
                    self._free(name, at)
                self._wake(kinds, at)
            case Due.TALK_OVER, str(name):  # and the switching after it
                if not self._agenda.talk_over(name, at):
                    self._free(name, at)
            case Due.BACK, str(name):
                if self._agenda.back(name, at):
                    self._free(name, at)
            case Due.BREAK, Break() as one:
                if self._agenda.breaks(one, at):
                    self._idle.pop(one.agent, None)
            case Due.CALLS, Caller() as caller:
                self._enter(caller, at)
            case Due.LOOKS, str(call):
                self._look(call, at)
            case Due.GIVES_UP, str(call) if call in self._threads:
                self._leave(call, at)
            case Due.GOES_HOME, str(name):
                self._kinds.pop(name, None)
                self._idle.pop(name, None)

    # Agents

    def _free(self, name: str, at: float) -> None:
        if name in self._kinds:
            self._idle[name] = at
            self._wake(self._kinds[name], at)

    # Callers

    def _enter(self, caller: Caller, at: float) -> None:
        thread = _Thread(caller, (-self._settings.priority(caller), caller.since, caller.call))
        self._threads[caller.call] = thread
        insort(self._queues[asks(caller)], thread.place)
        self._agenda.calls(caller, at)
        thread.look = at
        self._agenda.plan(at, Due.LOOKS, caller.call)

    def _leave(self, call: str, at: float) -> None:
        thread = self._threads[call]
        self._outcomes[call] = Outcome(thread.caller, at - thread.caller.since, None)
        self._gone(thread, at)

    def _gone(self, thread: _Thread, at: float) -> None:
        kind = asks(thread.caller)
        del self._threads[thread.caller.call]
        self._agenda.leaves(thread.caller.call)
        self._queues[kind].remove(thread.place)
        self._wake((kind,), at)

    def _look(self, call: str, at: float) -> None:
        thread = self._threads.get(call)
        if thread is None or thread.look != at:
            return
        thread.look = None
        kind = asks(thread.caller)
        rank = self._queues[kind].index(thread.place)
        able = [name for name in self._idle if kind in self._kinds[name]]
        if not self._settings.autofill and rank == 0:
            thread.tried = at if thread.tried is None else thread.tried
        if rank >= (len(able) if self._settings.autofill else 1) or not able:
            return
        agent = min(able, key=lambda name: (self._idle[name], name))
        del self._idle[agent]
        self._outcomes[call] = Outcome(thread.caller, at - thread.caller.since, agent)
        lasts = self._lasts(thread.caller, agent) + self._shifts.switching
        self._agenda.talks(agent, at + lasts)
        self._gone(thread, at)

    def _wake(self, kinds: Iterable[str], at: float) -> None:
        """Plan the next look of those whose turn it may be: the others' looks change nothing.

        Of looks at the same moment that of the caller who came first is first.
        """
        for kind in sorted(kinds, key=lambda kind: self._queues[kind][:1]):
            able = sum(kind in self._kinds[name] for name in self._idle)
            turns = able if self._settings.autofill else 1
            for place in self._queues[kind][:turns]:
                thread = self._threads[place[-1]]
                if thread.look is None:
                    thread.look = self._next_look(thread, at)
                    self._agenda.plan(thread.look, Due.LOOKS, place[-1])

    def _next_look(self, thread: _Thread, at: float) -> float:
        """The first moment from `at` on that is on the caller's own beat.

        Who is first and found agents in use rings again every `retry` seconds from then on; with
        `ringinuse` off it is not the turn of the first either, and each second is a look.
        """
        first = thread.tried is not None and self._settings.ringinuse
        start, beat = thread.caller.since, LOOK
        if first and thread.tried is not None:
            start, beat = thread.tried, self._settings.retry
        return start + beat * max(1, ceil((at - start) / beat - 1e-9))
