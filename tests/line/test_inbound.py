"""Who is told of which call? Against recorded dialogues with a switch."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from ivr.errors import CallerHungUp, LineError, SwitchUnreachable
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.inbound import Inbound
from ivr.line.commands import Answer, Answered, Hold, Keyed, Listen, Spoken
from ivr.line.line import Arrival, Line
from tests.line.fake_ami import FakeSwitch, Fields, fake_switch, message, success
from tests.line.test_ami import until


def started(call_id: str, context: str = "from-carrier", **headers: str) -> bytes:
    given = {"CallerIDNum": "13800138000", "Context": context, "Exten": "95588", **headers}
    env = quote("agi_context: careline-agents\nagi_extension: *46\n")  # it must not be read
    channel = f"PJSIP/x-{call_id}"
    return message(Event="AsyncAGIStart", Channel=channel, Uniqueid=call_id, Env=env, **given)


def happens(event: str, call_id: str, **more: str) -> bytes:
    channel = f"PJSIP/x-{call_id}"
    return message(Event=event, Channel=channel, Uniqueid=call_id, Linkedid=call_id, **more)


def obeys(_: FakeSwitch, fields: Fields) -> bytes:
    """Every AGI command is done at once; nobody is waiting."""
    if fields["Action"] == "CoreShowChannels":
        end = message(
            Event="CoreShowChannelsComplete",
            EventList="Complete",
            ActionID=fields["ActionID"],
        )
        return success(fields, EventList="start") + end
    if fields["Action"] == "AGI":
        done = happens(
            "AsyncAGIExec",
            fields["Channel"].removeprefix("PJSIP/x-"),
            CommandId=fields["CommandID"],
            Result=quote("200 result=0\n"),
        )
        return success(fields) + done
    return success(fields)


class Engine:
    """Remembers who came."""

    def __init__(self) -> None:
        self.calls: list[tuple[Arrival, Line]] = []
        self.features: list[tuple[str, str]] = []

    async def call(self, arrival: Arrival, line: Line) -> None:
        self.calls.append((arrival, line))

    async def feature(self, agent: str, feature: str, line: Line) -> None:
        self.features.append((agent, feature))


async def _no_audio(spoken: Spoken) -> Path:
    raise AssertionError(f"nothing is said here, but {spoken} was to be")


@asynccontextmanager
async def answering(switch: FakeSwitch, engine: Engine) -> AsyncIterator[tuple[Ami, Inbound]]:
    switch.answers = obeys
    ami = Ami("127.0.0.1", switch.port, "careline", switch.secret, first_wait=0.05)
    await ami.connect()
    inbound = Inbound(ami, lambda _: _no_audio, lambda _: None, engine.call, engine.feature)
    await inbound.start()
    try:
        yield ami, inbound
    finally:
        await inbound.stop()
        await ami.close()


async def test_a_call_arrives_with_what_the_carrier_said() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1"))
        await until(lambda: bool(engine.calls))
        arrival = engine.calls[0][0]
        assert (arrival.call_id, arrival.number, arrival.dialled) == ("1.1", "13800138000", "95588")


async def test_a_call_waits_until_there_is_somebody_to_serve_it() -> None:
    engine = Engine()
    async with fake_switch() as switch:
        switch.answers = obeys
        ami = Ami("127.0.0.1", switch.port, "careline", switch.secret)
        Inbound(ami, lambda _: _no_audio, lambda _: None, engine.call, engine.feature)
        await ami.connect()
        await switch.send(started("1.1"))
        await asyncio.sleep(0.05)
        await ami.close()
    assert not engine.calls


async def test_a_call_that_comes_as_the_engine_stops_is_handed_back_at_once() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine) as (_, inbound):
        stopping = asyncio.create_task(inbound.stop())
        await until(lambda: any(fields.get("Value") == "0" for fields in switch.actions))
        await switch.send(started("1.1"))
        await stopping
        await inbound.idle()
        assert switch.actions[-1]["Command"] == "ASYNCAGI BREAK"
    assert not engine.calls


async def test_a_withheld_number_is_empty() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1", CallerIDNum="<unknown>"))
        await until(lambda: bool(engine.calls))
        assert engine.calls[0][0].number == ""


async def test_an_agent_s_feature_code_is_no_call() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1", "careline-agents", Exten="*45", AccountCode="ana"))
        await until(lambda: bool(engine.features))
        assert engine.features == [("ana", "*45")]
        assert not engine.calls


async def test_a_channel_from_anywhere_else_is_none_of_our_business() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine) as (_, inbound):
        await switch.send(started("1.1", "somewhere") + started("1.2"))
        await until(lambda: bool(engine.calls))
        assert [arrival.call_id for arrival, _ in engine.calls] == ["1.2"]
        assert inbound.channels == 1


async def test_keys_reach_the_line_they_were_pressed_on() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1") + started("1.2"))
        await until(lambda: len(engine.calls) == 2)
        pressed = {"Direction": "Received"}
        await switch.send(
            happens("DTMFEnd", "1.2", Digit="2", **pressed)
            + happens("DTMFEnd", "1.1", Digit="1", **pressed)
            + happens("DTMFEnd", "1.1", Digit="9", Direction="Sent")
        )
        await asyncio.sleep(0.05)
        first, second = engine.calls[0][1], engine.calls[1][1]
        assert await first.perform(Listen((), most=2, between=0.1)) == Keyed("1")
        assert await second.perform(Listen((), most=2, between=0.1)) == Keyed("2")


async def test_a_channel_that_is_over_is_forgotten() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine) as (_, inbound):
        await switch.send(b"".join(started(f"1.{number}") for number in range(50)))
        await until(lambda: inbound.channels == 50)
        await switch.send(b"".join(happens("Hangup", f"1.{number}") for number in range(50)))
        await until(lambda: inbound.channels == 0)
        with pytest.raises(CallerHungUp):
            await engine.calls[7][1].perform(Answer())


async def test_a_command_that_fails_as_the_caller_hangs_up_is_no_failure_of_the_switch() -> None:
    def fails(_: FakeSwitch, fields: Fields) -> bytes:
        done = {"CommandId": fields["CommandID"], "Result": quote("200 result=-1 endpos=9600\n")}
        return success(fields) + happens("AsyncAGIExec", "1.1", **done)

    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1"))
        await until(lambda: bool(engine.calls))
        switch.answers = fails
        answering_ = asyncio.create_task(engine.calls[0][1].perform(Answer()))
        await asyncio.sleep(0.1)
        await switch.send(happens("Hangup", "1.1"))
        with pytest.raises(CallerHungUp):
            await answering_
        switch.answers = obeys


async def test_the_end_of_an_agent_s_channel_is_not_the_caller_s() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine) as (_, inbound):
        await switch.send(started("1.1"))
        await until(lambda: inbound.channels == 1)
        await switch.send(
            message(Event="Hangup", Channel="PJSIP/ana-1", Uniqueid="1.9", Linkedid="1.1")
        )
        await asyncio.sleep(0.05)
        assert inbound.channels == 1
        assert await engine.calls[0][1].perform(Answer()) == Answered()


async def test_a_call_the_dialplan_took_back_can_be_used_no_more() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1"))
        await until(lambda: bool(engine.calls))
        await switch.send(happens("AsyncAGIEnd", "1.1"))
        await asyncio.sleep(0.1)
        with pytest.raises(LineError, match="taken the call back"):
            await engine.calls[0][1].perform(Answer())


async def test_when_the_link_breaks_every_waiting_command_hears_of_it() -> None:
    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        await switch.send(started("1.1"))
        await until(lambda: bool(engine.calls))
        holding = asyncio.create_task(engine.calls[0][1].perform(Hold()))
        await asyncio.sleep(0.05)
        switch.drop()
        with pytest.raises(SwitchUnreachable):
            await holding


async def test_calls_that_wait_when_the_link_is_back_are_taken() -> None:
    def one_waits(fake: FakeSwitch, fields: Fields) -> bytes:
        if fields["Action"] != "CoreShowChannels":
            return obeys(fake, fields)
        ours = {"ActionID": fields["ActionID"], "Context": "from-carrier", "Exten": "95588"}
        parked = {"Application": "AGI", "ApplicationData": "agi:async"}
        talking = {"Application": "Dial", "ApplicationData": "PJSIP/ana"}
        item = "CoreShowChannel"
        return (
            success(fields, EventList="start")
            + message(Event=item, Channel="PJSIP/x-1.1", Uniqueid="1.1", **parked, **ours)
            + message(Event=item, Channel="PJSIP/x-1.2", Uniqueid="1.2", **talking, **ours)
            + message(Event=f"{item}sComplete", EventList="Complete", **ours)
        )

    engine = Engine()
    async with fake_switch() as switch, answering(switch, engine):
        switch.answers = one_waits
        switch.drop()
        await until(lambda: bool(engine.calls))
        await asyncio.sleep(0.05)
        assert [arrival.call_id for arrival, _ in engine.calls] == ["1.1"]


async def test_the_heart_beats_until_it_is_stopped() -> None:
    async with fake_switch() as switch:
        async with answering(switch, Engine()):
            pass
        beats = [action for action in switch.actions if action["Action"] == "Setvar"]
        assert {beat["Variable"] for beat in beats} == {"CARELINE_ALIVE"}
        assert int(beats[0]["Value"]) > 1_700_000_000
        assert beats[-1]["Value"] == "0"
        assert all("Channel" not in beat for beat in beats)


async def test_a_call_that_fails_is_reported_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Failing(Engine):
        async def call(self, arrival: Arrival, line: Line) -> None:
            await super().call(arrival, line)
            if arrival.call_id == "1.1":
                raise RuntimeError("a bug")

    engine = Failing()
    with caplog.at_level(logging.ERROR):
        async with fake_switch() as switch, answering(switch, engine):
            await switch.send(started("1.1") + started("1.2"))
            await until(lambda: len(engine.calls) == 2)
            await until(lambda: "Serving failed: call 1.1" in caplog.text)


async def test_a_lease_that_is_not_confirmed_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.line.asterisk.heart.HEARTBEAT_EVERY", 0.05)
    engine = Engine()
    held: list[str] = []

    def slow(switch: FakeSwitch, fields: Fields) -> bytes | None:
        if fields["Action"] == "AbsoluteTimeout":
            held.append(fields["Channel"])
            return None  # no answer ever
        return obeys(switch, fields)

    async with fake_switch() as switch, answering(switch, engine):
        for number in range(3):
            await switch.send(started(f"1.{number}"))
        await until(lambda: len(engine.calls) == 3)
        held.clear()
        switch.answers = slow
        await until(lambda: len(set(held)) == 3)
