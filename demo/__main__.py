"""Set the stage, let everybody call at the same time, and judge what came of it."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from demo.report import how_to_call, tell
from demo.scenes import AGENTS, CALLERS, SCENES
from demo.stage import TONES, look_back, play
from ivr.store.database import Database
from ivr.switch import install
from tests.rig.engine import OPEN, engine
from tests.rig.phone import Answers
from tests.rig.rig import Rig, Switches, running_switches

CHECKOUT = Path(__file__).parent.parent


async def perform(switches: Switches, console: Console, *, keep: bool) -> bool:
    """Play all scenes at once; whether every call came out as it must."""
    async with Rig.over(switches) as rig:
        for agent, tone in TONES.items():
            behaviour = Answers(after=5.0, talks_for=1.0, tone=tone, tone_for=4.0)
            rig.carrier.phone(agent).behaviour = behaviour
        async with engine(rig, AGENTS, CALLERS) as app:
            console.print(
                f"The hotline answers; its clock says {OPEN:%A %H:%M} in {OPEN.tzinfo}.\n"
                f"{len(SCENES)} callers ring at the same time (about a minute) …"
            )
            legs = await asyncio.gather(*(play(scene, rig) for scene in SCENES))
            await asyncio.sleep(1.0)  # until the last record is written
            with Database.open(app.settings.url) as database:
                played = [
                    look_back(scene, leg, rig, app, database)
                    for scene, leg in zip(SCENES, legs, strict=True)
                ]
            good = [tell(console, one) for one in played]
            console.print(f"\n{sum(good)} of {len(good)} calls came out as they must.")
            if keep:
                how_to_call(console, switches)
                await asyncio.Event().wait()
    return all(good)


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
