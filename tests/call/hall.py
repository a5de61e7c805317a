"""The hotline we ship, or one of a test's own, tried in virtual time with a few words."""

import functools
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.agent import AgentAccount
from ivr.caller import Profile, parse_number
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.line.far_end import FarEnd, Phone
from ivr.line.line import Line
from ivr.resources import flows
from ivr.trial import hall
from ivr.trial.hall import Trial

# A Wednesday that is no holiday, at ten in the morning in Shanghai.
WEDNESDAY_10 = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@functools.cache
def _shipped() -> Hotline:
    return load(flows())


def heard(trial: Trial) -> list[str]:
    """What the caller heard: prompts' names, or the words of what was made at run time."""
    return [one.spoken.name or one.spoken.text for one in trial.line.heard]


class Hall(hall.Hall):
    """A hall whose agents are given as skills and a phone, and callers by what matters of them."""

    def __init__(
        self,
        agents: Mapping[str, tuple[Mapping[str, int], Phone]],
        *,
        at: datetime = WEDNESDAY_10,
        folder: Path | None = None,
        outside: Mapping[str, Phone] | None = None,
    ) -> None:
        accounts = [
            (AgentAccount(name, name, "zh", skills, logged_in=True), phone)
            for name, (skills, phone) in agents.items()
        ]
        hotline = load(folder) if folder else _shipped()
        super().__init__(hotline, accounts, at=at, numbers=outside)

    async def ring(
        self,
        number: str = "13800138000",
        far_end: FarEnd | None = None,
        *,
        birth: date | None = None,
        languages: tuple[str, ...] = (),
        tier: str = "",
        line: Line | None = None,
    ) -> Trial:
        """Place a call and follow it to its end. A birth date or languages make the caller known."""
        calling = parse_number(number, self.hotline.center.center.country).number
        profile = None
        if (birth or languages or tier) and calling:
            profile = Profile(calling, "王芳", birth, languages, tier)
        return await self.call(number, far_end, profile=profile, line=line)
