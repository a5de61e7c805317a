"""What a flow asks of the house around it: an agent, the time, a place in the record, and what
only the bank's other systems know or can do."""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ivr.line.commands import Spoken
from ivr.line.line import Line
from routing.skills import Need

if TYPE_CHECKING:
    from speech.intents import Understood


@dataclass(frozen=True, slots=True)
class Stage:
    """What the call asks of an agent once it has waited `after` seconds."""

    after: float
    need: Need


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call asks for in a queue, and how far ahead it is there."""

    stages: tuple[Stage, ...]
    head_start: float


@dataclass(frozen=True, slots=True)
class BackOffer:
    """When a waiting caller is offered to be called back: `after` so many seconds, or when the wait
    they are told of is longer than `over`. `ask` asks them for the number (E.164); None is a no."""

    ask: Callable[[], Coroutine[Any, Any, str | None]]
    after: float | None = None
    over: float | None = None


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """A call that wants an agent of `queue`.

    `stages` begin at 0 seconds and relax with the wait; `head_start` counts as time already waited;
    `say` is heard once while the first phone rings or before the wait. `whisper(language)` is what
    an agent of that language hears about the caller; `announce(prompt, values)` words an
    announcement for the caller, `first_told` seconds after the wait began and `told_every` so often
    after it, with the next of `comfort` halfway between. With `and_then` the call is needed back
    after the talk. The talk is recorded into the file `record`.

    A `preferred` agent at work is waited for up to `patience` seconds. A call that came from
    another queue has `waited` there already, and was `refused_by` agents; one that is picked up again
    may even be talking to one (`talks_to`). With `limits` off it may stay here. `terms(queue)`
    are those of another queue for this call, should a supervisor move it there. `back`
    offers to call them back instead; their language then is `language`. `agent_lost` is heard where
    an agent's phone is gone, and another is looked for.
    """

    queue: str
    stages: tuple[Stage, ...]
    head_start: float
    preferred: str | None
    say: Spoken | None
    and_then: bool
    whisper: Callable[[str], tuple[Spoken, ...]]
    announce: Callable[[str, Mapping[str, Any]], Spoken | None]
    record: Path | None = None
    patience: float = 0.0
    waited: float = 0.0
    limits: bool = True
    refused_by: frozenset[str] = frozenset()
    talks_to: str | None = None
    terms: Callable[[str], Terms] | None = None
    first_told: float = 4.0
    told_every: float = 40.0
    comfort: tuple[Spoken, ...] = ()
    back: BackOffer | None = None
    language: str = ""
    agent_lost: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """The caller talked to `agent`; `over` says that the call ended with the talk."""

    agent: str
    over: bool


@dataclass(frozen=True, slots=True)
class NotServed:
    """No agent: "closed", or "unstaffed" as nobody who could serve is logged in; "full", or "waited"
    too long; or "withdrawn" by a supervisor. `target` is where to go instead. The call `waited` so
    many seconds.
    """

    why: str
    target: str | None = None
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class CalledBack:
    """The caller hangs up now and will be rung back at `number` (E.164) in their turn."""

    number: str
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class PhoneLost:
    """The phone of `agent` is gone in the middle of the talk, and the caller is still there. Since
    the call came into its queue, `waited` seconds have passed."""

    agent: str
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class BackRequest:
    """A caller who did not wait, to be rung back at `number` by an agent of `queue` in their turn."""

    number: str
    language: str
    queue: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Found:
    """A lookup's answer: its fields by name, as plain JSON (text, numbers, lists, mappings)."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """The service works and has nothing under what it was asked for (HTTP 404, 204 or null)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The service could not be asked or did not understand. `why` is a sentence for the operator;
    it holds no argument, no secret and no answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Locked:
    """A secret was keyed wrong too often, by this caller or for what was asked about: it was not
    asked, and a human is to go on."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway has taken it."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """An SMS to the caller's own number (E.164). `key` is the same whenever it is sent again."""

    key: str
    number: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """Work left for somebody after the call: a `topic` a supervisor named, with its `fields`.

    `number` is the caller's (E.164, None when withheld); `key` is the same whenever the ticket is
    sent again.
    """

    key: str
    topic: str
    number: str | None
    name: str
    language: str
    fields: Mapping[str, Any]


class Outside(Protocol):
    """The bank's other systems. `ivr/outside/` is the real one; simulations bring a mock.

    Nothing here raises for a system that is slow, broken or away: that is an outcome, and each
    returns within the time center.yaml allows it.
    """

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed | Locked:
        """Ask the lookup `name` of center.yaml.

        `arguments` are plain values by the names the step gave them (numbers, text, truth values).
        `secret` is what the caller keyed as a secret, when the step passes one on; it must not be
        kept, logged or answered back.
        """

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """Hand an SMS to the gateway."""

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """Hand a ticket to the gateway."""


class CutOff:
    """An `Outside` that cannot be reached: every lookup, SMS and ticket fails, at once."""

    async def look_up(
        self, name: str, arguments: Mapping[str, Any], secret: str | None
    ) -> Found | Missing | Failed:
        """See `Outside`."""
        return Failed(f"nothing outside can be reached, so not the lookup {name}")

    async def send_text(self, message: TextMessage) -> Sent | Failed:
        """See `Outside`."""
        return Failed("nothing outside can be reached, so no SMS gateway")

    async def open_ticket(self, ticket: Ticket) -> Sent | Failed:
        """See `Outside`."""
        return Failed("nothing outside can be reached, so nobody to leave a ticket with")


class Hearing(Protocol):
    """What of callers' speech is understood. `ivr/understanding.py` is the real one."""

    def hears(self, language: str) -> bool:
        """Whether there is a recognizer for a language."""

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """Which of the intents `among` is meant by `text`, or by `others`, its further readings."""


class Deaf:
    """A `Hearing` without any recognizer: callers use keys, and talk to humans."""

    def hears(self, language: str) -> bool:
        """See `Hearing`."""
        return False

    async def understand(
        self, text: str, language: str, others: Sequence[str], among: Collection[str]
    ) -> "Understood":
        """See `Hearing`. Raises LookupError: nothing was heard that could be understood."""
        raise LookupError("there is no recognizer, so nothing to understand")


@dataclass(frozen=True, slots=True)
class Dictated:
    """What was taken down into `file`, if anything: to be kept if it lasts `at_least` seconds.

    `number` is the caller's (E.164, None when withheld), `queue` whom it is for.
    """

    file: Path
    kind: Literal["message", "recording"]
    at_least: float
    number: str | None
    language: str
    queue: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """It is kept under `name` and lasts `seconds`."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TooShort:
    """Nothing was said, or next to nothing; nothing is left of it."""


class Box(Protocol):
    """Where what callers say is kept. `ivr/messages.py` is the real one."""

    def place(self, call_id: str) -> Path | None:
        """A file for the next thing a call takes down; None where there is no room for it."""

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """Keep what is in the file. Returns an outcome whatever goes wrong."""


class Sealed:
    """A `Box` that takes nothing."""

    def place(self, call_id: str) -> Path | None:
        """See `Box`."""
        return None

    async def keep(self, call_id: str, dictated: Dictated) -> Kept | TooShort | Failed:
        """See `Box`."""
        return Failed("there is nowhere to keep it")


class House(Outside, Hearing, Protocol):
    """What stands around a running flow. `ivr.call.house` is the real one."""

    @property
    def call_id(self) -> str:
        """The call's own name, the same in its record."""

    def note(self, kind: str, /, **data: Any) -> None:
        """Write an event into the call's record."""

    def trouble(self, what: str, error: Exception | None = None) -> None:
        """Record a failure that the caller must not feel, and tell the operator."""

    def now(self) -> datetime:
        """The time, aware."""

    def staffed(self, skill: str) -> bool:
        """Whether an agent with the skill is logged in."""

    def message_file(self) -> Path | None:
        """A file for what the caller will say; None where there is no room for it."""

    async def keep_message(self, dictated: Dictated) -> Kept | TooShort | Failed:
        """Keep what the caller said."""

    def consent(self, *, recording: bool) -> None:
        """The caller's talks from now on may, or must not, be recorded."""

    async def serve(self, line: Line, request: ServeRequest) -> Served | NotServed | CalledBack:
        """Wait for an agent and let the caller talk. Raises `CallerHungUp` and `LineError`."""

    async def call_back(self, request: BackRequest) -> bool:
        """Have a caller rung back who did not wait; whether that is kept now."""
