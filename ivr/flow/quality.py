"""What must be said in a talk, and what not? quality.yaml: rules that every recording is judged by."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.flow.fields import Model, Name, Names, Percent, Seconds, wrong
from recordings.checks import Kind, Limits, Rule, letters
from recordings.transcript import Speaker

FILE = "quality.yaml"
LONGEST_PHRASE = 200  # characters
KINDS: tuple[Kind, ...] = ("must_say", "must_not_say", "tone")
_OF_LIMITS = ("agent_first", "longest_silence", "talk_over", "longest_hold")


def _phrases(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        raise wrong("languages with phrases, such as {en: [good morning, good evening]},", value)
    return {language: _list(given, language) for language, given in value.items()}


def _list(given: Any, language: str) -> tuple[str, ...]:
    phrases = given if isinstance(given, list) else [given]
    if not phrases:
        raise wrong("a phrase, or a list of them,", given, (language,))
    for index, phrase in enumerate(phrases):
        at = (language, index) if isinstance(given, list) else (language,)
        if not isinstance(phrase, str) or not letters(phrase):
            raise wrong("a phrase as it is said", phrase, at)
        if len(phrase) > LONGEST_PHRASE:
            raise wrong(f"a phrase of at most {LONGEST_PHRASE} characters", phrase, at)
    return tuple(" ".join(phrase.split()) for phrase in phrases)


def _side(value: Any) -> Any:
    if value not in ("agent", "caller"):
        raise wrong("agent or caller", value)
    return value


def _no(message: str, at: str) -> PydanticCustomError:
    return PydanticCustomError("field", "{message}", {"message": message, "at": (at,)})


Phrases = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_phrases)]


class QualityRule(Model):
    """A rule of one kind: phrases that `must_say` lists must be said, one of them at least; those of
    `must_not_say` never; those of `tone` tell how a talk went.

    Phrases are by language and found as they stand or nearly so, whatever the case, the width and
    the blanks; a talk in a language without any is not judged. `by` is whose words count: the
    agent's, or, for `tone`, the caller's. `within` is how soon after that side's first word
    something must be said. Only talks of these `queues` are judged, or of all.
    """

    must_say: Phrases | None = None
    must_not_say: Phrases | None = None
    tone: Phrases | None = None
    by: Annotated[Literal["agent", "caller"], BeforeValidator(_side)] | None = None
    within: Seconds | None = None
    queues: Names = ()

    @model_validator(mode="after")
    def _one_kind(self) -> "QualityRule":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            found = " and ".join(given)
            raise wrong("one of must_say:, must_not_say: and tone:", found or None)
        if self.within is not None and self.must_say is None:
            raise _no(
                '"within" says how soon something must be said; without must_say:, remove it',
                "within",
            )
        return self

    @property
    def kind(self) -> Kind:
        """Which of the kinds it is of."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def phrases(self) -> Mapping[str, tuple[str, ...]]:
        """What is listened for, by language."""
        return self.must_say or self.must_not_say or self.tone or {}

    @property
    def speaker(self) -> Speaker:
        """Whose words count."""
        return self.by or ("caller" if self.kind == "tone" else "agent")


class QualityLimits(Model):
    """What talks are measured against; what is left out is not judged.

    `agent_first` is how soon the agent must speak, `longest_silence` how long nobody may, `talk_over`
    the share of the time in which both may speak at once, and `longest_hold` how long a caller may
    be on hold at a stretch.
    """

    agent_first: Seconds | None = None
    longest_silence: Seconds | None = None
    talk_over: Percent | None = None
    longest_hold: Seconds | None = None


def _named(rules: dict[str, QualityRule]) -> dict[str, QualityRule]:
    for name in rules:
        if name in _OF_LIMITS:
            raise _no(f'"{name}" is already the name of a limit; call the rule otherwise', name)
    return rules


class QualityFile(Model):
    """The whole of quality.yaml. A recording's findings are called by the names of the `rules` and
    `limits` they break."""

    rules: Annotated[dict[Name, QualityRule], AfterValidator(_named)] = Field(default={})
    limits: QualityLimits = QualityLimits()

    def judged_by(self) -> tuple[list[Rule], Limits]:
        """The rules and limits as recordings are judged by them."""
        rules = [
            Rule(name, rule.kind, rule.speaker, rule.phrases, rule.within, rule.queues)
            for name, rule in self.rules.items()
        ]
        limits, share = self.limits, self.limits.talk_over
        over = None if share is None else share / 100
        return rules, Limits(limits.agent_first, limits.longest_silence, over, limits.longest_hold)
