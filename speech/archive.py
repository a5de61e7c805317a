"""How is an archive unpacked that may come from anywhere?

Only plain files, only below the folder, only as many bytes as a model can have; and the folder
appears under its name when all of it is there.
"""

import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from ivr.errors import BadInput

MOST_FILES = 10_000
MOST_BYTES = 16 << 30
PIECE = 1 << 20


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack the zip file `archive`, which holds one folder, into `folder`; returns that folder.

    Raises BadInput for what is no such archive, or a hostile one; then nothing is left of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix=".unpacking-") as place,
            zipfile.ZipFile(archive) as opened,
        ):
            name = _one_folder(archive, opened.infolist())
            _extract(archive, opened, Path(place))
            return _move(Path(place) / name, folder / name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput(f"{archive} is no zip file that can be read: {error}.") from error


def take(source: Path, folder: Path) -> Path:
    """Copy the folder `source` into `folder`; returns where it is now."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".copying-") as place:
        copied = Path(place) / source.name
        shutil.copytree(source, copied)
        return _move(copied, folder / source.name)


def _move(made: Path, target: Path) -> Path:
    if target.exists():
        shutil.rmtree(target)
    return made.rename(target)


def _one_folder(archive: Path, members: list[zipfile.ZipInfo]) -> str:
    if len(members) > MOST_FILES:
        raise BadInput(f"{archive} holds {len(members)} files; {MOST_FILES} at most were expected.")
    names = {PurePosixPath(member.filename).parts[0] for member in members if member.filename}
    if len(names) != 1:
        raise BadInput(f"{archive} holds {len(names)} things; one folder, the model, was expected.")
    return names.pop()


def _extract(archive: Path, opened: zipfile.ZipFile, place: Path) -> None:
    left = MOST_BYTES
    for member in opened.infolist():
        path = PurePosixPath(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        odd = path.is_absolute() or ".." in path.parts or "\\" in member.filename
        if odd or kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise BadInput(
                f"{archive} is not unpacked: {member.filename!r} in it would be written elsewhere."
            )
        target = place.joinpath(*path.parts)
        if member.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as packed, target.open("wb") as out:
            while piece := packed.read(PIECE):  # the size it says it has may be a lie
                left -= len(piece)
                if left < 0:
                    raise BadInput(f"{archive} is not unpacked: it holds more than a model can.")
                out.write(piece)
