"""careline doctor: what is missing, in the order in which it is mended, each with its remedy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ivr import alone
from ivr.agent import AgentAccount
from ivr.cli import main
from ivr.cli.context import database
from ivr.switch import install, wiring
from ivr.switch.configure import Wiring
from ivr.switch.install import Asterisk
from ivr.switch.wiring import Kept
from recordings.vault import Keys


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, on a machine with an Asterisk that is never run."""
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("CARELINE_AMI_PORT", "1")
    asterisk = Asterisk(("asterisk",), tmp_path, tmp_path, "22.0.0")
    monkeypatch.setattr(install, "find", lambda home: asterisk)
    return tmp_path


class Doctor:
    """The doctor, and what it said last: each finding with its remedy."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, expected: int = 1) -> list[str]:
        assert main.run(["doctor"]) == expected
        return [" ".join(part.split()) for part in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(capsys)


@pytest.fixture
def begun(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The home right after `careline init`."""
    assert main.run(["init", str(home)]) == 0
    capsys.readouterr()
    return home


def after(said: list[str], finding: str) -> str:
    """The line below a finding: its remedy."""
    return said[said.index(finding) + 1]


def test_in_a_folder_of_something_else_it_says_so_and_begins_nothing(
    doctor: Doctor, home: Path
) -> None:
    said = doctor()
    assert after(said, f"bad there is no hotline in {home}").endswith("careline init")
    assert not any("database" in line for line in said)
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("begun")
def test_after_init_it_names_the_next_steps(doctor: Doctor) -> None:
    said = doctor()
    assert "ok 5 flows are sound" in said
    assert after(said, "bad there are no agents") == "→ careline agents add NAME --skill zh=3"
    remedy = after(said, "bad the switch is not configured")
    assert remedy == "→ careline switch configure --carrier ADDRESS"
    assert said[-1] == "The hotline cannot answer until 2 things are mended."


@pytest.mark.usefixtures("begun")
def test_the_programs_it_needs_are_named(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = doctor()
    assert after(said, "bad espeak-ng, which speaks the prompts, is missing") == (
        "→ apt-get install espeak-ng"
    )
    assert after(said, "bad ffmpeg, which converts sound, is missing") == "→ apt-get install ffmpeg"


def test_broken_flows_are_left_to_check(doctor: Doctor, begun: Path) -> None:
    (begun / "flows" / "main.yaml").write_text("steps: 5\n")
    assert after(doctor(), "bad the flow files have 1 problem(s)") == "→ careline check"


def test_a_language_without_words_and_a_recording_without_a_prompt_are_told(
    doctor: Doctor, begun: Path
) -> None:
    (begun / "flows" / "prompts.ko.yaml").unlink()
    audio = begun / "flows" / "audio" / "zh"
    audio.mkdir(parents=True)
    for name in ("welcome.wav", "welcome.slow.wav", "welcom.wav", "welcome.mp3"):
        (audio / name).write_bytes(b"")
    said = doctor()
    broken = f"warn {audio}/welcome.wav: this is no WAV file that can be read."
    assert any(line.startswith(broken) for line in said)
    what = "warn nothing is worded in ko: its speakers hear English, or else zh"
    assert after(said, what).startswith("→ write flows/prompts.ko.yaml")
    unheard = [line for line in said if "is never played" in line]
    assert [line.split()[1] for line in unheard] == [
        "flows/audio/zh/welcom.wav",
        "flows/audio/zh/welcome.mp3",
    ]


@pytest.mark.usefixtures("begun")
def test_what_the_agents_lack_between_them_is_told(doctor: Doctor) -> None:
    ana = AgentAccount("ana", skills={"zh": 5, "zhh": 3}, phone_secret="x")
    with database() as opened:
        opened.agents.add(ana)
    said = doctor()
    remedy = after(said, "warn no agent is logged in")
    assert remedy == "→ *45 on an agent's phone, or: careline agents ready ana"
    assert any(line.startswith("warn no agent has en, ja, ru, ko, senior_care") for line in said)
    assert "warn ana has zhh, which center.yaml does not name" in said
    with database() as opened:
        opened.agents.save(replace(ana, logged_in=True))
    assert "ok 1 of 1 agents are logged in" in doctor()


def test_a_switch_configured_for_another_port_is_told(doctor: Doctor, begun: Path) -> None:
    etc = begun / "var" / "switch" / "hotline" / "etc"
    etc.mkdir(parents=True)
    (etc / "asterisk.conf").write_text(f"astetcdir => {etc}\n")
    wiring.keep(begun, Kept(Wiring(ami_port=5038)))
    said = doctor()
    assert after(said, "bad the hotline's own switch is not running") == "→ careline switch start"
    what = (
        "bad the switch is configured for AMI at 127.0.0.1:5038, and the settings say 127.0.0.1:1"
    )
    assert after(said, what).startswith("→ careline switch configure && careline switch stop")


def test_the_switch_of_somebody_else_is_not_asked_to_be_started_by_us(
    doctor: Doctor, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_AMI_SECRET", "hunter2")
    wiring.keep(begun, Kept(Wiring(), Path("/etc/asterisk")))
    said = doctor()
    assert "ok the switch is the one configured in /etc/asterisk" in said
    refused = next(line for line in said if line.startswith("bad the engine is not let in"))
    assert "Connection refused" in refused
    assert after(said, refused).startswith("→ restart it, with #include careline_manager.conf")
    assert not any("careline switch start" in line or "hunter2" in line for line in said)


def test_it_knows_whether_the_engine_answers(doctor: Doctor, begun: Path) -> None:
    what = "warn nobody answers calls: the engine is not running"
    assert after(doctor(), what) == "→ careline serve"
    with alone.alone(begun / "var"):
        assert any("ok the engine runs (process " in line for line in doctor())


def test_a_switch_configured_in_another_folder_is_not_started(
    doctor: Doctor, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    etc = begun / "var" / "switch" / "hotline" / "etc"
    etc.mkdir(parents=True)
    (etc / "asterisk.conf").write_text("astetcdir => /srv/old/var/switch/hotline/etc\n")
    what = "bad the switch's configuration was written for a hotline in another folder"
    assert after(doctor(), what) == "→ careline switch configure"
    assert main.run(["switch", "start"]) == 1
    assert "written for a hotline in another folder" in capsys.readouterr().err


@contextmanager
def telling(status: int, text: str) -> Iterator[int]:
    """What an engine tells monitoring; its port."""

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/readyz"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Ready) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_an_engine_that_runs_is_asked_whether_it_is_ready(
    doctor: Doctor, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alone.alone(begun / "var"):
        with telling(200, "ready\n") as port:
            monkeypatch.setenv("CARELINE_METRICS_PORT", str(port))
            assert f"ok it says itself that it is ready (/readyz on port {port})" in doctor()
        silent = f"warn the engine does not say on port {port} whether it is ready"
        assert after(doctor(), silent).endswith("Start it anew")
        with telling(503, "The link to the switch is down.\n") as port:
            monkeypatch.setenv("CARELINE_METRICS_PORT", str(port))
            assert "bad the engine is not ready: The link to the switch is down." in doctor()


def test_a_secret_that_center_names_and_nobody_set_is_told(
    doctor: Doctor, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = (
        "warn center.yaml names the secret CORE_TOKEN, and CARELINE_SECRET_CORE_TOKEN is not set "
        "here"
    )
    assert after(doctor(), what).startswith("→ set it where `careline serve` begins")
    monkeypatch.setenv("CARELINE_SECRET_CORE_TOKEN", "hunter2")
    assert not any("CORE_TOKEN" in line or "hunter2" in line for line in doctor())


def test_recordings_whose_key_is_not_here_are_told(doctor: Doctor, begun: Path) -> None:
    file = begun / "var" / "recordings.key"
    what = f"warn there are sealed recordings, and not the key that opens them, {file}"
    assert what not in doctor()
    sealed = begun / "var" / "recordings" / "2026" / "1.flac.age"
    sealed.parent.mkdir(parents=True)
    sealed.write_bytes(b"sealed")
    assert after(doctor(), what).startswith("→ put your copy of it there, before")
    Keys.add(file)
    assert f"ok with {file} talks can be recorded and played" in doctor()


def test_flows_that_are_published_need_not_be_here(doctor: Doctor, begun: Path) -> None:
    with database():
        shutil.rmtree(begun / "flows")
    said = doctor()
    what = "warn flows/ is not here: what was published is served"
    assert "careline versions NUMBER --into flows" in after(said, what)
    assert after(said, "bad there are no agents").startswith("→ careline agents add")


def test_a_database_that_cannot_be_read_is_told_and_the_rest_looked_at(
    doctor: Doctor, begun: Path
) -> None:
    (begun / "var").mkdir()
    (begun / "var" / "careline.db").write_bytes(b"not a database" * 100)
    said = doctor()
    assert any(line.startswith("bad The database ") for line in said)
    assert any("switch is not configured" in line for line in said)
    shutil.rmtree(begun / "var")
    assert "ok the database can be used" in doctor()


def test_of_a_model_that_was_never_measured_it_says_so(doctor: Doctor, begun: Path) -> None:
    place = begun / "var" / "models" / "zh" / "vosk-model-small-cn-0.22" / "am"
    place.mkdir(parents=True)
    (place / "final.mdl").touch()
    said = " ".join(doctor())
    unmeasured = "how sure it is, is measured with another Vosk model"
    assert f"callers may speak zh (vosk-model-small-cn-0.22); {unmeasured}" in said
    assert said.count(unmeasured) == 1
