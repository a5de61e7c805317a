"""The switch's configuration: what is written, what is kept, and what is never touched."""

import json
import re
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.errors import BadInput
from ivr.line.asterisk.inbound import LINE_EVENTS
from ivr.switch import configure, secrets
from ivr.switch.configure import Wiring
from ivr.switch.install import Asterisk

ANA = AgentAccount("ana", phone_secret="top;secret")
LENGTH = re.compile(r"\$\{LEN\((\$\{FILTER\([^,]+,)?\$\{(CALLERID\(num\)|EXTEN)\}(\)\})?\)\}")
"""The length of what a caller sent, or of what is allowed in it."""


@pytest.fixture
def nowhere(tmp_path: Path) -> Asterisk:
    """An Asterisk that is never run."""
    return Asterisk(("asterisk",), tmp_path / "modules", tmp_path / "data", "22.0.0")


def words(path: Path) -> list[str]:
    """The lines that say something."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith(";")]


def test_the_directories_section_is_no_template(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    assert words(made.main_file)[0] == "[directories]"
    assert f"astetcdir => {made.etc}" in words(made.main_file)


def test_only_named_modules_are_loaded(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    lines = words(made.etc / "modules.conf")
    assert lines[:2] == ["[modules]", "autoload = no"]
    for risky in ("app_system", "func_shell", "app_voicemail", "pbx_spool", "res_http"):
        assert not any(risky in line for line in lines)


def test_of_what_a_caller_sends_the_dialplan_knows_the_length_and_nothing_else(
    tmp_path: Path, nowhere: Asterisk
) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    dialplan = "\n".join(words(made.etc / "careline_extensions.conf"))
    dialplan = LENGTH.sub("", dialplan).replace("Set(CALLERID(num)=unusable)", "")
    dialplan = dialplan.replace("Set(CALLERID(all)=${FILTER(0-9,${CARELINE_SHOWS})})", "")
    for variable in ("CALLERID", "CONNECTEDLINE", "${EXTEN", "REDIRECTING", "PJSIP_HEADER"):
        assert variable not in dialplan


def test_the_engine_may_command_calls_and_nothing_else(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    lines = words(made.etc / "careline_manager.conf")
    engine = lines[lines.index("[careline]") : lines.index("[careline-admin]")]
    assert "write = agent,agi,call,originate,reporting,user" in engine
    assert "permit = 127.0.0.1/255.255.255.255" in engine
    assert "bindaddr = 127.0.0.1" in words(made.etc / "manager.conf")


def test_the_engine_is_sent_every_event_that_a_line_reads() -> None:
    assert set(LINE_EVENTS) <= set(configure.EVENTS)


def test_without_a_carrier_nobody_is_taken_for_it(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    assert "type = identify" not in words(made.etc / "careline_pjsip.conf")
    made = configure.configure(tmp_path, nowhere, Wiring(carrier="192.0.2.7"))
    assert "match = 192.0.2.7" in words(made.etc / "careline_pjsip.conf")


def test_an_agents_secret_is_written_so_that_asterisk_reads_it(
    tmp_path: Path, nowhere: Asterisk
) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring(), [ANA])
    assert "password = top\\;secret" in words(made.etc / "careline_pjsip_agents.conf")
    assert "member => PJSIP/ana,0,ana" in words(made.etc / "careline_queues.conf")


@pytest.mark.parametrize("secret", ["two\nlines", " spaced ", ">arrow", "bell\a", ""])
def test_a_secret_that_could_change_the_file_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(BadInput):
        configure.write_agents(tmp_path, [AgentAccount("ana", phone_secret=secret)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", sorted(configure.RESERVED))
def test_an_agent_cannot_take_the_carriers_place(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=f"cannot be named {name}"):
        configure.write_agents(tmp_path, [AgentAccount(name, phone_secret="x")])


def test_secrets_are_for_their_owner_only_and_kept(tmp_path: Path, nowhere: Asterisk) -> None:
    configure.configure(tmp_path, nowhere, Wiring())
    first = secrets.read(tmp_path)
    assert set(first) == {"careline", "careline-admin"}
    assert len(set(first.values())) == 2
    assert secrets.path(tmp_path).stat().st_mode & 0o777 == 0o600
    configure.configure(tmp_path, nowhere, Wiring(sip_port=5080))
    assert secrets.read(tmp_path) == first


def test_a_secret_that_is_missing_is_made_and_the_other_kept(tmp_path: Path) -> None:
    first = secrets.keep_or_make(tmp_path)
    secrets.path(tmp_path).write_text(json.dumps({"careline": first["careline"]}))
    second = secrets.keep_or_make(tmp_path)
    assert second["careline"] == first["careline"]
    assert second["careline-admin"] != first["careline-admin"]


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"careline": 5}'])
def test_damaged_secrets_are_reported_and_not_replaced(tmp_path: Path, text: str) -> None:
    secrets.keep_or_make(tmp_path)
    secrets.path(tmp_path).write_text(text)
    with pytest.raises(BadInput, match=r"secrets\.json is damaged"):
        secrets.keep_or_make(tmp_path)
    assert secrets.path(tmp_path).read_text() == text


def test_files_with_secrets_are_not_for_everybody(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring(), [ANA])
    for file in made.etc.iterdir():
        assert file.stat().st_mode & 0o007 == 0, file.name
    assert made.folder.stat().st_mode & 0o777 == 0o700


def test_a_file_that_somebody_wrote_is_never_overwritten(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    for foreign in ("pjsip.conf", "careline_musiconhold.conf", "acl.conf"):
        before = {file.name: file.read_text() for file in made.etc.iterdir()}
        mine = "; my own\n[general]\n"
        (made.etc / foreign).write_text(mine)
        with pytest.raises(BadInput, match=f"{foreign} exists and was not generated by Careline"):
            configure.configure(tmp_path, nowhere, Wiring(sip_port=5099))
        after = {file.name: file.read_text() for file in made.etc.iterdir()}
        assert after == before | {foreign: mine}
        (made.etc / foreign).write_text(before[foreign])


def test_an_admins_own_additions_are_included_and_left_alone(
    tmp_path: Path, nowhere: Asterisk
) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    for whole in ("extensions", "pjsip", "queues"):
        own = made.etc / f"local_{whole}.conf"
        own.write_text("[mine]\n")
        configure.configure(tmp_path, nowhere, Wiring(sip_port=5080))
        assert own.read_text() == "[mine]\n"
        assert f"#tryinclude {own.name}\n" in (made.etc / f"{whole}.conf").read_text()


def test_an_existing_switch_gets_only_its_careline_files(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "pjsip.conf").write_text("[mine]\n")
    text = configure.export(tmp_path, etc, Wiring(carrier="192.0.2.7"), [ANA])
    written = sorted(file.name for file in etc.iterdir())
    assert written == [
        "careline_extensions.conf",
        "careline_features.conf",
        "careline_manager.conf",
        "careline_musiconhold.conf",
        "careline_pjsip.conf",
        "careline_pjsip_agents.conf",
        "careline_queues.conf",
        "pjsip.conf",
    ]
    assert (etc / "pjsip.conf").read_text() == "[mine]\n"
    for whole, part in configure.INCLUDES.items():
        assert f"{whole}" in text
        assert f"#include {part}" in text
    for secret in secrets.read(tmp_path).values():
        assert secret not in text


def test_an_existing_switchs_own_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "careline_pjsip.conf").write_text("[mine]\n")
    with pytest.raises(BadInput, match="left alone"):
        configure.export(tmp_path, tmp_path, Wiring())
    assert {file.name for file in tmp_path.iterdir()} >= {"careline_pjsip.conf"}
    assert not (tmp_path / "careline_manager.conf").exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a folder"):
        configure.export(tmp_path, tmp_path / "none", Wiring())


def test_music_classes_outlive_a_new_configuration(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    configure.write_music(made.etc, {"wait-zh": [Path("/prompts/zh/wait"), Path("/music/a")]})
    configure.configure(tmp_path, nowhere, Wiring())
    assert words(made.etc / "careline_musiconhold.conf") == [
        "[wait-zh]",
        "mode = playlist",
        "entry = /prompts/zh/wait",
        "entry = /music/a",
    ]


@pytest.mark.parametrize(
    "classes", [{"a]b": [Path("/x")]}, {"": [Path("/x")]}, {"a": []}, {"a": [Path("relative")]}]
)
def test_music_that_cannot_be_played_is_refused(
    tmp_path: Path, classes: dict[str, list[Path]]
) -> None:
    with pytest.raises(BadInput):
        configure.write_music(tmp_path, classes)


def test_a_switch_without_music_gets_a_quiet_tone(tmp_path: Path, nowhere: Asterisk) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring())
    folder = made.folder / "music"
    assert f"directory = {folder}" in words(made.etc / "musiconhold.conf")
    assert (folder / "quiet.wav").stat().st_size > 8000


@pytest.mark.parametrize(
    ("wiring", "found"),
    [
        (Wiring(sip_address="999.1.1.1"), '--sip-address: found "999.1.1.1"'),
        (Wiring(sip_address="sip.example.com"), '--sip-address: found "sip.example.com"'),
        (Wiring(carrier="a carrier"), '--carrier: found "a carrier"'),
        (Wiring(carrier="203.0.113.5\n[evil]"), "--carrier: found "),
        (Wiring(carrier="203.0.113.500"), '--carrier: found "203.0.113.500"'),
        (Wiring(rtp_first=30000, rtp_last=20000), "found 30000 to 20000"),
        (Wiring(rtp_first=5000, rtp_last=6000), "--sip-port: found 5060, which is one of"),
    ],
)
def test_a_switch_that_could_hear_nobody_is_not_configured(
    tmp_path: Path, nowhere: Asterisk, wiring: Wiring, found: str
) -> None:
    with pytest.raises(BadInput, match=re.escape(found)):
        configure.configure(tmp_path, nowhere, wiring)
    assert not (tmp_path / "var" / "switch" / "hotline" / "etc" / "pjsip.conf").exists()


@pytest.mark.parametrize("carrier", ["", "203.0.113.5", "sip.example.com", "carrier"])
def test_a_carrier_is_an_address_or_a_name(tmp_path: Path, nowhere: Asterisk, carrier: str) -> None:
    made = configure.configure(tmp_path, nowhere, Wiring(carrier=carrier))
    assert (f"match = {carrier}" in words(made.etc / "careline_pjsip.conf")) == bool(carrier)
