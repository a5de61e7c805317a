"""Where are the files that are not Python: the switch's templates and the hotline's flows?

In a source checkout they lie in `deploy/` and `flows/` beside the packages; an installed wheel
carries copies of them inside the package (`pyproject.toml`, `force-include`).
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def deploy() -> Path:
    """The folder of the templates the switch's configuration is made from."""
    return _packaged_or_checkout("deploy")


def flows() -> Path:
    """The folder of the flows that come with Careline."""
    return _packaged_or_checkout("flows")


def _packaged_or_checkout(name: str) -> Path:
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
