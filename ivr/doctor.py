"""What is missing before this hotline can answer, and how is it mended?"""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.errors import CarelineError
from ivr.flow.files import FlowFiles
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.line.asterisk.ami import Ami
from ivr.prompts import PromptStore, Status
from ivr.said import ahead, fixed
from ivr.settings import Settings
from ivr.store.database import Database
from ivr.switch import install, instance, process, secrets
from speech.voice import Espeak

Grade = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do unless it is good."""

    grade: Grade
    what: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything a hotline needs, in the order in which an admin sets it up."""
    for check in CHECKS:
        try:
            yield from check(settings)
        except CarelineError as error:
            yield Finding("bad", f"{check.__name__.strip('_')}: {error}", "see the sentence itself")


def _programs(_: Settings) -> Iterator[Finding]:
    for program, purpose in (("espeak-ng", "speaks the prompts"), ("ffmpeg", "converts sound")):
        if shutil.which(program):
            yield Finding("good", f"{program} is installed")
        else:
            yield Finding(
                "bad", f"{program}, which {purpose}, is missing", f"apt-get install {program}"
            )


def _flows(settings: Settings) -> Iterator[Finding]:
    try:
        hotline = load(settings.flows)
    except BrokenFlow as broken:
        count = len(broken.problems)
        yield Finding("bad", f"the flow files have {count} problem(s)", "careline check")
        return
    yield Finding("good", f"{len(hotline.flows)} flows are sound")
    yield from _prompts(settings, hotline)


def _prompts(settings: Settings, hotline: Hotline) -> Iterator[Finding]:
    store = PromptStore(settings.var / "prompts", Espeak(), settings.flows / "audio")
    missing = sum(store.status(spoken) is Status.MISSING for spoken in ahead(hotline))
    if missing:
        what = f"{missing} prompts have no audio yet; each is built when first said"
        yield Finding("warning", what, "careline prompts build")
    else:
        yield Finding("good", "every prompt has its audio")
    machine = {spoken.language for spoken in fixed(hotline) if store.recording(spoken) is None} & {
        "zh",
        "ko",
    }
    for language in sorted(machine):
        what = f"prompts in {language} are spoken by espeak-ng, which is hard to understand there"
        yield Finding("warning", what, f"record them into flows/audio/{language}/<prompt>.wav")


def _database(settings: Settings) -> Iterator[Finding]:
    settings.var.mkdir(parents=True, exist_ok=True)
    with Database.open(settings.url) as database:
        agents = database.agents.list()
        live = database.versions.live()
    yield Finding("good", "the database can be used")
    if live is None:
        yield Finding("good", "no version of the flows is published yet; the first start does it")
    elif FlowFiles.read(settings.flows).hash == live.hash:
        yield Finding("good", f"version {live.number} of the flows is live, as it is in flows/")
    else:
        what = f"version {live.number} of the flows is live, and flows/ differs from it"
        yield Finding("warning", what, "careline diff, then careline publish")
    if not agents:
        yield Finding("bad", "there are no agents", "careline agents add NAME --skill zh=5")
    elif not any(agent.logged_in for agent in agents):
        yield Finding(
            "warning", "no agent is logged in", "*45 on a phone, or careline agents ready"
        )
    else:
        yield Finding("good", f"{sum(agent.logged_in for agent in agents)} agents are logged in")


def _switch(settings: Settings) -> Iterator[Finding]:
    asterisk = install.find(settings.home)
    if asterisk is None:
        yield Finding(
            "bad", "there is no Asterisk of version 20 or newer", "careline switch install"
        )
        return
    yield Finding("good", f"Asterisk {asterisk.version} is installed")
    status = process.status(asterisk, instance.hotline(settings.home))
    if not status.running:
        remedy = "careline switch configure, then careline switch start"
        yield Finding("warning", "the hotline's own switch is not running", remedy)
    else:
        yield Finding("good", f"the switch runs with {status.calls or 0} calls")


def _link(settings: Settings) -> Iterator[Finding]:
    secret = ami_secret(settings)
    where = f"{settings.ami_host}:{settings.ami_port}"
    if secret is None:
        yield Finding("bad", "there is no AMI secret", "careline switch configure")
        return

    async def knock() -> None:
        ami = Ami(settings.ami_host, settings.ami_port, settings.ami_user, secret)
        await ami.connect()
        await ami.close()

    try:
        asyncio.run(knock())
    except CarelineError as error:
        yield Finding("bad", f"no login over AMI at {where}: {error}", "careline switch start")
    else:
        yield Finding("good", f"the switch lets the engine in at {where}")


def ami_secret(settings: Settings) -> str | None:
    """The engine's AMI secret: from the settings, else the one made for our own switch."""
    if settings.ami_secret is not None:
        return settings.ami_secret.get_secret_value()
    return secrets.read(settings.home).get(secrets.ENGINE)


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _programs,
    _flows,
    _database,
    _switch,
    _link,
)
