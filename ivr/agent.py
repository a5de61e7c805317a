"""Who answers: an agent's account, as it is kept between shifts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.errors import BadInput

AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
LEVELS = range(1, 6)


@dataclass(frozen=True, slots=True)
class AgentAccount:
    """An agent as the hotline keeps them.

    `name` is the id and the phone's user ([a-z0-9-], at most 32); `display` is for people;
    `language` is the one the agent is spoken to in (whispers); `skills` are levels 1 to 5 by skill.
    `paused` is the reason of a pause that outlives the engine. Raises BadInput when `name` or a
    level is not of that form.
    """

    name: str
    display: str = ""
    language: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    phone_secret: str = field(default="", repr=False)
    logged_in: bool = False
    paused: str | None = None

    def __post_init__(self) -> None:
        if not AGENT_NAME.fullmatch(self.name):
            raise BadInput(
                f"An agent cannot be named {self.name[:40]!r}; expected small letters, digits and "
                "hyphens, beginning with a letter or digit, at most 32, such as ana or ana-2."
            )
        for skill, level in self.skills.items():
            if level not in LEVELS:
                raise BadInput(
                    f"Agent {self.name} has level {level!r} in {skill}; expected 1 to 5."
                )
