"""What is installed in production is what was tested: each package by version and hash."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENGINE, EVERYTHING = "requirements.lock", "requirements-all.lock"
_ENTRY = re.compile(r"(?m)^([A-Za-z0-9._-]+)==(\S+)((?:.*\\\n)*.*)")


def locked(file: str) -> dict[str, tuple[str, str]]:
    """The packages of a lock: their versions, and what stands behind each."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return {canonicalize_name(name): (at, rest) for name, at, rest in _ENTRY.findall(text)}


def wanted() -> Iterator[tuple[str, Requirement]]:
    """Every requirement of pyproject.toml, with the lock it must be in."""
    for text in PROJECT["dependencies"]:
        yield ENGINE, Requirement(text)
        yield EVERYTHING, Requirement(text)
    for texts in PROJECT["optional-dependencies"].values():
        for text in texts:
            if (requirement := Requirement(text)).name != PROJECT["name"]:
                yield EVERYTHING, requirement


@pytest.mark.parametrize(("file", "requirement"), list(wanted()), ids=str)
def test_a_dependency_is_locked_at_a_version_that_is_allowed(
    file: str, requirement: Requirement
) -> None:
    packages = locked(file)
    name = canonicalize_name(requirement.name)
    assert name in packages, f"{file} lacks {name}: run `make lock`"
    version, _ = packages[name]
    assert requirement.specifier.contains(version, prereleases=True), f"{name} {version}"


@pytest.mark.parametrize("file", [ENGINE, EVERYTHING])
def test_everything_is_locked_by_hash_and_nothing_says_where_it_is_from(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    packages = locked(file)
    assert len(packages) > 50
    assert all("--hash=sha256:" in rest for _, rest in packages.values())
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    others = [line for line in lines if not re.match(r"[A-Za-z0-9._-]+==|    --hash=sha256:", line)]
    assert others == []
    assert "://" not in text


def test_both_locks_name_the_same_versions() -> None:
    everything = locked(EVERYTHING)
    assert {name: at for name, (at, _) in locked(ENGINE).items()}.items() <= {
        name: at for name, (at, _) in everything.items()
    }.items()
