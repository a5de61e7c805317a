"""Are the secrets here that the hotline needs: those of other systems, and the recordings' key?"""

from collections.abc import Iterator

from ivr.doctor.finding import Finding
from ivr.errors import CarelineError
from ivr.flow.load import load
from ivr.messages import FOLDER as MESSAGES
from ivr.outside.systems import missing_secrets
from ivr.settings import OF_SECRETS, Settings, secret
from recordings.shelf import Shelf
from recordings.vault import Keys


def of_other_systems(settings: Settings) -> Iterator[Finding]:
    """The secrets that center.yaml names. They come from the environment, which may be another's."""
    try:
        center = load(settings.flows).center
    except (CarelineError, OSError):
        return  # another finding says so
    for name in missing_secrets(center, secret):
        what = f"center.yaml names the secret {name}, and {OF_SECRETS}{name} is not set here"
        remedy = "set it where `careline serve` begins; its unit reads /etc/careline.env"
        yield Finding("warning", what, remedy)


def of_recordings(settings: Settings) -> Iterator[Finding]:
    """The key of what was recorded: it is in no backup, and a new one opens nothing old."""
    file = settings.key_file
    if file.is_file():
        keys = Keys.read(file)
        can = "recorded and played" if keys.private else "recorded, and not played: no private key"
        yield Finding("good", f"with {file} talks can be {can}")
        return
    places = (Shelf.under(settings.var).root, settings.var / MESSAGES)
    if any(next(place.rglob("*.age"), None) for place in places if place.is_dir()):
        what = f"there are sealed recordings, and not the key that opens them, {file}"
        remedy = "put your copy of it there, before the engine begins and makes a new one"
        yield Finding("warning", what, remedy)
