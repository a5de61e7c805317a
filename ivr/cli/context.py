"""What every command needs: the settings, the database, and somewhere to print."""

from rich.console import Console

from ivr.cli.outside import outside
from ivr.errors import BadInput
from ivr.settings import Settings
from ivr.store.database import Database

console = Console()


def settings() -> Settings:
    """The settings in force."""
    return Settings.read()


def say(sentence: str, style: str = "") -> None:
    """Print a sentence as it is: not broken into lines where somebody may want to copy from it."""
    console.print(outside(sentence, style), soft_wrap=True)


def database() -> Database:
    """The hotline's database, opened and up to date; close it or use it in a `with`.

    Raises `BadInput` where there is no hotline.
    """
    chosen = settings()
    require_hotline(chosen)
    return Database.open(chosen.url)


def require_hotline(chosen: Settings) -> None:
    """Raises `BadInput` in a folder of something else, so that no second hotline is begun there.

    A hotline without flows/ has its versions in the database.
    """
    if not (chosen.database_url or (chosen.var / "careline.db").is_file()):
        require_flows(chosen)


def require_flows(chosen: Settings) -> None:
    """Raises `BadInput` where there are no flow files in the home folder."""
    if not (chosen.flows / "center.yaml").is_file():
        raise BadInput(
            f"There is no hotline in {chosen.home}: flows/center.yaml was not found. Go to the "
            "hotline's folder, set CARELINE_HOME to it, or begin one with `careline init`."
        )
