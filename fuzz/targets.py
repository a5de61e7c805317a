"""Which parsers meet bytes from outside, and what must hold of each whatever comes?

A target takes bytes and returns; AssertionError, or any exception that its parser does not promise,
is a find. The same targets are tried by Hypothesis in the tests and guided by coverage in `make fuzz`.
"""

import asyncio
import csv
import io
import json
import logging
import re
import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from ivr import logs
from ivr.caller import mask, parse_number
from ivr.cli.outside import harmless
from ivr.cli.report import BEGINS_A_FORMULA, safe_cell
from ivr.errors import BadInput, LineError
from ivr.flow import source
from ivr.flow.outside import Failed, Found, Missing
from ivr.flow.problem import BrokenFlow
from ivr.line.asterisk import agi, dial, frames, wire
from ivr.line.commands import AgentPhone, OutsideNumber
from ivr.outside import lookups
from ivr.outside.http import Answer
from ivr.queue_lines import QueueLine
from ivr.store.callers import GoodRow
from ivr.store.callers_file import CallersFile

GREETING = b"Asterisk Call Manager/9.0.0\r\n"
_FILE = Path(tempfile.mkdtemp(prefix="careline-fuzz-")) / "callers.csv"
_LOOP = asyncio.new_event_loop()


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


class _Transport:
    """A connection on which nothing is sent."""

    def abort(self) -> None:
        """Nothing to do."""

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0


def _received(chunks: list[bytes]) -> list[dict[str, Any]]:
    """The events of a link on which these chunks come."""
    events: list[dict[str, Any]] = []

    async def receive() -> None:
        link = wire.Wire(lambda event: events.append(dict(event)), lambda lost: None)
        link.connection_made(_Transport())
        link.data_received(GREETING)
        for chunk in chunks:
            link.data_received(chunk)
            assert len(link._received) <= wire.MOST_BUFFERED
        link.close()

    _LOOP.run_until_complete(receive())
    return events


def ami_incoming(data: bytes) -> None:
    """Events hold text only, and are the same however TCP cuts the stream."""
    logging.disable()  # a dropped message is told, thousands of times a second here
    try:
        whole = _received([data])
        at = data[0] % (len(data) + 1) if data else 0
        assert _received([data[:at], data[at:]]) == whole
    finally:
        logging.disable(logging.NOTSET)
    for event in whole:
        assert all(isinstance(value, str) for value in event.values()), event


def ami_outgoing(data: bytes) -> None:
    """An action has the headers it was given and no other, or is refused."""
    header, _, value = _text(data).partition("\x1f")

    async def send() -> bytes:
        return str(wire.checked("Setvar", {header: value})).encode()

    try:
        sent = _LOOP.run_until_complete(send())
    except LineError:
        return
    lines = sent.split(b"\r\n")
    assert [line.split(b":")[0] for line in lines[:-2]].count(header.encode()) >= 1
    assert len(lines) == 5  # Action, ActionID, the header, and the empty line's two ends
    assert lines[3:] == [b"", b""]


def agi_result(data: bytes) -> None:
    """Any text is some result; only one that says 200 was carried out."""
    text = _text(data)
    result = agi.parse(text)
    assert result.failed or "200" in text


def agi_command(data: bytes) -> None:
    """Asterisk splits a command into the words it was made of, or it is refused."""
    words = _text(data).split("\x1f")
    try:
        command = agi.command("EXEC", *words)
    except LineError:
        return
    assert "\n" not in command
    assert _split(command) == ["EXEC", *words]


def _split(command: str) -> list[str]:
    """As res/res_agi.c, `parse_args`, does it."""
    words, word, quoted, escaped, begun = [], "", False, False, False
    for character in command:
        if escaped:
            word, escaped = word + character, False
        elif character == "\\":
            escaped = begun = True
        elif character == '"':
            quoted, begun = not quoted, True
        elif character in " \t" and not quoted:
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            word, begun = word + character, True
    return [*words, word] if begun else words


def dialled(data: bytes) -> None:
    """Only digits and agents' names are dialled."""
    text = _text(data)
    for to in (AgentPhone(text), OutsideNumber(text)):
        with suppress(LineError):
            assert re.fullmatch(r"PJSIP/([a-z0-9-]+|\+?[0-9]{2,20}@carrier)", dial.target(to), re.A)


def audio_frames(data: bytes) -> None:
    """Frames are of the sizes the protocol has; anything else ends the connection."""

    async def read() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        with suppress(asyncio.IncompleteReadError, frames.TooMuch):
            while True:
                _, payload = await frames.message(reader)
                assert len(payload) <= frames.LONGEST_SOUND

    _LOOP.run_until_complete(read())


def numbers(data: bytes) -> None:
    """A calling number is E.164 or none; a log sees four of its digits at most."""
    text = _text(data)
    number = parse_number(text, "CN")
    assert (number.number is not None) == (number.kind == "number")
    assert number.number is None or re.fullmatch(r"\+[1-9][0-9]{1,14}", number.number, re.A)
    assert re.fullmatch(r"••••( [0-9]{4})?", mask(text), re.A)


def callers_file(data: bytes) -> None:
    """A file has rows that are good or bad, and what is good cannot act on a terminal."""
    _FILE.write_bytes(data)
    try:
        rows = list(CallersFile.open(_FILE).rows("CN", date(2026, 11, 18)))
    except BadInput as problem:
        assert str(problem)
        return
    for row in rows:
        if isinstance(row, GoodRow):
            assert row.profile.name.isprintable()
            assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in row.profile.tier)


def flow_file(data: bytes) -> None:
    """A flow file is data or a list of problems, each at a place."""
    try:
        source.parse(_text(data), "main.yaml")
    except BrokenFlow as broken:
        assert broken.problems
        assert all(problem.spot.line >= 1 for problem in broken.problems)


def bank_answer(data: bytes) -> None:
    """What a bank's system answers is fields by name, nothing, or a failure without its words."""
    found = lookups.understood(Answer(200, "application/json", data))
    assert isinstance(found, Found | Missing | Failed)
    if isinstance(found, Found):
        json.dumps(found.fields, allow_nan=True)


def queue_log(data: bytes) -> None:
    """A line has as many fields as it was given, and is one line."""
    fields = tuple(_text(data).split("\x1f"))
    message = QueueLine("senior", "PAUSE", data=fields).message()
    assert message.count("|") == len(fields) - 1
    assert message.isprintable()


def terminal(data: bytes) -> None:
    """Nothing in a shown text is obeyed by a terminal or turns the line round."""
    shown = harmless(_text(data))
    assert shown.strip("\u2068\u2069").isprintable()
    assert not re.search("[\u202a-\u202e\u2066\u2067\x00-\x1f\x7f-\x9f]", shown)


def spreadsheet(data: bytes) -> None:
    """A cell comes out as it went in but for a mark before what would be computed."""
    text = _text(data)
    out = io.StringIO(newline="")
    csv.writer(out).writerow([safe_cell(text), "end"])
    [[cell, end]] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert end == "end"
    assert not cell.startswith(BEGINS_A_FORMULA)
    assert cell.removeprefix("'") == text.removeprefix("'")


def log_line(data: bytes) -> None:
    """A line of the log is one line, and shows no character that acts."""
    line = logs.printable(None, "info", logs.masked(None, "info", {"event": _text(data)}))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line["event"])


TARGETS: dict[str, Callable[[bytes], None]] = {
    "ami_incoming": ami_incoming,
    "ami_outgoing": ami_outgoing,
    "agi_result": agi_result,
    "agi_command": agi_command,
    "dialled": dialled,
    "audio_frames": audio_frames,
    "numbers": numbers,
    "callers_file": callers_file,
    "flow_file": flow_file,
    "bank_answer": bank_answer,
    "queue_log": queue_log,
    "terminal": terminal,
    "spreadsheet": spreadsheet,
    "log_line": log_line,
}

SEEDS: dict[str, list[bytes]] = {
    "ami_incoming": [
        b"Event: Newchannel\r\nCallerIDNum: 138\r\nUniqueid: careline-1.2\r\n\r\n",
        b"Response: Success\r\nActionID: 1\r\nEventList: start\r\n\r\n",
        b"Event: A\r\nA: 1\r\nA: 2\r\n\r\nEvent: AsyncAGIExec\r\nResult: 200%20result%3D1%0A\r\n\r\n",
    ],
    "ami_outgoing": [b"Variable\x1fA=b", b"A\x1fb\r\nAction: Originate"],
    "agi_result": [b"200 result=-1 (timeout) endpos=800", b"520-Invalid\n520 End", b"HANGUP"],
    "agi_command": [b'a b\x1fc"d\\e\x1f', b"\xe7\x8e\x8b\x1f\x1f'"],
    "dialled": [b"ana", b"+8613800138000", b"1&PJSIP/2"],
    "audio_frames": [b"\x01\x00\x10" + bytes(16) + b"\x10\x00\x02ab\x03\x00\x011", b"\x00\x00\x00"],
    "numbers": [
        b"+86 138 0013 8000",
        b'"x" <sip:0044%32@h;p=1>',
        "＋８６10".encode(),
        b"anonymous",
    ],
    "callers_file": [
        b"number,name,birth,languages,tier,notes,preferred_agent\n13800138000,W,1950-03-07,zh,gold,,ana\n",
        b'number,name\n"138","a\n""b"\n',
    ],
    "flow_file": [b"steps:\n  a: {say: x, next: b}\n", b"a: &b [*b, !!t 'x']\n? q\n: |\n  t\n"],
    "bank_answer": [b'{"balance": 12.5, "a": {"b": [1, null]}}', b"null", b"NaN"],
    "queue_log": [b"lunch|x\x1f2\n"],
    "terminal": ["\x1b]0;x\x07王\u202eא\u200b".encode()],
    "spreadsheet": [b"=1+1", b'a"b,c\r\nd', b"'=x"],
    "log_line": ["from +8613800138000\r\n\x1b[31m\u2066".encode()],
}
"""Where coverage begins."""
