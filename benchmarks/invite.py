"""How long after a known elderly caller's INVITE does the agent's phone have its own?"""

import asyncio
from datetime import date

from rich.console import Console

from benchmarks import machine
from benchmarks.figures import Series, shown
from benchmarks.joined import Joinings
from benchmarks.machine import Others, quiet
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.caller import Profile
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.phone import Answers
from tests.rig.rig import Rig

CALLS = 100
PAUSE = 0.3  # seconds between one call and the next
MOST = 150.0  # ms that Careline may add, at the 95th of 100 calls

AGENT = AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 4}, logged_in=True)
CALLER = Profile("+8613911110072", "王秀兰", date(1954, 3, 12), ("zh",))
NUMBER = "13911110072"

STATIC_NUMBER = "955001"
DIALPLAN = f"""
[from-carrier](+)
exten => {STATIC_NUMBER},1,Dial(PJSIP/{AGENT.name},20)
"""

DIALLED = {"Careline": HOTLINE_NUMBER, "static dialplan": STATIC_NUMBER}


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    with stage([AGENT], [CALLER]) as on:
        facts = machine.facts(on.switches.asterisk.version)
        on.add("extensions", DIALPLAN, "pbx_config.so")
        calls = 5 if quick else CALLS
        times, others = asyncio.run(_measure(on, calls))
        _check_records(on, calls)
    return _report(times, facts | {"others took": f"{others:.0%}"})


async def _measure(on: Stage, calls: int) -> tuple[dict[str, Series], float]:
    times: dict[str, list[float]] = {way: [] for way in DIALLED}
    async with Rig.over(on.switches) as rig:
        await rig.staff(on.agents)
        joinings = Joinings(rig)
        async with on.careline() as careline:
            await quiet(on.processes(careline))
            others = Others(on.processes(careline))
            for way in DIALLED:  # the first call of each finds caches cold, and does not count
                await _call(rig, joinings, way)
            for number in range(calls):
                ways = list(DIALLED) if number % 2 else list(reversed(DIALLED))
                for way in ways:
                    times[way].append(await _call(rig, joinings, way))
            share = others.share()
    return {way: Series.of("ms", values) for way, values in times.items()}, share


async def _call(rig: Rig, joinings: Joinings, way: str) -> float:
    """One call, until caller and agent are joined; milliseconds from INVITE to INVITE."""
    phone = rig.carrier.phone(AGENT.name)
    phone.behaviour = Answers(after=0.0)
    joined = joinings.next(AGENT.name)
    caller = await rig.carrier.call(NUMBER, DIALLED[way])
    rung = await phone.rung()
    await asyncio.wait_for(joined, 10)
    await caller.hang_up()
    await rung.until_ended()
    await asyncio.sleep(PAUSE)
    return (rung.invited_at - caller.invited_at) * 1000


def _check_records(on: Stage, calls: int) -> None:
    """Careline itself must say that every call went straight to the agent, and was answered."""
    with on.database() as database:
        summaries = database.calls.list(limit=10 * calls)
        assert len(summaries) == calls + 1, f"{len(summaries)} records for {calls + 1} calls"
        for summary in summaries:
            kinds = {event.kind for event in database.calls.show(summary.call_id).events}
            assert (summary.outcome, summary.agent) == ("answered", AGENT.name), summary
            assert "rule" in kinds, f"{summary.call_id} did not go straight: {kinds}"
            assert not kinds & {"step", "trouble"}, f"{summary.call_id}: {kinds}"


def _report(times: dict[str, Series], facts: dict[str, object]) -> Report:
    careline, static = times["Careline"], times["static dialplan"]
    more = careline.p95 - static.p95
    rows = [
        (way, *(shown(x) for x in (s.best, s.median, s.p95, s.worst))) for way, s in times.items()
    ]
    rows.append(("Careline adds", *(shown(getattr(careline, x) - getattr(static, x)) for x in _AT)))
    rows.append(("ratio", *(f"{getattr(careline, x) / getattr(static, x):.1f}" for x in _AT)))
    return Report(
        name="invite",
        title="from the caller's INVITE to the agent's phone's, in ms",
        how=(
            f"{len(careline.values)} calls each way, in turn and one at a time, over one switch to "
            "one phone: to Careline, which knows the caller as elderly, looks up, decides, answers "
            "and dials, and to an extension that is nothing but Dial. Both INVITEs are timed by the "
            "carrier's clock. Every call was answered by that phone and joined with the caller; "
            "Careline's records say that each went straight to the agent, by rule."
        ),
        columns=("", "best", "median", "p95", "worst"),
        rows=tuple(rows),
        claims=(
            Claim(f"at p95 Careline adds less than {MOST:.0f} ms ({more:.0f} ms)", more < MOST),
        ),
        machine=facts,
        figures={way: series.json() for way, series in times.items()},
    )


_AT = ("best", "median", "p95", "worst")
