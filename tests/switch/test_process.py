"""Starting and stopping a real switch."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.errors import SwitchNotUsable
from ivr.switch import agents, configure, process, secrets
from ivr.switch.agents import Address
from ivr.switch.configure import Wiring
from ivr.switch.install import Asterisk
from ivr.switch.instance import Instance, hotline
from tests.rig.rig import HOTLINE_ADDRESS, free_ports

pytestmark = pytest.mark.switch

ANA = AgentAccount("ana", phone_secret="secret")


@pytest.fixture
def home(asterisk: Asterisk) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="careline-") as folder:
        yield Path(folder)
        process.stop(asterisk, hotline(Path(folder)), grace=0)


@pytest.fixture
def wiring() -> Wiring:
    sip, ami = free_ports(2)
    return Wiring(sip_address=HOTLINE_ADDRESS, sip_port=sip, ami_port=ami)


@pytest.fixture
def instance(home: Path, asterisk: Asterisk, wiring: Wiring) -> Instance:
    return configure.configure(home, asterisk, wiring)


def test_a_switch_starts_once_is_seen_and_stops(asterisk: Asterisk, instance: Instance) -> None:
    assert process.status(asterisk, instance) == process.Status(running=False)
    pid = process.start(asterisk, instance)
    assert process.start(asterisk, instance) == pid
    seen = process.status(asterisk, instance)
    assert seen == process.Status(running=True, pid=pid, version=asterisk.version, calls=0)
    assert process.stop(asterisk, instance)
    assert process.status(asterisk, instance) == process.Status(running=False)
    assert not process.stop(asterisk, instance)


HESITANT = """
import os, pathlib, sys, time
run = pathlib.Path({run!r})
if "-rx" in sys.argv:
    print("Asterisk has fully booted.")
elif os.fork() == 0:
    os.close(1), os.close(2)
    pid = (run / "asterisk.pid").open("w")
    time.sleep(0.5)
    pid.write(str(os.getpid()))
    pid.close()
    (run / "asterisk.ctl").touch()
    time.sleep(60)
else:
    time.sleep(0.2)
"""
"""A program that has made the file of its number, and writes the number into it a moment later."""


def test_a_switch_that_is_just_writing_its_number_is_not_taken_for_dead(
    asterisk: Asterisk, instance: Instance
) -> None:
    program = instance.folder / "hesitant.py"
    program.write_text(HESITANT.format(run=str(instance.run)), encoding="utf-8")
    hesitant = replace(asterisk, program=(sys.executable, str(program)))
    pid = process.start(hesitant, instance)
    assert process.pid(instance) == pid


def test_a_started_switch_has_nothing_to_complain_of(
    asterisk: Asterisk, instance: Instance
) -> None:
    process.start(asterisk, instance)
    assert process.complaints(instance) == []


def test_a_switch_with_no_calls_stops_without_using_up_its_grace(
    asterisk: Asterisk, instance: Instance
) -> None:
    process.start(asterisk, instance)
    began = time.monotonic()
    process.stop(asterisk, instance, grace=30)
    assert time.monotonic() - began < 10


def test_a_switch_that_cannot_start_says_why_and_leaves_nothing(
    asterisk: Asterisk, instance: Instance
) -> None:
    modules = instance.etc / "modules.conf"
    modules.write_text(modules.read_text() + "require = app_nonsense.so\n")
    with pytest.raises(SwitchNotUsable, match=r"The switch (did not start|ended at once): .*\w"):
        process.start(asterisk, instance, within=10)
    assert process.pid(instance) is None


def test_a_switch_without_configuration_is_not_started(asterisk: Asterisk, home: Path) -> None:
    with pytest.raises(SwitchNotUsable, match="careline switch configure"):
        process.start(asterisk, hotline(home))


def test_a_pid_file_left_by_a_crash_is_not_believed(instance: Instance) -> None:
    (instance.run / "asterisk.pid").write_text("1\n")
    assert process.pid(instance) is None


def test_a_home_with_a_very_long_path_works_too(asterisk: Asterisk, wiring: Wiring) -> None:
    with tempfile.TemporaryDirectory(prefix="careline-") as folder:
        home = Path(folder) / ("long" * 15) / ("longer" * 15)
        made = configure.configure(home, asterisk, wiring)
        try:
            process.start(asterisk, made)
            assert process.status(asterisk, made).calls == 0
        finally:
            process.stop(asterisk, made, grace=0)
            shutil.rmtree(made.run)


def test_agents_are_made_known_to_a_running_switch(
    asterisk: Asterisk, instance: Instance, home: Path, wiring: Wiring
) -> None:
    process.start(asterisk, instance)
    assert agents.apply(home, [ANA], Address(port=wiring.ami_port))
    assert "ana/ana" in (process.command(asterisk, instance, "pjsip show endpoints") or "")
    assert "PJSIP/ana" in (process.command(asterisk, instance, "queue show") or "")
    assert agents.apply(home, [], Address(port=wiring.ami_port))
    assert "ana/ana" not in (process.command(asterisk, instance, "pjsip show endpoints") or "")


def test_agents_of_a_switch_that_is_not_running_are_written(
    instance: Instance, home: Path, wiring: Wiring
) -> None:
    assert not agents.apply(home, [ANA], Address(port=wiring.ami_port))
    assert "[ana](careline-phone)" in (instance.etc / "careline_pjsip_agents.conf").read_text()


def test_a_switch_that_refuses_the_secret_is_reported(
    asterisk: Asterisk, instance: Instance, home: Path, wiring: Wiring
) -> None:
    process.start(asterisk, instance)
    secrets.path(home).unlink()
    with pytest.raises(SwitchNotUsable, match="careline switch configure"):
        agents.apply(home, [ANA], Address(port=wiring.ami_port))
    secrets.keep_or_make(home)
    with pytest.raises(SwitchNotUsable, match=r"refused Login .* restart it"):
        agents.apply(home, [ANA], Address(port=wiring.ami_port))
