"""A recording is opened by its key, by nobody else, and never when it was altered."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.errors import BadInput, NotFound, StoreError
from recordings.vault import Keys, Sealed, Vault


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "recordings.key"
    Keys.add(path)
    return path


def opened(vault: Vault, path: Path) -> bytes:
    into = io.BytesIO()
    vault.open(path, into)
    return into.getvalue()


@pytest.mark.parametrize("size", [0, 1, 65_536, 200_001])
def test_what_is_sealed_can_be_opened_again(key_file: Path, tmp_path: Path, size: int) -> None:
    vault, talk = Vault(Keys.read(key_file)), bytes(range(256)) * (size // 256 + 1)
    vault.seal(io.BytesIO(talk[:size]), tmp_path / "1-1.flac.age")
    assert opened(vault, tmp_path / "1-1.flac.age") == talk[:size]
    assert talk[:64] not in (tmp_path / "1-1.flac.age").read_bytes()


def test_somebody_elses_key_does_not_open_it(key_file: Path, tmp_path: Path) -> None:
    Vault(Keys.read(key_file)).seal(io.BytesIO(b"a talk"), tmp_path / "1-1.flac.age")
    Keys.add(tmp_path / "other.key")
    with pytest.raises(Sealed, match=r"1-1\.flac\.age cannot be opened"):
        opened(Vault(Keys.read(tmp_path / "other.key")), tmp_path / "1-1.flac.age")


@given(at=st.integers(min_value=0, max_value=999), change=st.integers(min_value=1, max_value=255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_a_byte_altered_anywhere_is_found(
    key_file: Path, tmp_path: Path, at: int, change: int
) -> None:
    vault, path = Vault(Keys.read(key_file)), tmp_path / "1-1.flac.age"
    vault.seal(io.BytesIO(b"a talk of two people" * 500), path)
    content = bytearray(path.read_bytes())
    content[at * len(content) // 1000] ^= change
    path.write_bytes(content)
    with pytest.raises(Sealed):
        opened(vault, path)


def test_a_file_cut_short_is_found(key_file: Path, tmp_path: Path) -> None:
    vault, path = Vault(Keys.read(key_file)), tmp_path / "1-1.flac.age"
    vault.seal(io.BytesIO(b"a talk of two people" * 5000), path)
    path.write_bytes(path.read_bytes()[:-10_000])
    with pytest.raises(Sealed):
        opened(vault, path)


def test_who_has_only_the_public_key_seals_but_does_not_open(
    key_file: Path, tmp_path: Path
) -> None:
    keys = Keys.read(key_file)
    (tmp_path / "public.key").write_text(keys.public[0] + "\n")
    Vault(Keys.read(tmp_path / "public.key")).seal(io.BytesIO(b"a talk"), tmp_path / "1-1.age")
    with pytest.raises(Sealed, match="Only public keys are here"):
        opened(Vault(Keys.read(tmp_path / "public.key")), tmp_path / "1-1.age")
    assert opened(Vault(keys), tmp_path / "1-1.age") == b"a talk"


def test_after_a_new_key_old_recordings_open_and_can_be_sealed_for_it_alone(
    key_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "1-1.flac.age"
    Vault(Keys.read(key_file)).seal(io.BytesIO(b"a talk"), path)
    old = Keys.read(key_file)
    new = Keys.add(key_file)
    keys = Keys.read(key_file)
    assert keys.public == (new, *old.public)
    assert opened(Vault(keys), path) == b"a talk"
    Vault(keys).seal_anew(path, io.BytesIO())
    assert opened(Vault(keys), path) == b"a talk"
    with pytest.raises(Sealed):
        opened(Vault(old), path)


def test_a_key_file_is_for_its_owners_eyes_only(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_seal_that_fails_leaves_nothing_behind(key_file: Path, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "the disk is broken")

    with pytest.raises(StoreError, match="the disk is broken"):
        Vault(Keys.read(key_file)).seal(Broken(), tmp_path / "day" / "1-1.flac.age")
    assert list((tmp_path / "day").iterdir()) == []


def test_a_line_that_is_no_key_is_named_but_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "recordings.key"
    path.write_text("# ours\nAGE-SECRET-KEY-1MISTYPED\n")
    with pytest.raises(BadInput, match=r"recordings\.key:2: this is no age key") as error:
        Keys.read(path)
    assert "MISTYPED" not in str(error.value)


def test_a_missing_and_an_empty_key_file_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="careline recordings key new"):
        Keys.read(tmp_path / "recordings.key")
    (tmp_path / "recordings.key").write_text("# nothing\n")
    with pytest.raises(BadInput, match="there is no key in it"):
        Keys.read(tmp_path / "recordings.key")
