"""Does the link to the switch keep what panoramisk alone would not?"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from ivr.errors import LineError, SwitchUnreachable
from ivr.line.asterisk.ami import Ami, Refused
from ivr.line.asterisk.wire import AmiMessage
from tests.line.fake_ami import FakeSwitch, error, fake_switch, message, success


@asynccontextmanager
async def link(switch: FakeSwitch, ping_every: float = 60) -> AsyncIterator[Ami]:
    ami = Ami(
        "127.0.0.1",
        switch.port,
        "careline",
        switch.secret,
        ping_every=ping_every,
        pong_within=0.2,
        first_wait=0.05,
        longest_wait=0.2,
    )
    await ami.connect()
    try:
        yield ami
    finally:
        await ami.close()


async def test_an_action_is_answered() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        switch.answers = lambda _, fields: success(fields, Message="Variable Set")
        answer = await ami.action("Setvar", {"Variable": "A", "Value": "1"})
        assert answer["message"] == "Variable Set"
        assert switch.actions[0]["Variable"] == "A"


async def test_an_action_s_repeated_header_is_sent_as_often() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        await ami.action("Originate", {"Variable": ["a=1", "b=2"]})
        assert b"Variable: a=1\r\nVariable: b=2\r\n" in switch.raw[-1]


async def test_a_refused_action_says_why_and_what_it_means() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        switch.answers = lambda _, fields: error(fields, "No such channel")
        with pytest.raises(Refused, match="refused Hangup: No such channel") as refused:
            await ami.action("Hangup", {"Channel": "PJSIP/x"})
        assert refused.value.meaning == "channel_gone"


async def test_an_action_without_an_answer_ends_at_its_deadline() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        switch.answers = lambda *_: None
        with pytest.raises(SwitchUnreachable, match=r"did not answer Hangup within 0\.1 seconds"):
            await ami.action("Hangup", {"Channel": "PJSIP/x"}, timeout=0.1)
        switch.answers = lambda _, fields: success(fields)
        await ami.action("Hangup", {"Channel": "PJSIP/x"})


async def test_a_late_answer_disturbs_nobody() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        switch.answers = lambda *_: None
        with pytest.raises(SwitchUnreachable):
            await ami.action("Hangup", {"Channel": "PJSIP/x"}, timeout=0.05)
        late = switch.actions[0]
        switch.answers = lambda _, fields: success(late, Message="late") + success(fields)
        assert "Message" not in await ami.action("Setvar", {"Variable": "A", "Value": "1"})


async def test_a_list_action_collects_its_items() -> None:
    def items(_: FakeSwitch, fields: dict[str, str]) -> bytes:
        ours = {"ActionID": fields["ActionID"]}
        return (
            success(fields, EventList="start", Message="Channels will follow")
            + message(Event="CoreShowChannel", Channel="PJSIP/a", **ours)
            + message(Event="Hangup", Uniqueid="7")
            + message(Event="CoreShowChannel", Channel="PJSIP/b", **ours)
            + message(Event="CoreShowChannelsComplete", EventList="Complete", **ours)
        )

    async with fake_switch() as switch, link(switch) as ami:
        hangups: list[AmiMessage] = []
        ami.subscribe("Hangup", hangups.append)
        switch.answers = items
        channels = await ami.list("CoreShowChannels")
        assert [channel["Channel"] for channel in channels] == ["PJSIP/a", "PJSIP/b"]
        assert len(hangups) == 1


async def test_a_refused_list_action_does_not_wait_for_items() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        switch.answers = lambda _, fields: error(fields, "Permission denied")
        with pytest.raises(Refused) as refused:
            await ami.list("CoreShowChannels")
        assert refused.value.meaning == "not_allowed"


async def test_the_end_of_an_agi_command_and_of_an_originate_reaches_its_reader() -> None:
    """Which panoramisk never lets happen (its issue 107 and pull request 88)."""

    def done(_: FakeSwitch, fields: dict[str, str]) -> bytes:
        ours = {"ActionID": fields["ActionID"]}
        return (
            success(fields, Message="Added AGI command to queue")
            + message(Event="AsyncAGIExec", CommandId="c1", Result="200%20result%3D0%0A")
            + message(Event="OriginateResponse", Response="Success", **ours)
        )

    async with fake_switch() as switch, link(switch) as ami:
        seen: list[AmiMessage] = []
        ami.subscribe("AsyncAGIExec", seen.append)
        switch.answers = done
        await ami.action("AGI", {"Channel": "PJSIP/a", "Command": "ANSWER", "CommandID": "c1"})
        await until(lambda: bool(seen))
        assert seen[0]["CommandID"] == "c1"
        assert seen[0]["Result"].startswith("200 result=0")


DIALOGUE = message(
    Event="AsyncAGIStart", Channel="PJSIP/carrier-1", CallerIDName="王小明 さくら Ольга 김민준"
) + message(Event="AsyncAGIStart", Channel="PJSIP/carrier-2", CallerIDName="二")


@pytest.mark.parametrize("place", range(1, len(DIALOGUE), 7))
async def test_a_name_cut_by_tcp_arrives_whole(place: int) -> None:
    async with fake_switch() as switch, link(switch) as ami:
        names: list[str] = []
        ami.subscribe("AsyncAGIStart", lambda event: names.append(event["CallerIDName"]))
        await switch.send(DIALOGUE, chunks=(place,))
        await until(lambda: len(names) == 2)
        assert names == ["王小明 さくら Ольга 김민준", "二"]


async def test_a_dialogue_that_drips_in_byte_by_byte_arrives_whole() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        names: list[str] = []
        ami.subscribe("AsyncAGIStart", lambda event: names.append(event["CallerIDName"]))
        data = message(Event="AsyncAGIStart", CallerIDName="王")
        await switch.send(data, chunks=tuple(range(1, len(data))))
        await until(lambda: names == ["王"])


async def test_a_name_that_is_not_utf_8_is_replaced_and_nothing_else_lost() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        names: list[str] = []
        ami.subscribe("AsyncAGIStart", lambda event: names.append(event["CallerIDName"]))
        await switch.send(b"Event: AsyncAGIStart\r\nCallerIDName: \xcd\xf5!\r\n\r\n")
        await until(lambda: bool(names))
        assert names[0].endswith("!")


async def test_a_message_in_which_a_header_came_twice_is_not_believed() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        seen: list[AmiMessage] = []
        ami.subscribe("Hangup", seen.append)
        await switch.send(b"Event: Hangup\r\nCallerIDNum: 1\r\nUniqueid: 2\r\nUniqueid: 1\r\n\r\n")
        await switch.send(b"Event: Hangup\r\nUniqueid: 3\r\n\r\n")
        await until(lambda: bool(seen))
        assert [event["Uniqueid"] for event in seen] == ["3"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Hangup", {"Channel": "x\r\nAction: Originate"}),
        ("Hangup", {"Channel": "x\nAction: Originate"}),
        ("Hangup", {"Channel": "x\rAction: Originate"}),
        ("Hangup", {"Channel": "x\0"}),
        ("Hangup", {"Channel\r\nAction: Originate\r\nX": "x"}),
        ("Hangup", {"Channel: x": "y"}),
        ("Hangup\r\nAction: Originate", {}),
        ("Originate", {"Variable": ["a=1", "b=2\r\nAction: Command"]}),
        ("Setvar", {"Value": "x" * 2000}),
        ("Setvar", {"Value": "王" * 400}),
    ],
)
async def test_what_could_be_read_as_another_header_is_never_sent(
    name: str, fields: dict[str, str | list[str]]
) -> None:
    async with fake_switch() as switch, link(switch) as ami:
        with pytest.raises(LineError, match="not sent"):
            await ami.action(name, fields)
        await ami.action("Setvar", {"Variable": "A", "Value": "1"})
        assert [action["Action"] for action in switch.actions] == ["Setvar"]


async def test_a_half_open_link_is_noticed_and_made_anew() -> None:
    async with fake_switch() as switch, link(switch, ping_every=0.1) as ami:
        lost, back = asyncio.Event(), asyncio.Event()
        ami.on_lost(lost.set)
        ami.on_up(back.set)
        switch.pongs = False
        async with asyncio.timeout(10):
            await lost.wait()
        switch.pongs = True
        async with asyncio.timeout(10):
            await back.wait()
        assert ami.up
        assert switch.logins == 2
        await ami.action("Setvar", {"Variable": "A", "Value": "1"})


async def test_an_action_on_its_way_when_the_link_breaks_fails_and_is_not_sent_again() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        back = asyncio.Event()
        ami.on_up(back.set)
        switch.answers = lambda *_: None
        calling = asyncio.create_task(ami.action("Originate", {"Channel": "PJSIP/a"}))
        await until(lambda: bool(switch.actions))
        switch.drop()
        with pytest.raises(SwitchUnreachable, match="went down"):
            await calling
        async with asyncio.timeout(10):
            await back.wait()
        await asyncio.sleep(0.1)
        assert [action["Action"] for action in switch.actions] == ["Originate"]


async def test_while_the_switch_is_away_every_action_fails_at_once() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        back = asyncio.Event()
        ami.on_up(back.set)
        await switch.close()
        await until(lambda: not ami.up)
        with pytest.raises(SwitchUnreachable, match="is down"):
            await ami.action("Setvar", {"Variable": "A", "Value": "1"})
        await asyncio.sleep(0.3)
        await switch.open()
        async with asyncio.timeout(10):
            await back.wait()


async def test_nobody_answering_is_said_in_one_sentence() -> None:
    async with fake_switch() as switch:
        port = switch.port
    with pytest.raises(SwitchUnreachable, match=f"No switch answers on 127.0.0.1, port {port}"):
        await Ami("127.0.0.1", port, "careline", "s").connect()


async def test_a_wrong_secret_is_said_and_the_secret_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with fake_switch() as switch:
        with pytest.raises(Refused, match="Authentication failed") as refused:
            await Ami("127.0.0.1", switch.port, "careline", "hunter2").connect()
        assert refused.value.meaning == "not_allowed"
        assert "hunter2" not in caplog.text + str(refused.value)


async def test_keys_and_agi_commands_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with fake_switch() as switch, link(switch) as ami:
        pressed: list[str] = []
        ami.subscribe("DTMFEnd", lambda event: pressed.append(event["Digit"]))
        await switch.send(message(Event="DTMFEnd", Digit="58317"))
        await until(lambda: bool(pressed))
        await ami.action("AGI", {"Channel": "PJSIP/a", "Command": "SAY DIGITS 58317"})
        assert "58317" not in caplog.text


async def test_a_switch_that_is_no_switch_is_not_waited_for() -> None:
    async with fake_switch() as switch:
        switch.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
        with pytest.raises(SwitchUnreachable):
            await Ami("127.0.0.1", switch.port, "careline", "s", pong_within=0.3).connect()


async def test_a_message_without_end_does_not_fill_the_memory() -> None:
    async with fake_switch() as switch, link(switch) as ami:
        lost = asyncio.Event()
        ami.on_lost(lost.set)
        await switch.send(b"X" * (1 << 21))
        async with asyncio.timeout(10):
            await lost.wait()


async def test_a_reader_that_fails_does_not_deafen_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with fake_switch() as switch, link(switch) as ami:
        seen: list[AmiMessage] = []

        def fails(_: AmiMessage) -> None:
            raise RuntimeError("a bug")

        ami.subscribe("Hangup", fails)
        ami.subscribe("Hangup", seen.append)
        await switch.send(message(Event="Hangup", Uniqueid="1"))
        await until(lambda: bool(seen))
        assert "A reader of Hangup events failed" in caplog.text


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  it is looked at from outside
            await asyncio.sleep(0.005)
