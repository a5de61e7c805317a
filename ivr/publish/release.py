"""What has to be true before files become the live version, and what is kept when they do?

Whatever is checked, tried and stored is one snapshot of the folder, read once: what somebody saves
meanwhile is part of the next version.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from ivr.errors import BadInput, StoreError
from ivr.flow.files import FlowFiles
from ivr.flow.hotline import Hotline
from ivr.flow.inspection import Skills
from ivr.flow.load import check, load
from ivr.flow.problem import BrokenFlow, Problem, errors
from ivr.publish import origin
from ivr.publish.merge import Merged, markers, merge
from ivr.store.versions import Version, Versions

log = logging.getLogger(__name__)

TryCalls = Callable[[Path, Hotline], Sequence[Problem]]
"""Tries the calls of a folder's *.calls.yaml; what does not go as it is written there."""

BuildPrompts = Callable[[Hotline], Sequence[str]]
"""Builds the audio that is missing; a sentence for each prompt that cannot be built."""

FIRST = "first start"


class Refused(BadInput):
    """Nothing was published; the text says why, line by line."""


class Overtaken(Refused):
    """Somebody else has published since the version these files come from."""


@dataclass(frozen=True, slots=True)
class By:
    """Who publishes, why, and when (aware)."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """The live version. `new` is False when there was nothing to change.

    `in_folder` says whether the folder holds its files. `unspoken` are prompts without audio, and
    `warnings` what callers will not like.
    """

    version: Version
    new: bool
    in_folder: bool = True
    unspoken: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The version that is in the folder now, how the merge went, and where the files were kept."""

    version: Version
    merged: Merged
    kept: Path


def publish(
    versions: Versions,
    folder: Path,
    by: By,
    try_calls: TryCalls,
    build: BuildPrompts,
    *,
    replaces: int | None = None,
    agents: Sequence[Skills] | None = None,
) -> Published:
    """Make the files in `folder` the live version.

    `replaces` is the live version they are meant to replace, where the folder does not say so
    itself; `agents` are the skills of all agents, where they are known.

    Raises `BrokenFlow`, `Refused`, `Overtaken` and `StoreError`; nothing has changed then.
    """
    files = FlowFiles.read(folder)
    live = versions.live()
    with _copy(files) as copy:
        if left := list(markers(files)):
            raise BrokenFlow(left)
        checked = check(copy, agents)
        hotline = checked.hotline
        if hotline is None:
            raise BrokenFlow(errors(checked.problems))
        if live is not None and live.hash == files.hash:
            unspoken = tuple(build(hotline))
            _remember(folder, live)
            return Published(live, False, unspoken=unspoken, warnings=checked.problems)
        onto = _origin(versions, folder) if replaces is None else replaces
        if live is not None and onto != live.number:
            raise Overtaken(overtaken(onto, live, hotline.center.zone))
        if failures := try_calls(copy, hotline):
            raise BrokenFlow(failures)
        if missing := build(hotline):
            raise Refused(
                f"Nothing was published, because {len(missing)} prompt(s) could not be spoken:\n"
                + "\n".join(missing)
            )
    made_from = live.number if live is not None else None
    version = versions.add(files, onto=made_from, at=by.at, who=by.who, why=by.why)
    if version is None:
        raise Overtaken(overtaken(made_from, _present(versions), hotline.center.zone))
    _remember(folder, version)
    return Published(version, True, warnings=checked.problems)


def roll_back(
    versions: Versions, folder: Path, number: int, by: By, build: BuildPrompts
) -> Published:
    """Publish the files of version `number` again, as a new version.

    This is for an emergency: calls are not tried (they were), and a prompt without audio is no
    reason against it. `folder` follows if it held just what was live; otherwise somebody works
    there, and it is left alone. Raises `NotFound`, `BrokenFlow`, `Overtaken` and `StoreError`.
    """
    files = versions.files(number)
    live = _present(versions)
    if files.hash == live.hash:
        return Published(live, new=False, in_folder=_holds(folder, live))
    with _copy(files) as copy:
        hotline = load(copy)
    unspoken = tuple(build(hotline))
    why = f"back to version {number}" + (f": {by.why}" if by.why else "")
    version = versions.add(files, onto=live.number, at=by.at, who=by.who, why=why, restores=number)
    if version is None:
        raise Overtaken(overtaken(live.number, _present(versions), hotline.center.zone))
    follows = _holds(folder, live)
    if follows:
        files.write(folder)
        _remember(folder, version)
    return Published(version, new=True, in_folder=follows, unspoken=unspoken)


def take_in(versions: Versions, folder: Path, kept: Path) -> TakenIn | None:
    """Bring what was published meanwhile into the files of `folder`, beside what was changed there.

    The files as they were are copied under `kept` first. None when there is nothing to take in.
    Raises `Refused` where the folder does not say which version it comes from.
    """
    live = _present(versions)
    base = _origin(versions, folder)
    if base is None:
        raise Refused(overtaken(None, live, live.at.tzinfo))
    if base == live.number:
        return None
    mine = FlowFiles.read(folder)
    mine.write(before := kept / f"before-merge-{mine.hash[:12]}")
    sides = ("yours", f"version {live.number}")
    merged = merge(versions.files(base), mine, versions.files(live.number), sides)
    merged.files.write(folder)
    _remember(folder, live)
    return TakenIn(live, merged, before)


def begin(versions: Versions, folder: Path, at: datetime) -> Version:
    """The live version; where there is none yet, the files in `folder` become version 1.

    Raises `BadInput` when there are none, and `BrokenFlow`.
    """
    live = versions.live()
    if live is not None:
        return live
    if not (folder / "center.yaml").is_file():
        raise BadInput(
            f"no version is published yet and there is no hotline in {folder}: center.yaml was not "
            "found; go to its folder, set CARELINE_HOME, or begin one with `careline init`"
        )
    files = FlowFiles.read(folder)
    with _copy(files) as copy:
        load(copy)
    version = versions.add(files, onto=None, at=at, who="careline", why=FIRST)
    if version is None:  # another engine was faster
        return _present(versions)
    _remember(folder, version)
    return version


def overtaken(base: int | None, live: Version, zone: tzinfo | None) -> str:
    """The sentences for somebody whose files are not made from the live version."""
    since = (
        f"{live.who} published version {live.number} on {live.at.astimezone(zone):%Y-%m-%d %H:%M}"
    )
    since += f' ("{live.why}")' if live.why else ""
    n = live.number
    if base is None:
        return (
            f"{since}, and these files do not say that they come from it or an earlier one "
            f"({origin.NAME} is missing or from another hotline). Nothing was published.\n"
            f"  careline diff {n}                what publishing these files would change\n"
            f"  careline publish --replaces {n}  publishes them in its place"
        )
    return (
        f"{since}; your files come from version {base}. Nothing was published or lost.\n"
        f"  careline diff {base} {n}   what was published since\n"
        f"  careline diff {base}     what you changed\n"
        "  careline merge      puts both together in your files; then publish again"
    )


def _origin(versions: Versions, folder: Path) -> int | None:
    """The number of the version the folder comes from, if it is one of this hotline's."""
    said = origin.read(folder)
    known = said is not None and any(
        (version.number, version.hash) == (said.number, said.hash) for version in versions.list()
    )
    return said.number if said is not None and known else None


def _present(versions: Versions) -> Version:
    live = versions.live()
    if live is None:
        raise Refused("No version is published yet; `careline publish` or `careline serve` does.")
    return live


def _holds(folder: Path, version: Version) -> bool:
    try:
        return FlowFiles.read(folder).hash == version.hash
    except BadInput:
        return False


def _remember(folder: Path, version: Version) -> None:
    try:
        origin.write(folder, version)
    except OSError as error:
        log.warning("%s cannot be written: %s", folder / origin.NAME, error.strerror)


@contextmanager
def _copy(files: FlowFiles) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="careline-flows-") as folder:
        try:
            files.write(Path(folder))
        except OSError as error:
            raise StoreError(
                f"The files cannot be copied to be checked: {error.strerror}"
            ) from error
        yield Path(folder)
