"""What callers key as a secret is nowhere afterwards: in no file, no log, and no recording's sound."""

import asyncio
import io
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import pytest_asyncio

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.control.client import Engine, path
from ivr.errors import CarelineError
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.wire import AmiMessage
from ivr.record import CallEvent
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.catalogue import Recording
from recordings.sound import RATE, decode
from recordings.vault import Keys as VaultKeys
from recordings.vault import Vault
from tests.hotline.bank import Bank
from tests.hotline.day import (
    OF_THE_AGENT,
    OF_THE_CALLER,
    Caller,
    Day,
    until,
    until_both_hear_each_other,
)
from tests.hotline.flows import (
    NOT_CHECKED,
    NOT_RIGHT,
    QUESTION,
    QUESTION_LASTS,
    RIGHT,
    lively,
    with_ivr_recorded,
    with_secure_entry,
)
from tests.hotline.story import ON_THAT_DAY, story
from tests.rig import dtmf, sound
from tests.rig.ami import Message
from tests.rig.carrier import Keys
from tests.rig.leg import Leg
from tests.rig.rig import free_ports
from tests.rig.sound import Sound

pytestmark = pytest.mark.switch

BANK = free_ports(1)[0]
PIN = "604918"
WRONG = {"rfc4733": "271836", "info": "314957", "inband": "820463"}
"""What callers key in a menu, and then in a talk, by how their telephone sends it."""
IN_A_TALK = {"rfc4733": "937150", "info": "582604", "inband": "416297"}
CUT_SHORT, REFUSED = "73914", "395172"
TOKEN = "tok-7f3a"  # what the bank answers to the right PIN
RIGHT_PIN = {"outcome": "right", "recording": True, "token": True}
SECRETS = (PIN, *WRONG.values(), *IN_A_TALK.values(), CUT_SHORT, REFUSED)
LAST_FOUR, LOUD = "8461", "19283746"
"""What is no secret: keyed into a step that says so, and in a talk for the agent to hear."""
WAYS = get_args(Keys)
AGENTS = [AgentAccount(f"eve-{n}", "Eve", "en", {"en": 5, "zh": 5}) for n in range(12)]
CALLERS = [Profile(f"+86139444400{n:02}", "王芳", date(1990, 1, 1), ("zh",)) for n in range(10)]
FROM_ABROAD = "+45331234{:02}"  # goes straight to an agent


def secretive(folder: Path) -> Path:
    """The lively hotline, where an agent can have a caller key a PIN; its flows are recorded, too."""
    return with_ivr_recorded(with_secure_entry(lively(folder, bank=BANK)))


FLOWS = secretive
EXPECTED_ERRORS = "a secure entry was refused|a secret was not asked for"


BANKS: list[Bank] = []


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def bank() -> AsyncIterator[None]:
    """The bank, which knows whether a PIN is right."""
    async with Bank.open(BANK, PIN) as opened:
        BANKS.append(opened)
        yield


FORGOTTEN: set[str] = set()
"""Beginnings of channels whose muting the switch does not confirm."""


@pytest.fixture(scope="module", autouse=True)
def forgetful() -> Iterator[None]:
    """The switch can be made to forget. Once for all stories: they happen at the same time."""
    action = Ami.action

    async def unless_forgotten(
        ami: Ami, name: str, fields: Mapping[str, str] | None = None, *others: Any, **more: Any
    ) -> AmiMessage:
        muting = fields if fields and name == "MixMonitorMute" and fields["State"] == "1" else {}
        if muting.get("Channel", "").startswith(tuple(FORGOTTEN)):
            return {}
        return await action(ami, name, fields, *others, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ami, "action", unless_forgotten)
        yield


def asked_of_the_bank() -> list[str]:
    return [request["pin"] for request in BANKS[-1].asked]


async def key(day: Day, caller: Caller, keys: str, way: str) -> None:
    """Key it as the telephone does; tones in the sound are made of the sound."""
    if way == "inband":
        wav = day.rig.carrier.switch.sounds / f"{keys}.wav"
        sound.write(wav, dtmf.tones(keys, length=0.15, gap=0.15))
        await caller.leg.speak(wav)
    else:
        await caller.press(keys)


async def asked(day: Day, phone: Leg, caller: Caller) -> None:
    """The agent dials *9, and the caller is asked."""
    await asyncio.gather(caller.leg.hum_on(OF_THE_CALLER), phone.hum_on(OF_THE_AGENT))
    await asyncio.sleep(1)
    await caller.leg.be_silent()
    await phone.press("*9")
    await caller.leg.until_heard(QUESTION)


def certain(events: tuple[CallEvent, ...]) -> list[object]:
    """Of each muting of what is said in the flow, and each end of one, whether it was certain."""
    return [event.data["certain"] for event in events if event.kind in ("ivr_muted", "ivr_heard")]


def entries(events: tuple[CallEvent, ...]) -> list[dict[str, Any]]:
    return [dict(event.data) for event in events if event.kind == "secure_entry"]


async def kept(day: Day, caller: Caller) -> Recording:
    found: list[Recording] = []
    with Database.open(day.app.settings.url) as database:

        def there() -> bool:
            found[:] = database.recordings.find(Wanted(call_id=caller.call_id))
            return bool(found)

        await until("the recording is put away", there, 60)
    [recording] = found
    return recording


def opened(day: Day, recording: Recording) -> bytes:
    into = io.BytesIO()
    vault = Vault(VaultKeys.read(day.app.settings.key_file))
    vault.open(day.app.settings.var / "recordings" / recording.file, into)
    return into.getvalue()


def sides(content: bytes) -> tuple[Sound, Sound]:
    """What the caller said, and what the agent said."""
    left, right = decode(io.BytesIO(content))
    return (left / 32768).astype(np.float32), (right / 32768).astype(np.float32)


@story
@pytest.mark.parametrize("way", WAYS)
async def test_a_pin_keyed_in_a_menu_reaches_the_bank(day: Day, way: Keys) -> None:
    caller = await day.rings(f"139444400{WAYS.index(way):02}", at="accounts.last_four", keys=way)
    await caller.leg.until_heard(QUESTION)
    await key(day, caller, f"{LAST_FOUR}1", way)
    await day.until_at(caller, "accounts.pin")
    await day.until_noted(caller, "ivr_muted")
    await key(day, caller, WRONG[way], way)
    await day.until_noted(caller, "ivr_heard")
    await caller.leg.hum_on(OF_THE_CALLER)
    await asyncio.sleep(1.2)
    await caller.hang_up()
    assert WRONG[way] in asked_of_the_bank()
    assert certain((await day.record(caller)).events) == [True, True]
    recording = await kept(day, caller)
    assert recording.kind == "ivr"
    said, heard = sides(opened(day, recording))
    assert sound.find_tone(said[-2 * RATE :], OF_THE_CALLER, 0.5) is not None, "recorded again"
    assert sound.find_tone(heard, OF_THE_CALLER, 0.2) is None
    assert sound.find_tone(heard, QUESTION, 0.3) is not None, "the question before the secret"
    assert sound.tone_lengths(heard, QUESTION) < 2 * QUESTION_LASTS, "and not the secret's"
    assert dtmf.keys(said) in {"", f"{LAST_FOUR}1"}


@story
@pytest.mark.parametrize("way", WAYS)
async def test_a_pin_keyed_in_a_talk_reaches_the_bank_and_not_the_agent(
    day: Day, way: Keys
) -> None:
    sent: list[Message] = []
    day.rig.ami.on_event(sent.append)
    caller = await day.rings(FROM_ABROAD.format(WAYS.index(way)), keys=way)
    agent, phone = await day.until_joined(caller)
    await asked(day, phone, caller)
    before = len(phone.heard())
    await key(day, caller, IN_A_TALK[way], way)
    await phone.until_heard(NOT_RIGHT)
    await until_both_hear_each_other(caller.leg, phone)
    await phone.hang_up()
    assert IN_A_TALK[way] in asked_of_the_bank()
    assert dtmf.keys(phone.heard()[before:]) == ""
    assert sound.find_tone(caller.leg.heard(), NOT_RIGHT, 0.1) is None
    to_agents = [m for m in sent if m["Event"] == "DTMFEnd" and m.get("Direction") == "Sent"]
    assert [m["Digit"] for m in to_agents if f"/{agent}-" in m["Channel"]] == []
    record = await day.record(caller)
    assert entries(record.events) == [{"outcome": "wrong", "recording": True}]
    left, right = sides(opened(day, await kept(day, caller)))
    for side, hertz in ((left, OF_THE_CALLER), (right, OF_THE_AGENT)):
        first = sound.find_tone(side, hertz, 0.3)
        assert first is not None
        assert first < 2, "recorded before the entry"
        assert sound.find_tone(side[-5 * RATE :], hertz, 0.3) is not None, "and after it"
    assert sound.tone_lengths(right, OF_THE_AGENT) < len(right) / RATE - 2, "not in between"


@story
async def test_the_agent_hears_that_a_pin_is_right(day: Day) -> None:
    caller = await day.rings(FROM_ABROAD.format(10))
    _, phone = await day.until_joined(caller)
    await asked(day, phone, caller)
    await caller.press(PIN)
    await phone.until_heard(RIGHT)
    await phone.hang_up()
    assert entries((await day.record(caller)).events) == [RIGHT_PIN]


@story
async def test_a_program_has_the_caller_asked_and_gets_a_token_for_what_they_key(day: Day) -> None:
    caller = await day.rings(FROM_ABROAD.format(15))
    _, phone = await day.until_joined(caller)
    engine = Engine(path(day.app.settings.var))
    await asyncio.to_thread(engine.act, "secure-entry", caller.call_id)
    await caller.leg.until_heard(QUESTION)
    assert (await asyncio.to_thread(engine.entry, caller.call_id))["outcome"] == "under_way"
    with pytest.raises(CarelineError, match="keying a secret already"):
        await asyncio.to_thread(engine.act, "secure-entry", caller.call_id)
    await caller.press(PIN)
    await phone.until_heard(RIGHT)
    found = await asyncio.to_thread(engine.entry, caller.call_id)
    assert (found["outcome"], found["token"]) == ("right", TOKEN)
    await until_both_hear_each_other(caller.leg, phone)
    await phone.hang_up()
    record = await day.record(caller)
    assert entries(record.events) == [RIGHT_PIN]
    supervised = [event.data["act"] for event in record.events if event.kind == "supervised"]
    assert supervised == ["secure_entry", "secure_result"]


@story
async def test_an_agent_who_hangs_up_while_the_caller_keys_ends_the_call(day: Day) -> None:
    caller = await day.rings(FROM_ABROAD.format(11))
    agent, phone = await day.until_joined(caller)
    await asked(day, phone, caller)
    await caller.press(CUT_SHORT)
    await phone.hang_up()
    await caller.leg.until_ended()
    record = await day.record(caller)
    assert [one["outcome"] for one in entries(record.events)] == ["broken_off"]
    await day.until_state(agent, "wrap_up", "free")


@story
async def test_a_caller_who_hangs_up_while_keying_frees_the_agent(day: Day) -> None:
    caller = await day.rings(FROM_ABROAD.format(12))
    agent, phone = await day.until_joined(caller)
    await asked(day, phone, caller)
    await caller.hang_up()
    await phone.until_ended()
    record = await day.record(caller)
    assert [one["outcome"] for one in entries(record.events)] == ["broken_off"]
    await day.until_state(agent, "wrap_up", "free")


@contextmanager
def forgetful_about(channel: str) -> Iterator[None]:
    """A switch that confirms no muting of channels that begin so."""
    FORGOTTEN.add(channel)
    yield
    FORGOTTEN.remove(channel)


@story
async def test_nothing_is_asked_if_the_switch_does_not_confirm_that_it_is_muted(
    day: Day,
) -> None:
    caller = await day.rings(FROM_ABROAD.format(13))
    agent, phone = await day.until_joined(caller)
    with forgetful_about(f"PJSIP/{agent}-"):
        await phone.press("*9")
        await phone.until_heard(NOT_CHECKED)
    await until_both_hear_each_other(caller.leg, phone)
    await phone.hang_up()
    assert sound.find_tone(caller.leg.heard(), QUESTION, 0.1) is None
    record = await day.record(caller)
    assert entries(record.events) == [{"outcome": "not_muted", "recording": True}]


@story
async def test_a_menu_asks_for_no_secret_that_could_be_recorded(day: Day) -> None:
    caller = await day.rings("13944440008", at="accounts.last_four")
    await caller.leg.until_heard(QUESTION)
    [channel] = [one["Channel"] for one in day.arrivals if one["Uniqueid"] == caller.call_id]
    with forgetful_about(channel):
        await caller.press(f"{LAST_FOUR}1")
        await day.until_noted(caller, "ivr_muted")
        await caller.hang_up()
    events = (await day.record(caller)).events
    assert certain(events)[0] is False
    muted = next(event.seq for event in events if event.kind == "ivr_muted")
    assert [event.data for event in events if event.kind == "said" and event.seq > muted] == []


@story
async def test_what_is_no_secret_is_found_where_secrets_are_looked_for(day: Day) -> None:
    caller = await day.rings("13944440009", at="accounts.last_four")
    await caller.leg.until_heard(QUESTION)
    await caller.press(LAST_FOUR)
    await day.until_at(caller, "accounts.confirm")
    await caller.hang_up()
    talker = await day.rings(FROM_ABROAD.format(14))
    _, phone = await day.until_joined(talker)
    wav = day.rig.switches.home / "loud.wav"
    sound.write(wav, dtmf.tones(LOUD))
    await talker.leg.speak(wav)
    wav.unlink()
    await phone.hang_up()
    assert LOUD in dtmf.keys(sides(opened(day, await kept(day, talker)))[0])


@ON_THAT_DAY
async def test_no_file_no_log_and_no_recording_holds_a_secret(day: Day) -> None:
    live = [leg for leg in day.rig.carrier.legs.values() if not leg.ended]  # of stories tried again
    await asyncio.gather(*(leg.hang_up() for leg in live))
    await until("every recording is put away", lambda: not list(capture(day).glob("*.raw")), 60)
    with Database.open(day.app.settings.url) as database:
        recordings = [opened(day, one) for one in database.recordings.find(Wanted())]
    assert len(recordings) > 6
    files = [file.read_bytes() for file in files_under(day.rig.switches.home)]
    logged = [line.getMessage().encode() for line in day.log]
    found = {keys for content in (*files, *logged, *recordings) for keys in known(content)}
    heard = [dtmf.keys(side) for content in recordings for side in sides(content)]
    assert not [content for content in (*files, *logged, *recordings) if TOKEN.encode() in content]
    assert found == {LAST_FOUR}, "what is no secret is found, and nothing else"
    assert any(LOUD in keys for keys in heard), "what is keyed aloud is heard"
    assert not [secret for secret in SECRETS if any(secret[:4] in keys for keys in heard)]


# Not within longer numbers, nor as the fraction of a second: there any digits may be.
KNOWN = re.compile(rf"(?<![.\d])({'|'.join((LAST_FOUR, *SECRETS))})(?!\d)".encode())


def known(content: bytes) -> set[str]:
    """Which of all that was keyed stands in a file."""
    return {keys.decode() for keys in KNOWN.findall(content)}


def capture(day: Day) -> Path:
    return day.app.settings.var / "recordings" / "capture"


def files_under(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder, followlinks=True):
        yield from (Path(where, name) for name in names if Path(where, name).is_file())
