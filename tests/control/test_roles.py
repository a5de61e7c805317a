"""Other users of the machine at the door of a running engine: the kernel says who they are."""

import asyncio
import grp
import json
import logging
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ivr.control.client import Engine, nearest, path
from ivr.control.roles import NotAllowed, Person, Role, person
from ivr.errors import CarelineError
from tests.control.test_control import Hotline

NOBODY = pwd.getpwnam("nobody")
ITS_GROUP = grp.getgrgid(NOBODY.pw_gid).gr_name
ANOTHER_GROUP = grp.getgrgid(pwd.getpwnam("daemon").pw_gid).gr_name
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
forks = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="careline-roles-"))
    folder.chmod(0o711)
    (folder / "var").mkdir(mode=0o711)
    return folder


@asynccontextmanager
async def open_hotline(**groups: str) -> AsyncIterator[Hotline]:
    """A hotline in a folder through which every user of the machine can pass."""
    folder = _open_folder()
    by_role: Mapping[Role, str] = groups  # type: ignore[assignment]
    hotline = Hotline(folder / "var", by_role)
    await hotline.control.open()
    try:
        yield hotline
    finally:
        await hotline.control.close()
        hotline.desk.close()
        hotline.database.close()
        shutil.rmtree(folder)


def as_nobody(do: Callable[[], Any]) -> tuple[str, Any]:
    """What comes of it in a process of the user nobody: "done" with a result, or the error's name."""
    here, there = os.pipe()
    child = os.fork()
    if not child:
        told: tuple[str, Any] = ("crashed", None)
        try:
            os.setgroups([])
            os.setgid(NOBODY.pw_gid)
            os.setuid(NOBODY.pw_uid)
            told = ("done", do())
        except Exception as error:  # told to the parent, whatever it is
            told = (type(error).__name__, str(error))
        finally:
            os.write(there, json.dumps(told).encode())
            os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as pipe:
        name, result = json.loads(pipe.read())
    os.waitpid(child, 0)
    return name, result


def engine(hotline: Hotline) -> Engine:
    """As a command finds it."""
    return Engine(nearest(hotline.control._var))


@as_root
@forks
async def test_a_supervisor_sees_and_acts_and_the_audit_log_has_the_name() -> None:
    async with open_hotline(supervisor=ITS_GROUP) as hotline:

        def work() -> list[Any]:
            mine = engine(hotline)
            return [len(mine.floor()["waiting"]), mine.act("front", "3")]

        assert await asyncio.to_thread(as_nobody, work) == ("done", [2, "careline-3"])
        assert hotline.waiting() == ["careline-3", "careline-2"]
        [entry] = hotline.database.audit.entries()
        assert (entry.who, entry.act, entry.about) == ("nobody", "front", "careline-3")


@as_root
@forks
@pytest.mark.parametrize("act", ["front", "withdraw"])
async def test_an_auditor_sees_and_changes_nothing(act: str) -> None:
    async with open_hotline(auditor=ITS_GROUP) as hotline:
        seen = await asyncio.to_thread(as_nobody, lambda: len(engine(hotline).floor()["agents"]))
        assert seen == ("done", 2)
        error, said = await asyncio.to_thread(as_nobody, lambda: engine(hotline).act(act, "3"))
        assert (error, said) == ("NotAllowed", f"nobody is auditor here and may not {act}.")
        error, _ = await asyncio.to_thread(
            as_nobody, lambda: engine(hotline).spy("listen", "ana", "boss")
        )
        assert error == "NotAllowed"
        assert hotline.waiting() == ["careline-2", "careline-3"]
        assert list(hotline.database.audit.entries()) == []


@as_root
@forks
@pytest.mark.parametrize("groups", [{}, {"supervisor": ANOTHER_GROUP, "auditor": ANOTHER_GROUP}])
async def test_a_stranger_does_not_get_through_any_door(groups: dict[str, str]) -> None:
    async with open_hotline(**groups) as hotline:
        error, said = await asyncio.to_thread(as_nobody, lambda: engine(hotline).floor())
        assert error == "CarelineError"
        assert "group" in said


@as_root
@forks
async def test_whoever_was_taken_out_of_the_group_may_nothing_any_more() -> None:
    async with open_hotline(supervisor=ITS_GROUP) as hotline:
        hotline.control._groups = {"supervisor": ANOTHER_GROUP}  # the socket is still open to them
        error, _ = await asyncio.to_thread(as_nobody, lambda: engine(hotline).floor())
        assert error == "NotAllowed"


@as_root
async def test_each_role_has_a_door_of_its_own() -> None:
    async with open_hotline(supervisor=ITS_GROUP, auditor=ANOTHER_GROUP) as hotline:
        var = hotline.control._var
        doors = {role: path(var, role).stat() for role in ("admin", "supervisor", "auditor")}
    modes = {role: stat.S_IMODE(door.st_mode) for role, door in doors.items()}
    assert modes == {"admin": 0o600, "supervisor": 0o660, "auditor": 0o660}
    assert doors["supervisor"].st_gid == NOBODY.pw_gid
    assert doors["auditor"].st_gid == pwd.getpwnam("daemon").pw_gid


async def test_a_group_that_is_not_there_lets_nobody_in_and_keeps_nobody_from_calling(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_hotline(supervisor="no-such-group") as hotline:
        assert not path(hotline.control._var, "supervisor").exists()
        assert (await asyncio.to_thread(engine(hotline).floor))["agents"]
    assert "no group no-such-group" in caplog.text
    assert all(record.levelno == logging.ERROR for record in caplog.records)


def test_the_stronger_role_counts_and_nobody_without_a_group_has_one() -> None:
    both: dict[Role, str] = {"auditor": ITS_GROUP, "supervisor": ITS_GROUP}
    assert person(NOBODY.pw_uid, 1, both) == Person("nobody", "supervisor")
    assert person(NOBODY.pw_uid, 1, {"auditor": ITS_GROUP}) == Person("nobody", "auditor")
    with pytest.raises(NotAllowed):
        person(NOBODY.pw_uid, 1, {"supervisor": ANOTHER_GROUP})
    with pytest.raises(NotAllowed):
        person(4_000_000, 1, both)


def test_no_engine_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CarelineError, match="careline serve"):
        Engine(nearest(tmp_path)).floor()
