"""Are AGI commands and Dial strings what Asterisk reads, and nothing else?"""

from pathlib import Path

import pytest

from ivr.errors import LineError
from ivr.line.asterisk import agi, dial
from ivr.line.asterisk.agi import Result
from ivr.line.commands import AgentPhone, Connect, OutsideNumber


def test_arguments_are_quoted_and_names_are_not() -> None:
    assert agi.command("STREAM FILE", "/a b/c", "", "0") == 'STREAM FILE "/a b/c" "" 0'
    assert agi.command("SET MUSIC", "ON", "default") == "SET MUSIC ON default"


def test_a_quote_cannot_end_an_argument() -> None:
    assert agi.command("NOOP", 'a" b\\') == 'NOOP "a\\" b\\\\"'


@pytest.mark.parametrize("character", ["\n", "\r", "\0", "\x1b", "\x7f"])
def test_a_control_character_cannot_be_sent(character: str) -> None:
    with pytest.raises(LineError, match="control character"):
        agi.command("NOOP", f"a{character}b")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("200 result=0\n", Result(200, 0)),
        ("200 result=53 endpos=8160\n", Result(200, 53, endpos=8160)),
        ("200 result=-1 endpos=0\n", Result(200, -1)),
        ("200 result=1 (CHANUNAVAIL 21)\n", Result(200, 1, "CHANUNAVAIL 21")),
        ("200 result=1 (a (b) c)\n", Result(200, 1, "a (b) c")),
        ("100 result=0 Trying...\n200 result=0 Gosub complete\n", Result(200, 0)),
        ("510 Invalid or unknown command\n", Result(510, 0)),
        ("511 Command Not Permitted on a dead channel\n", Result(511, 0)),
        ("520-Invalid command syntax.\nUsage\n520 End of proper usage.\n", Result(520, 0)),
        ("HANGUP\n", agi.HUNG_UP),
        ("", Result(0, -1)),
        ("rubbish", Result(0, -1, "rubbish")),
        ("200 result=-\n", Result(200, 0)),
        ("200 result=1 endpos=" + "9" * 5000, Result(200, 1)),
    ],
)
def test_results_are_read(text: str, result: Result) -> None:
    assert agi.parse(text) == result


def test_only_a_done_command_has_not_failed() -> None:
    assert not Result(200, 0).failed
    assert Result(200, -1).failed
    assert Result(510, 0).failed
    assert agi.HUNG_UP.failed


def test_a_sound_is_named_without_its_extension(tmp_path: Path) -> None:
    file = tmp_path / "问候.wav"
    file.touch()
    assert agi.sound(file) == str(tmp_path / "问候")


def test_a_missing_sound_is_found_out_before_asterisk_does(tmp_path: Path) -> None:
    with pytest.raises(LineError, match="does not exist"):
        agi.sound(tmp_path / "none.wav")


@pytest.mark.parametrize("name", ["a&b", "a^b", "a,b", "a)b", "a|b", "${b}", "a\nb", 'a"b', "a;b"])
def test_a_sound_whose_name_means_something_to_a_dialplan_is_refused(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / f"{name}.wav"
    file.touch()
    with pytest.raises(LineError, match="cannot be named"):
        agi.sound(file)


def test_a_connect_becomes_one_command(tmp_path: Path) -> None:
    first, second = tmp_path / "a.wav", tmp_path / "b.wav"
    first.touch()
    second.touch()
    words = dial.subroutine(Connect(AgentPhone("ana"), ring=15.4), [first, second], "default")
    whisper = f"careline-whisper^{tmp_path}/a&{tmp_path}/b"
    assert words == f'GOSUB "careline-connect" s 1 "PJSIP/ana,15,m(default)U({whisper})g,"'


def test_a_talk_that_is_recorded_names_its_file_without_extension(tmp_path: Path) -> None:
    command = Connect(AgentPhone("ana"), record=tmp_path / "1763700000.12-1.raw")
    assert f"^{tmp_path}/1763700000.12-1)g" in dial.subroutine(command, [], "default")
    hostile = Connect(AgentPhone("ana"), record=tmp_path / "a,b-1.raw")
    with pytest.raises(LineError, match="cannot be told to record"):
        dial.subroutine(hostile, [], "default")


def test_a_call_that_goes_on_stays() -> None:
    words = dial.subroutine(Connect(OutsideNumber("+8610955"), and_then=True), [], "default")
    assert words.endswith('"PJSIP/+8610955@carrier,20,m(default)U(careline-whisper^)g,stay"')


@pytest.mark.parametrize(
    "to",
    [
        AgentPhone("ana&PJSIP/eve"),
        AgentPhone("ana,60"),
        AgentPhone(""),
        AgentPhone("Ana"),
        AgentPhone("ana\n"),
        OutsideNumber("110@evil"),
        OutsideNumber("110,60"),
        OutsideNumber("٣٣٣"),
        OutsideNumber("110\n"),
        OutsideNumber(""),
        OutsideNumber("+"),
    ],
)
def test_whom_to_dial_cannot_be_smuggled(to: AgentPhone | OutsideNumber) -> None:
    with pytest.raises(LineError):
        dial.target(to)


def test_the_refused_number_is_in_no_message() -> None:
    with pytest.raises(LineError) as refused:
        dial.target(OutsideNumber("13800138000;x"))
    assert "13800138000" not in str(refused.value)


@pytest.mark.parametrize("music", ["", "a)U(x", "默认", "a,b"])
def test_a_class_of_music_cannot_end_its_option(music: str) -> None:
    with pytest.raises(LineError, match="music on hold"):
        dial.subroutine(Connect(AgentPhone("ana")), [], music)


@pytest.mark.parametrize(
    ("status", "cause", "expected"),
    [
        ("NOANSWER", "0", "no_answer"),
        ("BUSY", "17", "busy"),
        ("CHANUNAVAIL", "21", "declined"),
        ("CHANUNAVAIL", "3", "unreachable"),
        ("CHANUNAVAIL", "0", "unreachable"),
        ("CHANUNAVAIL", "19", "no_answer"),
        ("CONGESTION", "34", "unreachable"),
        ("ANSWER", "16", "declined"),
        ("", "", "unreachable"),
        ("INVALIDARGS", "", "unreachable"),
    ],
)
def test_the_end_of_a_dial_is_read(status: str, cause: str, expected: str) -> None:
    assert dial.not_joined(status, cause) == expected
