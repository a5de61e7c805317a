"""What can an agent do, and what does a call ask of one?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

LOWEST, HIGHEST = 1, 5


def _levels(owner: str, skills: Mapping[str, int]) -> dict[str, int]:
    """A private copy of `skills`, in order of name; ValueError for a level outside 1 to 5."""
    for skill, level in skills.items():
        if not LOWEST <= level <= HIGHEST:
            raise ValueError(
                f"{owner}: the level of {skill} is {level}; give one from {LOWEST} to {HIGHEST}."
            )
    return dict(sorted(skills.items()))


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent and what they can do: skill → level, 1 (a little) to 5 (expert).

    ValueError for a level outside that range.
    """

    name: str
    skills: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "skills", _levels(f"Agent {self.name}", self.skills))


@dataclass(frozen=True, slots=True)
class Need:
    """What an agent must be able to do, and what would be good; an empty need is anybody.

    `skills` are all required: skill → least level. Of each group in `any_of` at least one need must
    be met, of `none_of` no need may be. `prefer` never keeps anybody away: of those who may take
    the call, who has more of these skills at these levels comes first. Languages and dialects are
    skills. ValueError for a level outside 1 to 5, and for a group of no needs, which nobody meets.
    """

    skills: Mapping[str, int] = field(default_factory=dict)
    any_of: tuple[tuple["Need", ...], ...] = ()
    none_of: tuple["Need", ...] = ()
    prefer: Mapping[str, int] = field(default_factory=dict)
    named: frozenset[str] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not all(self.any_of):
            raise ValueError("A need asks for one of no needs at all, which nobody can meet.")
        skills, prefer = _levels("A need", self.skills), _levels("A need", self.prefer)
        within = chain.from_iterable(need.named for group in self.any_of for need in group)
        for name, value in {
            "skills": skills,
            "prefer": prefer,
            # The skills a call has some use for: none_of names those it has not.
            "named": frozenset(chain(skills, prefer, within)),
            # Needs are looked up at every event, so their hash is worked out once.
            "_hash": hash(
                (tuple(skills.items()), self.any_of, self.none_of, tuple(prefer.items()))
            ),
        }.items():
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        parts = [f"{skill} {level}" for skill, level in self.skills.items()]
        parts += [" or ".join(_grouped(need) for need in group) for group in self.any_of]
        parts += [f"not {_grouped(need)}" for need in self.none_of]
        said = ", ".join(parts) or "anybody"
        if not self.prefer:
            return said
        return f"{said}, if possible " + ", ".join(f"{s} {n}" for s, n in self.prefer.items())

    def met_by(self, agent: Agent) -> bool:
        """Whether `agent` may take the call."""
        has = agent.skills.get
        for skill, level in self.skills.items():
            if has(skill, 0) < level:
                return False
        return all(any(need.met_by(agent) for need in group) for group in self.any_of) and not any(
            need.met_by(agent) for need in self.none_of
        )

    def preferences_met(self, agent: Agent) -> int:
        """How many of the preferred skills `agent` has at their level."""
        return sum(agent.skills.get(skill, 0) >= level for skill, level in self.prefer.items())

    def shortfall(self, agent: Agent) -> str:
        """What `agent` lacks, for a sentence: "ja 3 is needed, has 1; en 2 is needed, has none"."""
        return "; ".join(self._lacking(agent))

    def and_also(self, more: "Need") -> "Need":
        """This need and `more` together; where both give a level for a skill, that of `more`."""
        return Need(
            {**self.skills, **more.skills},
            self.any_of + more.any_of,
            self.none_of + more.none_of,
            {**self.prefer, **more.prefer},
        )

    def _lacking(self, agent: Agent) -> Iterator[str]:
        for skill, level in self.skills.items():
            if agent.skills.get(skill, 0) < level:
                yield f"{skill} {level} is needed, has {agent.skills.get(skill, 'none')}"
        for group in self.any_of:
            if not any(need.met_by(agent) for need in group):
                yield " or ".join(_grouped(need) for need in group) + " is needed, has neither"
        for need in self.none_of:
            if need.met_by(agent):
                yield f"{_grouped(need)} is not wanted"


def _grouped(need: Need) -> str:
    said = str(need)
    return f"({said})" if "," in said or " or " in said else said


ANYBODY = Need()
