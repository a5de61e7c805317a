"""A CSV of sentences is read, or answered with its line, what was found and what was expected."""

from pathlib import Path

import pytest

from ivr.errors import BadInput
from speech.intents import Example
from speech.labelled import read_labelled


def read(folder: Path, content: str | bytes) -> list[Example]:
    """What is read of a file with this content."""
    path = folder / "sentences.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_labelled(path, "en")


def test_sentences_are_read_whatever_other_columns_there_are(tmp_path: Path) -> None:
    content = '\ufeffid,Category,text\n1,lost_card,"Hello, my card is gone"\n\n2,balance,how much\n'
    assert read(tmp_path, content) == [
        Example("lost_card", "en", "Hello, my card is gone"),
        Example("balance", "en", "how much"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no sentence found"),
        ("text,category\n", "no sentence found"),
        ("text,intent\nhi,hello\n", "line 1: found the heading text, intent; expected the columns"),
        ("text,category\nhi,hello\nho\n", "line 3: found 1 cells; expected a text and a category"),
        ("text,category\n,hello\n", "line 2: the text is empty"),
        ("text,category\nhi,\n", "line 2: the category is empty"),
        ('text,category\n"hi,hello\n', "line 2: this is no CSV"),
        (b"text,category\nhi,hello\n\xff\xfe,x\n", "line 3: found bytes that are no UTF-8"),
    ],
)
def test_a_bad_file_is_answered_with_line_finding_and_expectation(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, content)
    assert "sentences.csv" in str(refused.value)
    assert told in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_labelled(tmp_path / "none.csv", "en")
