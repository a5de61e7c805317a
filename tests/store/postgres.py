"""A PostgreSQL server of our own, thrown away after the tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

PROGRAMS = ("initdb", "postgres")
START_S = 30


class NoServer(Exception):
    """There is no PostgreSQL here; the text is a sentence."""


@contextmanager
def throwaway_server() -> Iterator[str]:
    """The address of a running server (`postgresql://...`, without a database's name at its end).

    It listens on a socket in a temporary folder only. Raises NoServer where none is installed.
    """
    programs = _programs()
    owner, become = _owner()
    # Not pytest's folder: only its owner may look into that, and a socket's path is at most 107.
    with tempfile.TemporaryDirectory(prefix="careline-pg-", dir="/tmp") as folder:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = f"{folder}/data"
        how = ["-U", "careline", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(
            [*become, f"{programs}/initdb", "-D", data, *how],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, f"initdb failed: {made.stderr}"
        log = Path(folder, "log")
        with log.open("w") as output:
            alone = ["-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
            server = subprocess.Popen(
                [*become, f"{programs}/postgres", "-D", data, *alone],
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_ready(server, folder, log)
            yield f"postgresql://careline@/{{database}}?host={folder}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed any more
            try:
                server.wait(START_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _programs() -> Path:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if all((folder / program).is_file() for program in PROGRAMS):
            return folder
    raise NoServer("No PostgreSQL server is installed here, so the store is tried on SQLite only.")


def _owner() -> tuple[pwd.struct_passwd, list[str]]:
    """Who runs the server, and how to become them: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()), []
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = names.get("postgres") or names["nobody"]
    ids = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}"]
    return owner, ["setpriv", *ids, "--clear-groups", "--"]


def _wait_until_ready(server: "subprocess.Popen[bytes]", folder: str, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(host=folder, user="careline", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"The server did not start: {log.read_text()}")
