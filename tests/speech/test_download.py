"""How does a model get here, from a server that fails, or somebody who means harm?"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.errors import BadInput, NotFound
from speech import archive, catalogue, download, models
from tests.speech.shop import MODEL, Shop, packed


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop.open() as opened:
        yield opened


def fetched(shop: Shop, folder: Path, checksum: str | None = None) -> bytes:
    target = folder / "model.zip"
    return download.fetch(shop.url, target, checksum=checksum or shop.md5, wait=0.01).read_bytes()


def test_a_file_is_fetched_and_how_far_it_is_is_told(shop: Shop, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    target = tmp_path / "model.zip"
    download.fetch(
        shop.url, target, checksum=shop.md5, progress=lambda *far: told.append(far), wait=0.01
    )
    assert target.read_bytes() == shop.content
    assert told[-1] == (len(shop.content), len(shop.content))
    assert len(told) > 2


def test_a_connection_that_is_cut_goes_on_where_it_was(shop: Shop, tmp_path: Path) -> None:
    shop.cuts = [70_000, 30_000]
    assert fetched(shop, tmp_path) == shop.content
    assert shop.asked == [None, "bytes=70000-", "bytes=100000-"]


def test_what_came_is_kept_for_the_next_time_if_all_attempts_fail(
    shop: Shop, tmp_path: Path
) -> None:
    shop.cuts = [10_000] * 5
    with pytest.raises(BadInput, match="goes on from there"):
        fetched(shop, tmp_path)
    assert not (tmp_path / "model.zip").exists()
    assert fetched(shop, tmp_path) == shop.content
    assert shop.asked[-1] == "bytes=50000-"


def test_a_server_that_cannot_go_on_begins_anew(shop: Shop, tmp_path: Path) -> None:
    shop.ranges, shop.cuts = False, [70_000]
    assert fetched(shop, tmp_path) == shop.content


def test_what_is_whole_already_is_not_fetched_again(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(shop.content)
    assert fetched(shop, tmp_path) == shop.content


def test_what_is_left_of_something_else_does_not_spoil_the_file(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(b"x" * (len(shop.content) + 5))
    assert fetched(shop, tmp_path) == shop.content


def test_a_wrong_checksum_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="checksum"):
        fetched(shop, tmp_path, checksum="0" * 32)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_not_tried_again(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="404"):
        download.fetch(f"{shop.url}x", tmp_path / "file", wait=60)


@pytest.mark.parametrize("url", ["http://example.org/m.zip", "ftp://x/m", "file:///etc/passwd"])
def test_only_what_nobody_on_the_way_can_change_is_fetched(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="https"):
        download.fetch(url, tmp_path / "file")


def test_a_redirection_to_somewhere_insecure_is_not_followed(shop: Shop, tmp_path: Path) -> None:
    shop.moved_to = "http://example.org/model.zip"
    with pytest.raises(BadInput, match="https"):
        fetched(shop, tmp_path)


def test_the_list_is_read_without_what_is_obsolete_or_no_model_of_words(shop: Shop) -> None:
    found = [(offer.language, offer.name) for offer in catalogue.offers(shop.list)]
    assert found == [("ko", "vosk-model-small-ko-9"), ("zh", "vosk-model-cn-1")]


def test_what_is_not_offered_is_said(shop: Shop) -> None:
    offered = catalogue.offers(shop.list)
    with pytest.raises(NotFound, match="ko, zh"):
        catalogue.choose(offered, "ru", large=False)
    with pytest.raises(NotFound, match="with --large"):
        catalogue.choose(offered, "zh", large=False)


def test_a_model_is_installed_and_found(shop: Shop, tmp_path: Path) -> None:
    offer = catalogue.choose(catalogue.offers(shop.list), "ko", large=False)
    place = catalogue.install(offer, tmp_path, lambda *_: None)
    assert (place / "conf" / "model.conf").read_bytes() == b"--beam=10"
    used = models.used(tmp_path)["ko"]
    assert (used.origin, used.folder) == ("installed", place)
    assert [path.name for path in tmp_path.iterdir()] == ["ko"]
    assert catalogue.damage(place) == []
    (place / "conf" / "model.conf").write_text("--beam=1")
    (place / "am" / "final.mdl").unlink()
    assert catalogue.damage(place) == ["am/final.mdl is missing", "conf/model.conf is changed"]


def test_a_model_that_is_here_already_can_be_installed(tmp_path: Path) -> None:
    zipped = tmp_path / "mine.zip"
    zipped.write_bytes(packed(MODEL))
    place = catalogue.install_from(zipped, "ko", tmp_path / "models")
    again = catalogue.install_from(place, "ja", tmp_path / "models")
    assert models.is_model(again)
    assert set(models.used(tmp_path / "models")) >= {"ko", "ja"}


def test_what_is_no_model_is_not_installed(tmp_path: Path) -> None:
    zipped = tmp_path / "mine.zip"
    zipped.write_bytes(packed({"holiday/beach.jpg": b"sun"}))
    with pytest.raises(BadInput, match="no Vosk model"):
        catalogue.install_from(zipped, "ko", tmp_path / "models")
    zipped.write_bytes(b"no zip at all")
    with pytest.raises(BadInput, match="zip"):
        catalogue.install_from(zipped, "ko", tmp_path / "models")
    assert "ko" not in {
        model.language
        for model in models.found(tmp_path / "models")
        if model.folder and tmp_path in model.folder.parents
    }


@pytest.mark.parametrize("name", ["../../evil", "/evil", "model/../../evil", "model\\..\\evil"])
def test_an_archive_cannot_write_elsewhere(name: str, tmp_path: Path) -> None:
    zipped = tmp_path / "evil.zip"
    zipped.write_bytes(packed({name: b"evil"}))
    inside = tmp_path / "a" / "b"
    with pytest.raises(BadInput):
        archive.unpack(zipped, inside)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "evil.zip"]


def test_an_archive_cannot_make_links(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("model/passwd")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
    with pytest.raises(BadInput, match="elsewhere"):
        archive.unpack(tmp_path / "evil.zip", tmp_path / "in")


def test_an_archive_cannot_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("model/zeros", bytes(2_000_000))
    with pytest.raises(BadInput, match="more than a model"):
        archive.unpack(tmp_path / "bomb.zip", tmp_path / "in")
    assert list((tmp_path / "in").iterdir()) == []
