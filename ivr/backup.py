"""What is a hotline, so that it can be put back: one file with the database and all it needs.

    manifest.json         what made it, when, and the SHA-256 of every other member
    database.sqlite       or database.dump, from PostgreSQL
    home/…                careline.toml, flows/, and of var/ what cannot be made again

Recordings are in it sealed; the private key that opens them is not, and must be kept elsewhere.
"""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from ivr.errors import BadInput
from ivr.settings import Settings
from ivr.store import snapshot
from ivr.store.database import knows, revision
from recordings.shelf import sha256

MANIFEST, HOME = "manifest.json", "home"
FORMAT = 1
RECORDINGS = ("recordings", "messages")  # folders of var/ which are large

_OF_HOME = ("careline.toml", "flows")
_OF_VAR = ("switch/secrets.json", "switch/wiring.json", "switch/hotline/etc", "flows", *RECORDINGS)
_NOT_KEPT = (".part", ".raw")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its manifest describes it: `careline` made it, `revision` is that of the tables."""

    made: datetime
    careline: str
    database: str
    revision: str | None
    sums: dict[str, str]


def save(settings: Settings, target: Path, *, recordings: bool = True) -> Backup:
    """Write a backup to the new file `target`, readable for its owner only. Calls may go on.

    Raises `BadInput` when there is such a file, `StoreError` when the database cannot be copied.
    """
    if target.exists():
        raise BadInput(f"{target} is there already; a backup never replaces another file.")
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent} to write the backup into.")
    kind = snapshot.kind(settings.url)
    aside = target.with_name(f".{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / snapshot.NAMES[kind]
        snapshot.save(settings.url, copy)
        members = {copy.name: copy}
        members |= {f"{HOME}/{path}": settings.home / path for path in _files(settings, recordings)}
        try:
            with os.fdopen(
                os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
            ) as out:
                backup = _write(out, kind, revision(settings.url), members)
                out.flush()
                os.fsync(out.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    return backup


def load(settings: Settings, source: Path) -> Backup:
    """Put a backup back into the home folder and the database of `settings`.

    Every member is compared with its sum before anything is changed. Files that are not in the
    backup stay. Raises `BadInput` for what is no backup, is one of another kind of database, or was
    made by a newer Careline; `StoreError` when the database cannot be written, and then no file was.
    """
    kind = snapshot.kind(settings.url)
    with tempfile.TemporaryDirectory(dir=_existing(settings.home)) as place:
        folder = Path(place)
        backup = _unpack(source, folder)
        if backup.database != kind:
            raise BadInput(
                f"{source} holds a {backup.database} database; this hotline's is {kind}. Set "
                "database_url to one of the same kind."
            )
        if backup.revision is not None and not knows(backup.revision):
            raise _newer(source, backup.careline)
        snapshot.load(settings.url, folder / snapshot.NAMES[kind])
        for name in sorted(backup.sums):
            if name.startswith(f"{HOME}/"):
                target = settings.home / PurePosixPath(name).relative_to(HOME)
                target.parent.mkdir(parents=True, exist_ok=True)
                (folder / name).replace(target)
    return backup


def _files(settings: Settings, recordings: bool) -> Iterator[Path]:
    """What is kept of the home folder, relative to it."""
    wanted = [settings.home / name for name in _OF_HOME]
    wanted += [settings.var / name for name in _OF_VAR if recordings or name not in RECORDINGS]
    for place in wanted:
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in found:
            kept = path.is_file() and not path.is_symlink() and not path.name.endswith(_NOT_KEPT)
            if kept:
                yield path.relative_to(settings.home)


def _write(
    out: io.BufferedIOBase, kind: str, tables: str | None, members: dict[str, Path]
) -> Backup:
    sums: dict[str, str] = {}
    now = datetime.now(UTC)
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=5) as archive:
        for name, path in members.items():
            with path.open("rb") as file:
                sums[name] = file_digest(file, "sha256").hexdigest()
                file.seek(0)
                archive.addfile(_member(name, os.fstat(file.fileno())), file)
        made = {
            "format": FORMAT,
            "careline": version("careline"),
            "made": now.isoformat(),
            "database": kind,
            "revision": tables,
            "sha256": sums,
        }
        content = json.dumps(made, indent=1).encode()
        manifest = tarfile.TarInfo(MANIFEST)
        manifest.size, manifest.mode, manifest.mtime = len(content), 0o600, int(now.timestamp())
        archive.addfile(manifest, io.BytesIO(content))
    return Backup(now, version("careline"), kind, tables, sums)


def _member(name: str, file: os.stat_result) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = file.st_size, int(file.st_mtime), file.st_mode & 0o777
    return member


def _unpack(source: Path, folder: Path) -> Backup:
    wrong = BadInput(
        f"{source} is no backup made by `careline backup`, or a part of it was lost or altered. "
        "Nothing was changed."
    )
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        found = json.loads((folder / MANIFEST).read_bytes())
        if int(found["format"]) > FORMAT:
            raise _newer(source, str(found["careline"]))
        backup = Backup(
            datetime.fromisoformat(found["made"]),
            str(found["careline"]),
            str(found["database"]),
            found.get("revision"),
            {str(name): str(total) for name, total in found["sha256"].items()},
        )
        whole = found["format"] == FORMAT and snapshot.NAMES[backup.database] in backup.sums
        for name, total in backup.sums.items():
            if ".." in PurePosixPath(name).parts:
                raise wrong
            whole &= sha256(folder / name) == total
    except FileNotFoundError as error:
        if not source.exists():
            raise BadInput(f"There is no file {source}.") from None
        raise wrong from error
    except (
        tarfile.TarError,
        OSError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as e:
        raise wrong from e
    if not whole:
        raise wrong
    return backup


def _newer(source: Path, careline: str) -> BadInput:
    return BadInput(
        f"{source} was made by Careline {careline}, which is newer than this one: install that one "
        "first. Nothing was changed."
    )


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
