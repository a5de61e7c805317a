"""Can callers reach the hotline, and the hotline its agents' phones?"""

import asyncio
from collections.abc import Iterator, Sequence

from ivr.doctor.finding import Finding
from ivr.errors import CarelineError
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.devices import phone
from ivr.line.asterisk.wire import AmiMessage
from ivr.settings import Settings
from ivr.store.database import Database
from ivr.switch import install, instance, process, secrets, wiring
from ivr.switch.wiring import Kept

RESTART = "careline switch stop && careline switch start"


def switch(settings: Settings) -> Iterator[Finding]:
    """The switch, installed, configured and running."""
    kept = wiring.read(settings.home)
    if kept is not None and kept.etc is not None:
        yield Finding("good", f"the switch is the one configured in {kept.etc}")
    else:
        asterisk = install.find(settings.home)
        if asterisk is None:
            what = f"there is no Asterisk of version {install.OLDEST_MAJOR} or newer"
            yield Finding("bad", what, "careline switch install")
            return
        yield Finding("good", f"Asterisk {asterisk.version} is installed")
        if not instance.hotline(settings.home).main_file.is_file():
            remedy = "careline switch configure --carrier ADDRESS"
            yield Finding("bad", "the switch is not configured", remedy)
            return
        if not instance.hotline(settings.home).configured_here():
            what = "the switch's configuration was written for a hotline in another folder"
            yield Finding("bad", what, "careline switch configure")
            return
        if process.status(asterisk, instance.hotline(settings.home)).running:
            yield Finding("good", "the hotline's own switch is running")
        else:
            yield Finding("bad", "the hotline's own switch is not running", "careline switch start")
    if kept is not None:
        yield from _wired(settings, kept)


def _wired(settings: Settings, kept: Kept) -> Iterator[Finding]:
    told = f"{kept.wiring.ami_address}:{kept.wiring.ami_port}"
    if kept.etc is None and told != _ami(settings):
        what = f"the switch is configured for AMI at {told}, and the settings say {_ami(settings)}"
        yield Finding("bad", what, f"careline switch configure && {RESTART}")
    if kept.etc is None and not kept.wiring.carrier:
        remedy = f"careline switch configure --carrier ADDRESS && {RESTART}"
        yield Finding(
            "warning", "no carrier is configured, so nobody can call from outside", remedy
        )


def link(settings: Settings) -> Iterator[Finding]:
    """The engine's way to the switch, and the phones that the switch can reach."""
    kept = wiring.read(settings.home)
    own = kept is None or kept.etc is None
    if own and process.pid(instance.hotline(settings.home)) is None:
        return  # said before
    secret = secrets.engine(settings)
    if secret is None:
        yield Finding("bad", "there is no AMI secret", "careline switch configure")
        return
    ami = Ami(settings.ami_host, settings.ami_port, settings.ami_user, secret)
    try:
        devices = asyncio.run(_devices(ami))
    except CarelineError as error:
        remedy = (
            RESTART
            if own
            else "restart it, with #include careline_manager.conf in its manager.conf"
        )
        yield Finding("bad", f"the engine is not let in at {_ami(settings)}: {error}", remedy)
        return
    yield Finding("good", f"the switch lets the engine in at {_ami(settings)}")
    yield from _phones(settings, devices)


async def _devices(ami: Ami) -> Sequence[AmiMessage]:
    await ami.connect()
    try:
        return await ami.list("DeviceStateList")
    finally:
        await ami.close()


def _phones(settings: Settings, devices: Sequence[AmiMessage]) -> Iterator[Finding]:
    phones = dict(seen for device in devices if (seen := phone(device)) is not None)
    with Database.open(settings.url) as opened:
        at_work = [agent.name for agent in opened.agents.list() if agent.logged_in]
    if silent := [name for name in at_work if not phones.get(name)]:
        what = f"logged in, but with no phone that can be reached: {', '.join(silent)}"
        yield Finding("warning", what, f"careline agents phone {silent[0]}")
    elif at_work:
        yield Finding("good", "the phones of all who are logged in can be reached")


def _ami(settings: Settings) -> str:
    return f"{settings.ami_host}:{settings.ami_port}"
