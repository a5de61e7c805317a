"""A call while a flow runs it: what a step may ask, say, keep and know."""

from collections.abc import Mapping
from typing import Any

from babel import Locale, UnknownLocaleError

from ivr.caller import Caller
from ivr.flow.center import NeedSpec
from ivr.flow.expression import Expression, Unknown, Value
from ivr.flow.hotline import Hotline
from ivr.flow.serving import House, NotServed, Served, ServeRequest, Stage
from ivr.line.commands import (
    ALL_KEYS,
    HUMAN_KEY,
    Connect,
    Hangup,
    Joined,
    Keyed,
    Listen,
    NotJoined,
    OutsideNumber,
    Play,
    Played,
    Silence,
    Spoken,
    Talk,
)
from ivr.line.line import Line


class HumanWanted(Exception):
    """The caller asks for a human; the engine answers it from whatever step."""


class Conversation:
    """One call under way. Steps talk to the caller and to the house only through this.

    `variables` hold what was keyed and set, as text, numbers or truth values. Secrets are kept
    apart, where neither expressions nor prompts nor the record can reach them.
    """

    def __init__(self, line: Line, hotline: Hotline, caller: Caller, house: House) -> None:
        self.line = line
        self.hotline = hotline
        self.caller = caller
        self.house = house
        self.language = caller.language
        self.variables: dict[str, Value] = {}
        self._secrets: dict[str, str] = {}
        self._typed = ""  # a key that cut a prompt short and belongs to the next entry
        self.functions = {
            "staffed": house.staffed,
            "open": self.is_open,
            "digits": lambda text: " ".join(str(text)),
            "language_name": lambda code: language_name(code, self.language),
        }

    @property
    def elderly(self) -> bool:
        """Whether the caller is known to have reached the hotline's elder age."""
        return (
            self.caller.age is not None and self.caller.age >= self.hotline.center.center.elder_age
        )

    # -- knowing -------------------------------------------------------------------------------

    def values(self) -> dict[str, Value]:
        """What expressions can read. What is not known of a caller is absent, not empty."""
        caller = self.caller
        about: dict[str, Value] = {
            "language": self.language,
            "language_guessed": caller.language_guessed,
            "known": caller.known,
            "name": caller.name,
            "tier": caller.tier,
            "elderly": self.elderly,
            "withheld": caller.number is None,
        }
        if caller.age is not None:
            about["age"] = caller.age
        if caller.country is not None:
            about["country"] = caller.country
        elder_age = self.hotline.center.center.elder_age
        return {**self.variables, "caller": about, "center": {"elder_age": elder_age}}

    def holds(self, condition: Expression) -> bool:
        """Whether a condition holds now."""
        return condition.holds(self.values(), self.functions)

    def assign(self, name: str, expression: Expression) -> None:
        """Give a variable an expression's value; one without a value is noted and left out."""
        try:
            self.variables[name] = expression.value(self.values(), self.functions)
        except Unknown as error:
            self.house.trouble(f"{name} was not set: {error}")
        else:
            self.note("set", name=name, value=self.variables[name])

    def keep(self, name: str, keys: str, *, secret: bool) -> None:
        """Keep what the caller keyed."""
        (self._secrets if secret else self.variables)[name] = keys

    def is_open(self, hours: str) -> bool:
        """Whether the named hours are open now."""
        return self.hotline.center.is_open(hours, self.house.now())

    def note(self, kind: str, /, **data: Any) -> None:
        """Write into the call's record."""
        self.house.note(kind, **data)

    # -- talking -------------------------------------------------------------------------------

    def word(self, name: str, extra: Mapping[str, Value] | None = None) -> Spoken | None:
        """The prompt `name` in the caller's language; a prompt that is nowhere is noted."""
        extra = extra or {}
        spoken = self.hotline.wording.spoken(
            name,
            self.language,
            {**self.values(), **extra},
            self.functions,
            slow=self.elderly,
            public=extra.keys(),
        )
        if spoken is None:
            self.house.trouble(f'the prompt "{name}" has no text in any language')
        return spoken

    async def say(self, *names: str, interrupt: bool = True) -> None:
        """Say prompts in a row. Raises `HumanWanted` at the human key."""
        spoken = tuple(s for name in names if (s := self.word(name)) is not None)
        if not spoken or self._typed:
            return  # somebody who types ahead has heard it before
        for one in spoken:
            self.note("said", prompt=one.name or ", ".join(names), language=one.language)
        outcome = await self.line.perform(Play(spoken, ALL_KEYS if interrupt else ""))
        assert isinstance(outcome, Played)
        if outcome.stopped_by == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        self._typed = outcome.stopped_by or ""

    async def listen(
        self,
        prompt: str,
        *,
        most: int,
        patience: float,
        between: float = 3.0,
        end_key: str = "#",
        secret: bool = False,
    ) -> Keyed | Silence:
        """Say a prompt and take keys. Raises `HumanWanted` when the human key comes alone."""
        spoken = self.word(prompt)
        self.note("said", prompt=prompt, language=spoken.language if spoken else self.language)
        typed, self._typed = self._typed, ""
        outcome = await self.line.perform(
            Listen(
                (spoken,) if spoken is not None else (),
                most=most,
                patience=patience * (1.5 if self.elderly else 1.0),
                between=between * (1.5 if self.elderly else 1.0),
                end_key=end_key,
                secret=secret,
                typed=typed,
            )
        )
        if isinstance(outcome, Silence):
            self.note("silence")
            return outcome
        assert isinstance(outcome, Keyed)
        if outcome.keys == HUMAN_KEY:
            self.note("heard", keys=HUMAN_KEY)
            raise HumanWanted
        if secret:
            self.note("heard", secret=True, count=len(outcome.keys))
        else:
            self.note("heard", keys=outcome.keys)
        return outcome

    def speak(self, language: str) -> None:
        """Go on in another language."""
        self.language = language
        self.note("language", language=language)

    async def hang_up(self) -> None:
        """End the call."""
        await self.line.perform(Hangup())

    # -- reaching people -----------------------------------------------------------------------

    async def serve(
        self,
        queue: str,
        need: NeedSpec | None = None,
        priority: float = 0.0,
        *,
        say: str | None = None,
        and_then: bool = False,
    ) -> Served | NotServed:
        """Put the caller through to an agent of `queue`."""
        spec = self.hotline.center.queues[queue]
        if spec.hours is not None and not self.is_open(spec.hours):
            self.note("closed", queue=queue, hours=spec.hours)
            return NotServed("closed", spec.closed)
        extra = self._levels(need)
        stages = [Stage(0.0, {**self._levels(spec.need), **extra})]
        stages += [Stage(r.after, {**self._levels(r.need), **extra}) for r in spec.relax]
        profile = self.caller.profile
        result = await self.house.serve(
            self.line,
            ServeRequest(
                queue=queue,
                stages=tuple(stages),
                head_start=spec.priority + priority,
                preferred=profile.preferred_agent if profile is not None else None,
                say=self.word(say) if say is not None else None,
                and_then=and_then,
                whisper=self.whisper,
                announce=self.word,
            ),
        )
        if isinstance(result, NotServed):
            self.note("unstaffed", queue=queue)
            return NotServed(result.why, spec.unstaffed)
        return result

    async def transfer(self, name: str, ring: float, *, and_then: bool) -> bool:
        """Ring a number center.yaml allows; whether somebody there talked to the caller."""
        number = self.hotline.center.numbers[name]
        self.note("transfer", to=name)
        connected = await self.line.perform(
            Connect(OutsideNumber(number), ring=ring, and_then=and_then)
        )
        if isinstance(connected, NotJoined):
            self.note("not_joined", to=name, cause=connected.cause)
            return False
        assert isinstance(connected, Joined)
        self.note("joined", to=name)
        await self.line.perform(Talk())
        self.note("talk_over", by="other side")
        return True

    def whisper(self, language: str) -> tuple[Spoken, ...]:
        """What an agent who speaks `language` hears about this caller."""
        values = self.values()
        functions = {**self.functions, "language_name": lambda code: language_name(code, language)}
        spoken = (
            self.hotline.wording.spoken(whisper.say, language, values, functions)
            for whisper in self.hotline.center.whisper
            if whisper.when.holds(values, functions)
        )
        return tuple(one for one in spoken if one is not None)

    def _levels(self, need: NeedSpec | None) -> dict[str, int]:
        if need is None:
            return {}
        levels = dict(need.skills)
        if need.language is not None:
            try:
                levels[str(need.language.value(self.values(), self.functions))] = 1
            except Unknown as error:
                self.house.trouble(f"the language of the need is not known: {error}")
        return levels


def language_name(code: str, language: str) -> str:
    """The name of a language in another, such as ("ru", "en") → Russian (CLDR, through Babel)."""
    try:
        return str(Locale(language).languages.get(code, code))
    except UnknownLocaleError:
        return code
