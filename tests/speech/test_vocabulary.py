"""Is it known which words a model knows, without loading it?"""

import os
import struct
from pathlib import Path

import pytest

from ivr.errors import HearingError
from speech import models
from speech.models import Model
from speech.vocabulary import MAGIC, Words, vocabulary

KOREAN = ("<eps>", "카드", "은행", "상담원")


def table(*words: str) -> bytes:
    """A table of symbols as OpenFst writes it, after what else is in a file."""
    head = MAGIC + struct.pack("<i", 5) + b"words" + struct.pack("<qq", len(words), len(words))
    rows = (word.encode() for word in words)
    return (
        b"\xd6\xfd\xb2~"
        + head
        + b"".join(
            struct.pack("<i", len(row)) + row + struct.pack("<q", number)
            for number, row in enumerate(rows)
        )
    )


@pytest.fixture
def model(tmp_path: Path) -> Model:
    place = tmp_path / "models" / "ko" / "small"
    (place / "graph").mkdir(parents=True)
    (place / "graph" / "Gr.fst").write_bytes(table(*KOREAN))
    return Model("ko", "small", "installed", place)


def test_words_are_found_where_they_lie_and_others_are_not() -> None:
    spelled = sorted({f"{number:x}".encode() for number in range(0, 5000, 3)})
    words = Words(b"".join(word + b"\n" for word in spelled))
    for number in range(5000):
        assert (f"{number:x}" in words) == (number % 3 == 0)
    assert "" not in words
    assert "0\n3" not in words
    assert "a" not in Words(b"")


def test_a_small_model_s_words_are_read_from_its_grammar(model: Model, tmp_path: Path) -> None:
    words = vocabulary(model, tmp_path / "models")
    assert all(word in words for word in KOREAN)
    assert "pin" not in words


def test_a_large_model_s_words_are_read_from_its_list(model: Model, tmp_path: Path) -> None:
    assert model.folder is not None
    (model.folder / "graph" / "words.txt").write_text("<eps> 0\n환율 1\n", encoding="utf-8")
    words = vocabulary(model, tmp_path / "models")
    assert "환율" in words
    assert "카드" not in words


def test_they_are_kept_while_the_model_is_the_same(model: Model, tmp_path: Path) -> None:
    assert model.folder is not None
    vocabulary(model, tmp_path / "models")
    (kept,) = (tmp_path / "models").glob("*/*.words")
    kept_at = kept.stat().st_mtime_ns
    kept.write_bytes("환율\n".encode())
    os.utime(kept, ns=(kept_at, kept_at))
    assert "환율" in vocabulary(model, tmp_path / "models")
    graph = model.folder / "graph" / "Gr.fst"
    os.utime(graph, ns=(kept_at + 10**9, kept_at + 10**9))
    assert "환율" not in vocabulary(model, tmp_path / "models")
    assert models.found(tmp_path / "models")[0].name != kept.name


@pytest.mark.parametrize("data", [b"", table("카드")[:-9], MAGIC, MAGIC + b"\xff" * 40])
def test_a_file_that_tells_no_words_is_an_error(model: Model, tmp_path: Path, data: bytes) -> None:
    assert model.folder is not None
    (model.folder / "graph" / "Gr.fst").write_bytes(data)
    with pytest.raises(HearingError, match="does not tell the words"):
        vocabulary(model, tmp_path / "models")


def test_english_words_come_from_the_dictionary_of_its_package(tmp_path: Path) -> None:
    english = models.used(tmp_path).get("en")
    assert english is not None
    words = vocabulary(english, tmp_path)
    assert "balance" in words
    assert "zyxwq" not in words
