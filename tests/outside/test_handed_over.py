"""SMS and tickets in files: all that is added is there, and a forgotten person's is not."""

import json
import threading
from pathlib import Path

from ivr.outside import handed_over
from ivr.outside.handed_over import SMS, TICKETS

NUMBER, OTHER = "+8613800138000", "+8613900139000"


def keys(file: Path) -> list[str]:
    return [json.loads(line)["key"] for line in file.read_text(encoding="utf-8").splitlines()]


def test_everything_about_a_person_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    sms, tickets = tmp_path / SMS, tmp_path / TICKETS
    handed_over.add(sms, {"key": "careline-1.5-sms-1", "to": NUMBER})
    handed_over.add(sms, {"key": "careline-1.6-sms-1", "to": OTHER})
    handed_over.add(tickets, {"key": "careline-1.5-ticket-1", "number": None, "fields": {}})
    handed_over.add(tickets, {"key": "careline-1.50-ticket-1", "number": None})
    handed_over.add(tickets, {"key": "careline-1.7-ticket-2", "number": NUMBER})
    assert handed_over.forget(tmp_path, NUMBER, {"careline-1.5", "careline-1.9"}) == 3
    assert keys(sms) == ["careline-1.6-sms-1"]
    assert keys(tickets) == ["careline-1.50-ticket-1"]
    assert sms.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == [SMS, TICKETS]


def test_nothing_to_delete_is_no_failure(tmp_path: Path) -> None:
    assert handed_over.forget(tmp_path, NUMBER, ()) == 0
    assert list(tmp_path.iterdir()) == []


def test_lines_of_somebody_else_stay(tmp_path: Path) -> None:
    file = tmp_path / SMS
    content = b'not json\n[1]\n"text"\n{"to": 5}\n{"key": 7}\n\xff\xfe\nno end'
    file.write_bytes(content)
    assert handed_over.forget(tmp_path, NUMBER, {"7"}) == 1
    assert file.read_bytes() == content.replace(b'{"key": 7}\n', b"")


def test_nothing_the_engine_adds_meanwhile_is_lost(tmp_path: Path) -> None:
    file = tmp_path / SMS

    def engine() -> None:
        for count in range(300):
            handed_over.add(file, {"key": f"c{count}-sms-1", "to": OTHER})
            handed_over.add(file, {"key": f"d{count}-sms-1", "to": NUMBER})

    adding = threading.Thread(target=engine)
    adding.start()
    deleted = 0
    while adding.is_alive():
        deleted += handed_over.forget(tmp_path, NUMBER, ())
    deleted += handed_over.forget(tmp_path, NUMBER, ())
    assert deleted == 300
    assert keys(file) == [f"c{count}-sms-1" for count in range(300)]
