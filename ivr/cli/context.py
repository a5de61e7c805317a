"""What every command needs: the settings, the database, and somewhere to print."""

from rich.console import Console

from ivr.errors import BadInput
from ivr.settings import Settings
from ivr.store.database import Database

console = Console()


def settings() -> Settings:
    """The settings in force."""
    return Settings.read()


def database() -> Database:
    """The hotline's database, opened and up to date; close it or use it in a `with`."""
    chosen = settings()
    if chosen.database_url is None:
        chosen.var.mkdir(parents=True, exist_ok=True)
    return Database.open(chosen.url)


def require_flows(chosen: Settings) -> None:
    """Raises `BadInput` where there is no hotline in the home folder."""
    if not (chosen.flows / "center.yaml").is_file():
        raise BadInput(
            f"there is no hotline in {chosen.flows}: center.yaml was not found; go to its folder, "
            "set CARELINE_HOME, or begin one with `careline init`"
        )
