"""Set the stage, let everybody call at the same time, and judge what came of it."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from demo.report import how_to_call, tell
from demo.scenes import AGENTS, CALLERS, SCENES, Scene
from demo.stage import TONES, look_back, play, staff_phone
from ivr.app import App
from ivr.said import ahead
from ivr.store.database import Database
from ivr.switch import install
from tests.rig.engine import OPEN, engine
from tests.rig.rig import Rig, Switches, running_switches

MODELS_LOAD = 20  # seconds for which recognizers are waited for
CHECKOUT = Path(__file__).parent.parent


async def perform(switches: Switches, console: Console, *, keep: bool) -> bool:
    """Play all scenes at once; whether every call came out as it must."""
    async with (
        Rig.over(switches) as rig,
        engine(rig, AGENTS, CALLERS, speech=True) as app,
        asyncio.TaskGroup() as staff,
    ):
        at_phones = [staff.create_task(staff_phone(name, rig)) for name in TONES]
        build_prompts(app, console)
        scenes = await playable(app, console)
        console.print(
            f"The hotline answers; its clock says {OPEN:%A %H:%M} in {OPEN.tzinfo}.\n"
            f"{len(scenes)} callers ring at the same time (about a minute) …"
        )
        legs = await asyncio.gather(*(play(scene, rig) for scene in scenes))
        await asyncio.sleep(1.0)  # until the last record is written
        with Database.open(app.settings.url) as database:
            played = [
                look_back(scene, leg, rig, app, database)
                for scene, leg in zip(scenes, legs, strict=True)
            ]
        good = [tell(console, one) for one in played]
        console.print(f"\n{sum(good)} of {len(good)} calls came out as they must.")
        if keep:
            how_to_call(console, switches)
            await asyncio.Event().wait()
        for task in at_phones:
            task.cancel()
    return all(good)


async def playable(app: App, console: Console) -> list[Scene]:
    """The scenes whose callers can be heard: a language may have no recognizer on this machine."""
    wanted = {scene.says.language for scene in SCENES if scene.says is not None}
    for _ in range(MODELS_LOAD):
        if all(language in app.listening.languages for language in wanted):
            break
        await asyncio.sleep(1.0)
    scenes = []
    for scene in SCENES:
        if scene.says is None or scene.says.language in app.listening.languages:
            scenes.append(scene)
        else:
            console.print(f"Left out, for nothing here hears {scene.says.language}: {scene.title}")
    return scenes


def build_prompts(app: App, console: Console) -> None:
    """Have everything spoken before the first caller rings."""
    prompts = list(ahead(app.hotline))
    with Progress(console=console) as bar:
        task = bar.add_task("prompts", total=len(prompts))
        app.prompts.build(prompts, lambda made: bar.advance(task))


def main() -> int:
    """The demo, from an empty machine to the verdict."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave everything running")
    keep = parser.parse_args().keep
    console = Console()
    asterisk = install.install(CHECKOUT, console.print)
    console.print(f"Asterisk {asterisk.version}: a hotline's and a carrier's switch are started …")
    # Not under the checkout: the path of a switch's Unix socket may be 100 characters long.
    folder = Path(tempfile.mkdtemp(prefix="careline-demo-"))
    try:
        with running_switches(asterisk, folder) as switches:
            return 0 if asyncio.run(perform(switches, console, keep=keep)) else 1
    except KeyboardInterrupt:
        return 0 if keep else 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
