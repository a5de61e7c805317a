"""In which order is a hotline looked at?"""

import shutil
from collections.abc import Iterator

from ivr.doctor import disk, ears, engine, people, secrets, telephony, words
from ivr.doctor.finding import Check, Finding
from ivr.errors import CarelineError
from ivr.refusal import unusable
from ivr.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything a hotline needs. Changes nothing where there is no hotline yet."""
    begun = (
        settings.flows.is_dir() or settings.database_url or (settings.var / "careline.db").is_file()
    )
    for check in CHECKS if begun else NOT_BEGUN:
        try:
            yield from check(settings)
        except CarelineError as error:
            yield Finding("bad", str(error))
        except OSError as error:
            yield Finding("bad", unusable(error))


def programs(_: Settings) -> Iterator[Finding]:
    """The system's programs."""
    for program, purpose in (("espeak-ng", "speaks the prompts"), ("ffmpeg", "converts sound")):
        if shutil.which(program):
            yield Finding("good", f"{program} is installed")
        else:
            what = f"{program}, which {purpose}, is missing"
            yield Finding("bad", what, f"apt-get install {program}")


def nothing(settings: Settings) -> Iterator[Finding]:
    """A folder of something else."""
    what = f"there is no hotline in {settings.home}"
    yield Finding("bad", what, "go to its folder, set CARELINE_HOME, or begin one: careline init")


CHECKS: tuple[Check, ...] = (
    programs,
    words.flows,
    ears.recognizers,
    disk.room,
    secrets.of_other_systems,
    secrets.of_recordings,
    people.database,
    people.agents,
    telephony.switch,
    telephony.link,
    engine.engine,
)
NOT_BEGUN: tuple[Check, ...] = (programs, nothing)
