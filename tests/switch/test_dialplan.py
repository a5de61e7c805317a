"""What becomes of a call in the switch, with an engine (played by the test) and without."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.agent import AgentAccount
from ivr.line.asterisk import hold
from ivr.switch import agents as switch_agents
from ivr.switch import configure
from tests.rig import sound
from tests.rig.phone import Answers, Refuses, RingsOut
from tests.rig.rig import FALLBACK_PATIENCE, Rig, Switches
from tests.switch.desk import ByHand, ParkedCall

pytestmark = pytest.mark.switch

ANA = [AgentAccount("ana")]
OF_THE_CALLER, OF_THE_AGENT, WHISPER, SORRY = 700, 900, 1100, 1300


@pytest.fixture(scope="module", autouse=True)
def nothing_to_complain_of(switches: Switches) -> Iterator[None]:
    """None of these calls is an error to the switch."""
    before = len(errors(switches))
    yield
    assert errors(switches)[before:] == []


def errors(switches: Switches) -> list[str]:
    return [line for line in switches.complaints() if "] ERROR[" in line]


@pytest.fixture
def desk(rig: Rig) -> ByHand:
    return ByHand(rig)


async def connect(parked: ParkedCall, target: str, *, ring: int = 20, stay: bool = False) -> None:
    options = "m(default)U(careline-whisper^)g"
    extra = "stay" if stay else ""
    await parked.begin(f'GOSUB careline-connect s 1 "{target},{ring},{options},{extra}"')


async def test_a_call_is_answered_and_handed_to_a_living_engine(rig: Rig, desk: ByHand) -> None:
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    assert parked.env["callerid"] == "13800138000"
    assert parked.env["extension"] == "95588"
    assert parked.env["context"] == "from-carrier"
    await call.until_answered()


async def test_both_sides_hear_each_other(rig: Rig, desk: ByHand, tmp_path: Path) -> None:
    await rig.staff(ANA)
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    await connect(parked, "PJSIP/ana")
    leg = await rig.carrier.phone("ana").rung()
    await desk.event("BridgeEnter", Channel=parked.channel)
    await asyncio.gather(leg.hum(OF_THE_AGENT, 1), call.hum(OF_THE_CALLER, 1))
    await call.until_heard(OF_THE_AGENT, 0.9)
    await leg.until_heard(OF_THE_CALLER, 0.9)


async def test_only_the_agent_hears_the_whisper(rig: Rig, desk: ByHand, tmp_path: Path) -> None:
    sound.write_tone(tmp_path / "whisper.wav", WHISPER, 1)
    await rig.staff(ANA)
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    options = f"m(default)U(careline-whisper^{tmp_path}/whisper)g"
    await parked.begin(f'GOSUB careline-connect s 1 "PJSIP/ana,20,{options},"')
    leg = await rig.carrier.phone("ana").rung()
    await leg.until_heard(WHISPER, 0.9)
    await desk.event("BridgeEnter", Channel=parked.channel)
    assert sound.find_tone(call.heard(), WHISPER, 0.1) is None


async def test_a_last_talk_ends_the_call_without_help(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    rig.carrier.phone("ana").next(Answers(after=0, talks_for=0.5))
    await connect(parked, "PJSIP/ana")
    leg = await rig.carrier.phone("ana").rung()
    await call.until_ended()
    assert leg.ended_at is not None
    assert call.ended_at is not None
    assert call.ended_at - leg.ended_at < 3


async def test_a_talk_that_is_not_the_last_gives_the_call_back(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    rig.carrier.phone("ana").next(Answers(after=0, talks_for=0.5))
    await connect(parked, "PJSIP/ana", stay=True)
    await desk.event("DialEnd", Channel=parked.channel)
    assert await parked.agi("GET VARIABLE DIALSTATUS") == "200 result=1 (ANSWER)"
    assert not call.ended


@pytest.mark.parametrize(
    ("behaviour", "status", "cause"),
    [
        (Refuses("busy"), "BUSY", "17"),
        (Refuses("declined"), "CHANUNAVAIL", "21"),
        (RingsOut(), "NOANSWER", "0"),
    ],
)
async def test_a_caller_whom_nobody_takes_is_still_there(
    rig: Rig, desk: ByHand, behaviour: Refuses | RingsOut, status: str, cause: str
) -> None:
    await rig.staff(ANA)
    await desk.live()
    rig.carrier.phone("ana").next(behaviour)
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    await connect(parked, "PJSIP/ana", ring=1)
    found = await parked.agi('GET FULL VARIABLE "${DIALSTATUS} ${HANGUPCAUSE}"')
    assert found == f"200 result=1 ({status} {cause})"
    assert not call.ended


async def test_an_outside_number_is_reached_through_the_carrier(rig: Rig, desk: ByHand) -> None:
    await desk.live()
    await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    await connect(parked, "PJSIP/01088880000@carrier")
    leg = await rig.carrier.phone("01088880000").rung()
    await leg.until_answered()


@pytest.mark.parametrize("age", [11, 1_000_000])
async def test_without_an_engine_a_human_is_rung(rig: Rig, desk: ByHand, age: float) -> None:
    await rig.staff(ANA)
    await desk.live(age)
    call = await rig.carrier.call("13800138000")
    leg = await rig.carrier.phone("ana").rung()
    await leg.until_answered()
    await call.hum(OF_THE_CALLER, 0.5)
    await leg.until_heard(OF_THE_CALLER, 0.3)


async def test_without_engine_and_agents_the_caller_is_told_so(rig: Rig, desk: ByHand) -> None:
    await rig.staff([])
    sorry = rig.switches.home / "var" / "prompts" / "switch" / "sorry.wav"
    sorry.parent.mkdir(parents=True, exist_ok=True)
    sound.write_tone(sorry, SORRY, 1)
    try:
        call = await rig.carrier.call("13800138000")
        await call.until_heard(SORRY, 0.9)
        await call.until_ended()
    finally:
        sorry.unlink()


async def test_without_an_engine_nobody_waits_for_ever(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    rig.carrier.phone("ana").behaviour = RingsOut()
    call = await rig.carrier.call("13800138000")
    answered = await call.until_answered()
    assert await call.until_ended() - answered == pytest.approx(FALLBACK_PATIENCE, abs=2)


async def test_a_call_handed_back_goes_to_the_fallback(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    await desk.live()
    await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.begin("ASYNCAGI BREAK")
    await rig.carrier.phone("ana").rung()


async def test_a_call_whose_lease_runs_out_goes_to_the_fallback(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    await desk.live()
    await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    await rig.ami.action("AbsoluteTimeout", Channel=parked.channel, Timeout="1")
    leg = await rig.carrier.phone("ana").rung()
    await leg.until_answered()


async def test_a_talk_outlives_the_lease(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    await rig.ami.action("AbsoluteTimeout", Channel=parked.channel, Timeout="2")
    rig.carrier.phone("ana").next(Answers(after=0, talks_for=4))
    await connect(parked, "PJSIP/ana", stay=True)
    leg = await rig.carrier.phone("ana").rung()
    await leg.until_ended()
    lease = await parked.agi('GET FULL VARIABLE "${TIMEOUT(absolute)}"')
    left = float(lease.removeprefix("200 result=1 (").removesuffix(")"))
    assert configure.LEASE - 2 < left <= configure.LEASE == hold.LEASE
    assert not call.ended


@pytest.mark.parametrize("code", ["*45", "*46", "*47", "*48", "*49"])
async def test_an_agents_code_reaches_the_engine_with_the_agents_name(
    rig: Rig, desk: ByHand, code: str
) -> None:
    await rig.staff(ANA)
    await desk.live()
    await rig.carrier.phone("ana").dial(code)
    parked = await desk.call()
    assert parked.env["context"] == "careline-agents"
    assert parked.env["extension"] == code
    assert parked.env["accountcode"] == "ana"


async def test_an_agents_code_without_an_engine_is_refused_audibly(rig: Rig) -> None:
    await rig.staff(ANA)
    leg = await rig.carrier.phone("ana").dial("*45")
    await leg.until_heard(450, 0.5)
    await leg.until_ended()


async def test_agents_cannot_dial_out(rig: Rig) -> None:
    await rig.staff(ANA)
    leg = await rig.carrier.phone("ana").dial("01088880000")
    await leg.until_ended()
    assert leg.answered_at is None


async def test_a_withheld_number_arrives_as_withheld(rig: Rig, desk: ByHand) -> None:
    await desk.live()
    await rig.carrier.call("13800138000", withheld=True)
    parked = await desk.call()
    assert "13800138000" not in "".join(parked.env.values())
    assert parked.env["callerid"] == "anonymous"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "abc",
        "ana",
        "carrier",
        "anonymous",
        "+8613800138000",
        "110",
        "${SHELL(id)}",
        "1' OR '1'='1",
    ],
)
async def test_any_caller_number_arrives_as_it_is(rig: Rig, desk: ByHand, number: str) -> None:
    await rig.staff(ANA)
    await desk.live()
    await rig.carrier.call(number)
    parked = await desk.call()
    assert parked.env["callerid"] in {number, "unknown", "anonymous", "asterisk"}
    assert number in parked.env["callerid"]


async def test_a_callers_name_is_never_evaluated(rig: Rig, desk: ByHand) -> None:
    await rig.staff(ANA)
    name = 'Li "X", ${EPOCH} $[1+1]'
    call = await rig.carrier.call("13800138000", name=name)
    leg = await rig.carrier.phone("ana").rung()
    await leg.until_answered()
    assert "${EPOCH}" in leg.caller_name
    assert "$[1+1]" in leg.caller_name
    await call.hang_up()


@pytest.mark.parametrize("user", ["13800138000", "carrier", "ana"])
async def test_a_stranger_who_knocks_is_not_let_in(rig: Rig, desk: ByHand, user: str) -> None:
    await rig.staff(ANA)
    await desk.live()
    answer = await asyncio.to_thread(invite, user, rig.switches.wiring.sip_port)
    assert answer == "SIP/2.0 401 Unauthorized"
    assert not any(message["Event"] == "AsyncAGIStart" for message in desk.seen)


def invite(user: str, port: int) -> str:
    """Send an INVITE from an address that is neither the carrier's nor a phone's."""
    with socket.socket(type=socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.66", 0))
        stranger.settimeout(5)
        here = "{}:{}".format(*stranger.getsockname())
        lines = [
            f"INVITE sip:95588@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK-{user}",
            f"From: <sip:{user}@{here}>;tag=1",
            f"To: <sip:95588@127.0.0.1:{port}>",
            f"Call-ID: stranger-{user}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:{user}@{here}>",
            "Max-Forwards: 70",
            "Content-Length: 0",
            "",
            "",
        ]
        stranger.sendto("\r\n".join(lines).encode(), ("127.0.0.1", port))
        return stranger.recv(4096).decode().partition("\r\n")[0]


async def test_the_engine_is_sent_only_what_it_reads(rig: Rig, desk: ByHand) -> None:
    await desk.live()
    call = await rig.carrier.call("13800138000")
    parked = await desk.call()
    await parked.agi("ANSWER")
    await parked.agi("SET VARIABLE colour red")
    await call.press("5")
    key = await desk.event("DTMFEnd", Direction="Received")
    assert key["Digit"] == "5"
    await call.hang_up()
    await desk.event("Hangup", Channel=parked.channel)
    names = {message["Event"] for message in desk.seen}
    assert not names & {"Newchannel", "Newexten", "VarSet", "RTCPReceived", "DTMFBegin"}


async def test_an_admins_own_extension_is_dialled(rig: Rig) -> None:
    await rig.staff(ANA)
    own = rig.switches.hotline.etc / "local_extensions.conf"
    own.write_text("[from-carrier](+)\nexten => 4321,1,Dial(PJSIP/ana)\n")
    address = switch_agents.Address(port=rig.switches.ami_port)
    try:
        assert switch_agents.reload(rig.switches.home, address, ("pbx_config.so",))
        call = await rig.carrier.call("13800138000", "4321")
        await rig.carrier.phone("ana").rung()
        await call.until_answered()
    finally:
        own.unlink()
        assert switch_agents.reload(rig.switches.home, address, ("pbx_config.so",))
