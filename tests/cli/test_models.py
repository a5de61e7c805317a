"""careline models: list, install, verify."""

import shutil
from pathlib import Path

import pytest

from ivr.cli.main import run
from ivr.resources import flows
from speech import models, sphinx
from tests.speech.shop import MODEL, Shop, packed


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def test_a_model_is_installed_from_a_mirror_and_listed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Shop.open() as shop:
        assert run(["models", "list", "--offered", "--from", shop.list]) == 0
        assert "vosk-model-small-ko-9" in capsys.readouterr().out
        assert run(["models", "install", "ko", "--from", shop.list]) == 0
    assert (home / "var/models/ko/vosk-model-small-ko-9/am/final.mdl").is_file()
    capsys.readouterr()
    assert run(["models", "list"]) == 0
    assert "vosk-model-small-ko-9" in capsys.readouterr().out


def test_languages_of_the_hotline_that_nobody_hears_are_named(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "PACKAGES", {})
    shutil.copytree(flows(), home / "flows")
    for command in (["models", "list"], ["check"]):
        assert run(command) == 0
        told = capsys.readouterr()
        assert "callers cannot speak zh, ja, ru, ko: there they are served by keys" in (
            told.out + told.err
        )


def test_a_list_that_cannot_be_had_is_told_with_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Shop.open() as shop:
        gone = shop.list
    assert run(["models", "install", "ko", "--from", gone]) == 2
    told = capsys.readouterr().err
    assert "Connection refused. Where there is no way to it from here" in told


def test_a_model_that_cannot_be_loaded_is_not_verified(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "PACKAGES", {})  # these take seconds to load
    monkeypatch.setattr(sphinx, "installed", lambda: False)
    (home / "mine.zip").write_bytes(packed(MODEL))
    assert run(["models", "install", "ja", "--from", str(home / "mine.zip")]) == 0
    assert run(["models", "verify"]) == 1
    assert "cannot be loaded" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["../ko"], ["ko", "--from", "/nowhere/model.zip"]])
def test_what_cannot_be_installed_is_a_sentence(arguments: list[str]) -> None:
    assert run(["models", "install", *arguments]) == 2
