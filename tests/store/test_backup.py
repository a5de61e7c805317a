"""A hotline is written into one file while it works, and put back whole or not at all."""

import io
import tarfile
import threading
from pathlib import Path

import pytest

from ivr import backup
from ivr.caller import Profile
from ivr.errors import BadInput, StoreError
from ivr.settings import Settings
from ivr.store import Database
from ivr.store.tables import HEAD

LI = Profile(number="+8613912345678", name="李华")


@pytest.fixture
def on_each_database(tmp_path: Path, url: str) -> Settings:
    """A hotline on SQLite and one on PostgreSQL."""
    return begun(tmp_path, url)


@pytest.fixture
def hotline(tmp_path: Path) -> Settings:
    """A hotline on SQLite."""
    return begun(tmp_path, f"sqlite:///{tmp_path}/careline.db")


def begun(folder: Path, url: str) -> Settings:
    """A hotline with a caller, flows, a recording, and files that are made again or half made."""
    settings = Settings(home=folder / "home", database_url=url)
    for name, content in {
        "careline.toml": "missed_calls = 3\n",
        "flows/main.yaml": "flow: main\n",
        "flows/audio/zh/welcome.wav": "RIFF",
        "var/switch/secrets.json": "{}",
        "var/switch/wiring.json": "{}",
        "var/recordings/2026/11/21/1-1.flac.age": "sealed",
        "var/recordings/capture/2-1.raw": "half",
        "var/recordings.key": "AGE-SECRET-KEY-1",
        "var/prompts/zh/welcome.wav": "RIFF",
    }.items():
        path = settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    with Database.open(url) as database:
        database.callers.save(LI)
    return settings


def names(file: Path) -> set[str]:
    with tarfile.open(file) as archive:
        return set(archive.getnames())


def test_a_hotline_put_back_is_the_one_that_was(on_each_database: Settings, tmp_path: Path) -> None:
    backup.save(on_each_database, tmp_path / "whole.tar.gz")
    with Database.open(on_each_database.url) as database:
        database.callers.forget(LI.number)
    (on_each_database.home / "flows" / "main.yaml").write_text("flow: spoilt\n")
    backup.load(on_each_database, tmp_path / "whole.tar.gz")
    with Database.open(on_each_database.url) as database:
        assert database.callers.find(LI.number) == LI
    assert (on_each_database.home / "flows" / "main.yaml").read_text() == "flow: main\n"


def test_a_backup_holds_what_cannot_be_made_again_and_no_private_key(
    hotline: Settings, tmp_path: Path
) -> None:
    backup.save(hotline, tmp_path / "whole.tar.gz")
    found = {name for name in names(tmp_path / "whole.tar.gz") if name.startswith("home/")}
    assert found == {
        "home/careline.toml",
        "home/flows/main.yaml",
        "home/flows/audio/zh/welcome.wav",
        "home/var/switch/secrets.json",
        "home/var/switch/wiring.json",
        "home/var/recordings/2026/11/21/1-1.flac.age",
    }


def test_recordings_can_be_left_out(hotline: Settings, tmp_path: Path) -> None:
    backup.save(hotline, tmp_path / "small.tar.gz", recordings=False)
    assert not any("recordings" in name for name in names(tmp_path / "small.tar.gz"))


def test_callers_may_be_written_while_a_backup_is_made(
    on_each_database: Settings, tmp_path: Path
) -> None:
    enough = threading.Event()

    def write() -> None:
        with Database.open(on_each_database.url) as database:
            for number in range(200):
                database.callers.save(Profile(number=f"+86139{number:08}"))
                enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    enough.wait(30)
    backup.save(on_each_database, tmp_path / "whole.tar.gz")
    writer.join()
    backup.load(on_each_database, tmp_path / "whole.tar.gz")
    with Database.open(on_each_database.url) as database:
        assert database.callers.find(LI.number) == LI
        assert database.callers.find("+8613900000000") is not None


def test_only_its_owner_may_read_a_backup(hotline: Settings, tmp_path: Path) -> None:
    backup.save(hotline, tmp_path / "whole.tar.gz")
    assert (tmp_path / "whole.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_backup_replaces_no_other_file(hotline: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        backup.save(hotline, tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text() == "mine"


def spoilt(source: Path, how: str) -> Path:
    """A backup in which something is wrong."""
    target = source.with_name("spoilt.tar.gz")
    if how == "cut short":
        target.write_bytes(source.read_bytes()[:-200])
        return target
    if how == "something else":
        target.write_text("not a backup")
        return target
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            content = file.read()
            if how == "altered" and member.name == "home/flows/main.yaml":
                content = b"flow: evil\n"
            member.size = len(content)
            if how == "leads elsewhere" and member.name == "home/flows/main.yaml":
                member.name = "../../evil.yaml"
            if not (how == "without manifest" and member.name == "manifest.json"):
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    "how", ["cut short", "something else", "altered", "leads elsewhere", "without manifest"]
)
def test_a_spoilt_backup_changes_nothing(hotline: Settings, tmp_path: Path, how: str) -> None:
    backup.save(hotline, tmp_path / "whole.tar.gz")
    (hotline.home / "flows" / "main.yaml").write_text("flow: newer\n")
    with pytest.raises(BadInput, match="is no backup made by `careline backup`"):
        backup.load(hotline, spoilt(tmp_path / "whole.tar.gz", how))
    assert (hotline.home / "flows" / "main.yaml").read_text() == "flow: newer\n"
    assert not list(tmp_path.rglob("evil.yaml"))


def test_a_backup_of_another_kind_of_database_is_refused(
    on_each_database: Settings, tmp_path: Path
) -> None:
    made = backup.save(on_each_database, tmp_path / "whole.tar.gz")
    other = {
        "sqlite": "postgresql://nobody@localhost/x",
        "postgresql": f"sqlite:///{tmp_path}/x.db",
    }
    elsewhere = Settings(home=on_each_database.home, database_url=other[made.database])
    with pytest.raises(BadInput, match=f"holds a {made.database} database"):
        backup.load(elsewhere, tmp_path / "whole.tar.gz")


def test_what_is_put_back_is_nobody_elses_to_read(hotline: Settings, tmp_path: Path) -> None:
    secrets = hotline.home / "var" / "switch" / "secrets.json"
    secrets.chmod(0o600)
    backup.save(hotline, tmp_path / "whole.tar.gz")
    elsewhere = Settings(
        home=tmp_path / "new", database_url=f"sqlite:///{tmp_path}/new/careline.db"
    )
    backup.load(elsewhere, tmp_path / "whole.tar.gz")
    restored = elsewhere.home / "var" / "switch" / "secrets.json"
    for file in (tmp_path / "new" / "careline.db", restored):
        assert file.stat().st_mode & 0o777 == 0o600
    assert restored.stat().st_mtime == pytest.approx(secrets.stat().st_mtime, abs=1)


@pytest.mark.parametrize(
    "says", [('"format": 1', '"format": 2'), (f'"revision": "{HEAD}"', '"revision": "9999"')]
)
def test_a_backup_of_a_newer_careline_changes_nothing(
    hotline: Settings, tmp_path: Path, says: tuple[str, str]
) -> None:
    backup.save(hotline, tmp_path / "whole.tar.gz")
    with (
        tarfile.open(tmp_path / "whole.tar.gz") as old,
        tarfile.open(tmp_path / "newer.tar.gz", "w:gz") as new,
    ):
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            content = file.read()
            if member.name == "manifest.json":
                assert says[0].encode() in content
                content = content.replace(says[0].encode(), says[1].encode())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    (hotline.home / "flows" / "main.yaml").write_text("flow: mine\n")
    with Database.open(hotline.url) as database:
        database.callers.forget(LI.number)
    with pytest.raises(BadInput, match=r"made by Careline .*, which is newer than this one"):
        backup.load(hotline, tmp_path / "newer.tar.gz")
    assert (hotline.home / "flows" / "main.yaml").read_text() == "flow: mine\n"
    with Database.open(hotline.url) as database:
        assert database.callers.find(LI.number) is None


def test_a_database_that_cannot_be_written_leaves_the_files_as_they_were(
    hotline: Settings, tmp_path: Path
) -> None:
    backup.save(hotline, tmp_path / "whole.tar.gz")
    (hotline.home / "flows" / "main.yaml").write_text("flow: mine\n")
    (tmp_path / ".careline.db.part").mkdir()  # the place of the database that is coming
    with pytest.raises(StoreError, match="could not be put back"):
        backup.load(hotline, tmp_path / "whole.tar.gz")
    assert (hotline.home / "flows" / "main.yaml").read_text() == "flow: mine\n"


def test_a_backup_into_no_folder_is_refused_in_a_sentence(
    hotline: Settings, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=r"There is no folder .*nowhere to write the backup into"):
        backup.save(hotline, tmp_path / "nowhere" / "whole.tar.gz")


def test_the_address_of_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="The database address cannot be read"):
        backup.save(Settings(home=tmp_path, database_url="nonsense"), tmp_path / "whole.tar.gz")
