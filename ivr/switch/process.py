"""Is the switch running, and how is it started and stopped?"""

import contextlib
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import SwitchNotUsable
from ivr.switch.install import Asterisk
from ivr.switch.instance import Instance

# What Asterisk logs, and goes on without, when a port or an address is not to be had.
_DEAF = re.compile(r"could not be started: .+|Unable to bind .+")


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a switch. `calls` is None when it runs but does not answer."""

    running: bool
    pid: int | None = None
    version: str = ""
    calls: int | None = None


def start(asterisk: Asterisk, instance: Instance, within: float = 30.0) -> int:
    """Start the switch in the background, wait until it can take calls, and return its pid.

    Harmless if it runs already. Raises SwitchNotUsable when it is not ready after `within` seconds,
    or cannot listen where it was told to; nothing is left running then.
    """
    running = pid(instance)
    if running is not None:
        return running
    if not instance.main_file.is_file():
        raise SwitchNotUsable(
            f"The switch has no configuration in {instance.etc}; "
            "run `careline switch configure` first."
        )
    if not instance.configured_here():
        raise SwitchNotUsable(
            f"The configuration in {instance.etc} was written for a hotline in another folder; run "
            "`careline switch configure` first."
        )
    _rotate(instance.log)
    try:
        _launch(asterisk, instance)
        _wait_until_booted(asterisk, instance, within)
        return _listening(instance)
    except BaseException:  # an impatient Ctrl-C, too, must not leave a half-started switch behind
        _signal_until_gone(instance, (signal.SIGTERM, signal.SIGKILL), each=3.0)
        raise


def stop(asterisk: Asterisk, instance: Instance, grace: float = 10.0) -> bool:
    """Stop the switch; return False if it was not running.

    New calls are refused at once; calls that go on get `grace` seconds, then they are cut.
    """
    if pid(instance) is None:
        return False
    if grace > 0:
        command(asterisk, instance, "core stop gracefully")
        _wait_until_gone(instance, grace)
    _signal_until_gone(instance, (signal.SIGTERM, signal.SIGKILL), each=5.0)
    return True


def status(asterisk: Asterisk, instance: Instance) -> Status:
    """Whether it runs, which version, and how many calls it has."""
    running = pid(instance)
    if running is None:
        return Status(running=False)
    answer = command(asterisk, instance, "core show channels count") or ""
    counts = [line.split()[0] for line in answer.splitlines() if " active call" in line]
    calls = int(counts[0]) if counts and counts[0].isdigit() else None
    return Status(running=True, pid=running, version=asterisk.version, calls=calls)


def pid(instance: Instance) -> int | None:
    """The process id of the running switch, or None.

    A pid file outlives a crash and its number may be somebody else's by now, so the process must
    also have been started with this instance's configuration. Raises PermissionError when the file
    is not ours to read: whether the switch runs cannot be said then.
    """
    try:
        number = int((instance.run / "asterisk.pid").read_text(encoding="ascii"))
        arguments = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except PermissionError:
        raise
    except (OSError, ValueError):
        return None
    return number if str(instance.main_file).encode() in arguments else None


def command(asterisk: Asterisk, instance: Instance, line: str) -> str | None:
    """The answer to a console command, or None if the switch did not take it."""
    try:
        answer = subprocess.run(
            [*_program(asterisk, instance), "-rx", line],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return answer.stdout if answer.returncode == 0 else None


def complaints(instance: Instance) -> list[str]:
    """The errors and warnings the switch has logged since it was started."""
    try:
        lines = instance.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if "] ERROR[" in line or "] WARNING[" in line]


def _program(asterisk: Asterisk, instance: Instance) -> list[str]:
    return [*asterisk.program, "-C", str(instance.main_file)]


def _launch(asterisk: Asterisk, instance: Instance) -> None:
    """Asterisk puts itself into the background; what it says before that is kept."""
    (instance.run / "asterisk.pid").unlink(missing_ok=True)
    with (instance.folder / "log" / "start.log").open("wb") as out:
        ended = subprocess.run(
            _program(asterisk, instance),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=instance.folder,
            check=False,
            timeout=30,
        )
    if ended.returncode != 0:
        raise SwitchNotUsable(f"The switch did not start: {_complaint(instance)}")


def _wait_until_booted(asterisk: Asterisk, instance: Instance, within: float) -> None:
    deadline = time.monotonic() + within
    while not _booted(asterisk, instance):
        if time.monotonic() > deadline or _died(instance):
            raise SwitchNotUsable(f"The switch did not start: {_complaint(instance)}")
        time.sleep(0.1)


def _booted(asterisk: Asterisk, instance: Instance) -> bool:
    if not (instance.run / "asterisk.ctl").exists():
        return False
    answer = command(asterisk, instance, "core waitfullybooted")
    return answer is not None and "fully booted" in answer


def _died(instance: Instance) -> bool:
    file = instance.run / "asterisk.pid"
    # It opens the file a moment before it writes its number into it.
    return file.exists() and bool(file.read_bytes().strip()) and pid(instance) is None


def _listening(instance: Instance) -> int:
    """The pid of a switch that has just booted. Raises if it cannot be reached, or is gone."""
    for line in complaints(instance):
        if "] ERROR[" in line and (reason := _DEAF.search(line)):
            raise SwitchNotUsable(
                f"The switch cannot listen where it was told to ({reason[0]}). Stop the program "
                "that uses this address, or choose another: --sip-port and --sip-address of "
                "`careline switch configure`; for AMI the setting ami_port, then configure again."
            )
    started = pid(instance)
    if started is None:
        raise SwitchNotUsable(f"The switch ended at once: {_complaint(instance)}")
    return started


def _complaint(instance: Instance) -> str:
    """The likeliest reason, from what it logged."""
    errors = [line for line in complaints(instance) if "] ERROR[" in line]
    if errors:
        return f"{errors[-1].partition('] ERROR[')[2].partition(': ')[2]} (see {instance.log})"
    said = (instance.folder / "log" / "start.log").read_text(encoding="utf-8", errors="replace")
    return f"{said.strip().splitlines()[-1] if said.strip() else 'it gave no reason'}"


def _rotate(log: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        log.replace(log.with_suffix(".previous.log"))


def _wait_until_gone(instance: Instance, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while pid(instance) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _signal_until_gone(
    instance: Instance, signals: tuple[signal.Signals, ...], each: float
) -> None:
    for number in signals:
        running = pid(instance)
        if running is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(running, number)
        _wait_until_gone(instance, each)
