"""A file of callers says what it says, and what is wrong in it is told with its line."""

from datetime import date
from pathlib import Path

import pytest

from ivr.caller import Profile
from ivr.errors import BadInput
from ivr.store.callers import BadRow, GoodRow, Row
from ivr.store.callers_file import CallersFile

TODAY = date(2026, 11, 21)
HEADING = "number,name,birth,languages,tier,notes,preferred_agent\n"
ROW = "13800138000,王秀英,1950-03-07,zh en,gold,哈哈,ana\n"
WANG = Profile("+8613800138000", "王秀英", date(1950, 3, 7), ("zh", "en"), "gold", "哈哈", "ana")


def read(folder: Path, content: str | bytes, encoding: str = "utf-8") -> list[Row]:
    path = folder / "callers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(CallersFile.open(path, encoding).rows("CN", TODAY))


def problem(folder: Path, row: str) -> str:
    (found,) = read(folder, HEADING + row + "\n")
    assert isinstance(found, BadRow)
    assert found.line == 2
    return found.problem


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gb18030", "GB18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_a_file_is_read_in_its_encoding(tmp_path: Path, encoding: str, said: str) -> None:
    assert read(tmp_path, (HEADING + ROW).encode(encoding), said) == [GoodRow(2, WANG)]


def test_a_gb18030_file_with_a_mark_at_its_beginning_is_read(tmp_path: Path) -> None:
    content = ("\ufeff" + HEADING + ROW).encode("gb18030")
    assert read(tmp_path, content, "gb18030") == [GoodRow(2, WANG)]


def test_another_encoding_is_answered_with_line_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"callers\.csv, line 2: .* --encoding gb18030"):
        read(tmp_path, (HEADING + ROW).encode("gb18030"))
    with pytest.raises(BadInput, match=r"line 2: .* not gb18030.* --encoding utf-8"):
        read(tmp_path, (HEADING + "13800138000,\xff\n").encode("latin-1"), "gb18030")


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", ""])
def test_an_encoding_there_is_none_of_is_answered(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(BadInput, match="expected utf-8 or gb18030"):
        read(tmp_path, HEADING, encoding)


def test_a_file_that_is_not_there_is_answered(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        CallersFile.open(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("", "found nothing, without the column number"),
        ("name,birth\n", "found name, birth, without the column number"),
        ("number,nam\n", 'found the column "nam"; .*Did you mean name?'),
        ("number;name\n", 'found the column "number;name"'),
        ("number,name,name\n", "the column name is there 2 times"),
        ('"number,name', "the heading cannot be read"),
    ],
)
def test_a_wrong_heading_is_answered_before_anything_is_read(
    tmp_path: Path, heading: str, said: str
) -> None:
    with pytest.raises(BadInput, match=rf"callers\.csv, line 1: {said}"):
        read(tmp_path, heading)


def test_columns_may_come_in_any_order_and_be_fewer(tmp_path: Path) -> None:
    assert read(tmp_path, " Tier , NUMBER\ngold,+4532123456\n") == [
        GoodRow(2, Profile("+4532123456", tier="gold"))
    ]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    content = HEADING + (
        '13800138000,,,,,"two\nlines",\n'  # 2 and 3
        "\n"
        ",,,,,,\n"
        "nonsense,,,,,,\n"  # 6
        "13900139000,,,,,,\r\n"
        "13700137000,,,,,,"  # 8, without a line end
    )
    found = read(tmp_path, content)
    assert [(row.line, isinstance(row, GoodRow)) for row in found] == [
        (2, True),
        (6, False),
        (7, True),
        (8, True),
    ]
    assert isinstance(found[0], GoodRow)
    assert found[0].profile.notes == "two\nlines"


def test_quotes_that_do_not_match_cost_only_the_rows_they_join(tmp_path: Path) -> None:
    content = HEADING + '13800138000,"Wang" x,,,,,\n13900139000,,,,,,\n'
    bad, good = read(tmp_path, content)
    assert isinstance(bad, BadRow)
    assert bad.problem.startswith("the quotes do not match")
    assert isinstance(good, GoodRow)
    assert good.line == 3


def test_a_quote_never_closed_is_told_with_the_lines_it_swallowed(tmp_path: Path) -> None:
    content = HEADING + '13800138000,"Wang,,,,,\n13900139000,,,,,,\n'
    (bad,) = read(tmp_path, content)
    assert isinstance(bad, BadRow)
    assert "lines 2 to 3 were read as one row" in bad.problem


def test_a_file_of_a_heading_alone_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, HEADING) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "number: found nothing; expected a full number such as +8613800138000"),
        ("95588", 'number: found "95588", which lacks its area or country'),
        ("anonymous", 'number: found "anonymous", which is no number'),
        ("call me", 'number: found "call me", which is not a telephone number'),
        ("1.38E+10", 'number: found "1.38E+10", which is not a telephone number'),
        ("\x1b[31m1", r'number: found "\x1b[31m1"'),
        ("9" * 100, 'number: found "' + "9" * 40 + '…"'),
    ],
)
def test_a_bad_number_is_answered_with_what_was_found_and_expected(
    tmp_path: Path, number: str, said: str
) -> None:
    assert problem(tmp_path, f"{number},x,,,,,").startswith(said)


@pytest.mark.parametrize(
    "written", ["1950-03-07", "1950/3/7", "1950.03.07", "19500307", "1950年3月7日"]
)
def test_a_date_written_year_first_is_understood(tmp_path: Path, written: str) -> None:
    (row,) = read(tmp_path, f"number,birth\n13800138000,{written}\n")
    assert row == GoodRow(2, Profile("+8613800138000", birth=date(1950, 3, 7)))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("07/03/1950", "expected a date such as 1950-03-07"),  # March or July?
        ("1950-3/7", "expected a date"),
        ("1950", "expected a date"),
        ("1950-02-30", "a day that never was"),
        ("0000-01-01", "a day that never was"),
        ("2026-11-22", "which is yet to come"),
        ("1900-01-01", "which makes an age of 126; leave it empty"),
        ("١٩٥٠-٠٣-٠٧", "expected a date"),
    ],
)
def test_a_date_that_cannot_be_is_answered(tmp_path: Path, written: str, said: str) -> None:
    found = problem(tmp_path, f"13800138000,,{written},,,,")
    assert found.startswith(f'birth: found "{written}"')
    assert said in found


@pytest.mark.parametrize(
    "written", ["zh en", "zh,en", "ZH;en", "zh-CN en_US", "zh、en", "zh en zh"]
)
def test_languages_may_be_written_as_people_write_them(tmp_path: Path, written: str) -> None:
    (row,) = read(tmp_path, f'number,languages\n13800138000,"{written}"\n')
    assert row == GoodRow(2, Profile("+8613800138000", languages=("zh", "en")))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("13800138000,,,chinese,,,", 'languages: found "chinese"; expected language tags'),
        ("13800138000,,,cn,,,", 'languages: found "cn"'),
        ("13800138000,a\0b,,,,,", "name: found the control character U+0000"),
        ("13800138000,,,,,\x1b[2J,", "notes: found the control character U+001B"),
        (f"13800138000,{'x' * 201},,,,,", "name: found 201 characters; expected at most 200"),
        ("13800138000,,,,,,Ana Luz", 'preferred_agent: found "Ana Luz"; expected an agent\'s name'),
        ("13800138000,Wang", "found 2 cells; expected 7"),
        ("13800138000,Wang, Xiuying,,,,,", "found 8 cells; expected 7"),
    ],
)
def test_a_bad_cell_is_answered_with_its_column(tmp_path: Path, row: str, said: str) -> None:
    assert problem(tmp_path, row).startswith(said)


def test_all_that_is_wrong_in_a_row_is_said_at_once(tmp_path: Path) -> None:
    found = problem(tmp_path, "95588,,1.1.1950,cn,,,")
    assert [word for word in ("number:", "birth:", "languages:") if word in found] == [
        "number:",
        "birth:",
        "languages:",
    ]
