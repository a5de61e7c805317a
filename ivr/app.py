"""The composition root: settings in, a running hotline out."""

import asyncio
import logging
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import cast

from ivr import logs
from ivr.admission import Gate
from ivr.archive import Archive
from ivr.call import Call, NoLine
from ivr.callbacks import Callbacks, House
from ivr.caller import Caller, Profile, parse_number, recognise
from ivr.control.lately import Lately
from ivr.control.overseer import SPY_CODE, Overseer
from ivr.control.roles import Role
from ivr.control.server import Control
from ivr.desk import Desk
from ivr.door import Door
from ivr.errors import (
    BadInput,
    CallerHungUp,
    CarelineError,
    LineError,
    StoreError,
    VoiceError,
)
from ivr.flow.hotline import Hotline
from ivr.hearing import Listening
from ivr.jobs import Jobs
from ivr.journal import Journal
from ivr.keeping import Keeping
from ivr.line.asterisk import hold
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.devices import phone
from ivr.line.asterisk.inbound import Inbound
from ivr.line.asterisk.line import AsteriskLine
from ivr.line.asterisk.outbound import Outbound
from ivr.line.asterisk.queue_log import QueueLog
from ivr.line.asterisk.secure import SecureEntry
from ivr.line.asterisk.wire import AmiMessage
from ivr.line.commands import Hangup, Play, Spoken
from ivr.line.line import Arrival, Line
from ivr.messages import FOLDER, MessageBox
from ivr.outside.guesses import Guesses
from ivr.outside.http import Client
from ivr.outside.systems import Systems
from ivr.pickup import PickUps
from ivr.prompts import PromptStore, Status, hold_class
from ivr.publish import release
from ivr.publish.live import Edition, Live, fetch, newest
from ivr.queue_lines import QueueLine, QueueLines
from ivr.queues import published, queues_of
from ivr.record import CallRecord, UnderWay
from ivr.roster import Roster
from ivr.said import ahead, meanwhile
from ivr.settings import Settings, secret
from ivr.shifts import Shifts
from ivr.store.database import Database
from ivr.switch import agents as switch
from ivr.switch import configure, instance, secrets
from ivr.troubles import Troubles
from ivr.understanding import Understanding
from ivr.web.watch import Watch
from recordings.shelf import Shelf
from routing.floor import Floor
from speech.voices import Voices

log = logging.getLogger(__name__)

# What a feature code does to an agent, and what the agent hears then.
FEATURES: dict[str, tuple[bool | None, str | None, str]] = {
    "*45": (True, None, "feature_logged_in"),
    "*46": (False, None, "feature_logged_out"),
    "*47": (None, "break", "feature_paused"),
    "*48": (True, None, "feature_ready"),
}
LETTING_GO = 0.05  # seconds between two looks whether an interrupted call has let go of its line
KNOW_WITHIN = 2.0  # seconds the database has to say who calls
GOODBYE = 10.0  # seconds all calls together are given to be handed back when the engine stops


class App:
    """A hotline that answers calls; see `running`."""

    def __init__(
        self,
        settings: Settings,
        edition: Edition,
        database: Database,
        ami: Ami,
        now: Callable[[], datetime],
        gap: float = 0.0,
    ) -> None:
        self._gap = gap
        self.live = Live(database.versions, settings.var / "flows", edition, self._publish, now)
        self._queues = queues_of(edition.hotline.center)
        floor = Floor(self._queues, settings.missed_calls, occupancy_limit=settings.occupancy)
        self.desk = Desk(floor, monotonic, self._set_aside)
        self.gate = Gate(self.desk)
        self.roster = Roster(database, self.desk)
        self.journal = Journal(database)
        self.box = MessageBox(database, settings.var / FOLDER, now)
        self.door = Door(database.closures)
        self.queue_log = QueueLog(ami)
        lines = QueueLines(self._queue_line, lambda: self.hotline.center.queues)
        self.journal.listen(lines.call)
        self.keeping = self._recordings(settings, database)
        shelf = Shelf.under(settings.var)
        archive = Archive(database, shelf, "careline serve", now)
        self._watch = Watch(
            settings.metrics_port,
            self.journal,
            self.desk.floor,
            database,
            lambda: ami.up,
            monotonic,
        )
        self.jobs = Jobs(archive, lambda: self.hotline.center)
        self.shifts = Shifts(database, self.desk.floor, now, monotonic, lines.agent)
        self.prompts = PromptStore(
            settings.var / "prompts", Voices(settings.voices), settings.flows / "audio"
        )
        self.listening = Listening(settings, self._cannot_hear)
        outbound = Outbound(ami)
        self.pick_ups = PickUps(database, self.desk)
        self.inbound = Inbound(
            ami,
            self._audio,
            self._music,
            self._call,
            self._feature,
            self.listening.ears,
            self.pick_ups.seen,
            self._secure_entry,
            self._on_hold,
            outbound,
        )
        house = House(
            lambda: self.hotline,
            lambda: self._outside(self.hotline),
            lambda: self.door.closed is not None,
            lambda call_id: self.keeping.file(call_id) if self.keeping is not None else None,
            now,
        )
        self.callbacks = Callbacks(self.desk, database.callbacks, outbound, self.journal, house)
        self.desk.ring_back = self.callbacks.learn
        self.settings = settings
        self._database = database
        self._ami = ami
        self._now = now
        self._client = Client()
        self._guesses = Guesses(monotonic)
        self._music_classes: frozenset[str] = frozenset()
        self._private: dict[str, list[Path]] = {}
        self._calls: dict[str, Call] = {}
        self._older: dict[int, Edition] = {}
        self._troubles = Troubles()
        self._finders = ThreadPoolExecutor(4, "find caller")
        lately = Lately(now)
        self.journal.listen(lately.add)
        self.overseer = Overseer(
            self.desk,
            self.door,
            self._calls,
            database,
            now,
            monotonic,
            lambda: self.hotline.center.queues,
            lately,
            self.inbound.take_aside,
        )
        groups: dict[Role, str | None] = {
            "supervisor": settings.supervisors,
            "auditor": settings.auditors,
        }
        self.control = Control(self.overseer, settings.var, groups)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing: set[asyncio.Task[None]] = set()
        ami.subscribe("DeviceStateChange", self._phone_changed)
        ami.on_up(lambda: self._write(self._see_phones(), "see phones"))

    @property
    def hotline(self) -> Hotline:
        """What new calls are served by; calls under way keep the version they began with."""
        return self.live.edition.hotline

    async def open(self) -> None:
        """Take up work: agents first, so that the first caller finds them."""
        self.prompts.discard_all()
        unbuilt = await asyncio.to_thread(self._unbuilt)
        if unbuilt:
            log.warning("%d prompts have no audio yet; run `careline prompts build`", unbuilt)
        await asyncio.to_thread(self._make_music, [self.hotline])
        for name in self._outside(self.hotline).missing_secrets():
            log.warning(
                "center.yaml names the secret %s, but CARELINE_SECRET_%s is not set", name, name
            )
        try:
            await asyncio.to_thread(self.box.open)
        except OSError as error:  # a hotline that takes no messages still answers
            log.error("no messages can be left: %s", error)
        await self.door.open()
        if self.keeping is not None:
            try:
                self.keeping.open()
            except (OSError, CarelineError) as error:  # the same goes for recordings
                log.error("nothing is recorded: %s", error)
                self.keeping = None
        self.jobs.open()
        await self._watch.open()
        self.journal.open()
        self.queue_log.open()
        await self.roster.open()
        await self.shifts.open()
        await self._see_phones()
        await self.pick_ups.left_behind(self._left_call, self._gap)
        await self.listening.open(
            self.hotline.center.center.languages, self._understanding(self.hotline).learn
        )
        await self.inbound.start()
        await self.callbacks.open()
        await self.control.open()
        self.live.open()
        log.info("the hotline answers with version %d of the flows", self.live.edition.number)

    async def close(self) -> None:
        """Stop: talks go on without us, everybody else is handed to the switch's fallback."""
        await self.control.close()
        with suppress(CarelineError):
            await self.inbound.stop()
        for task in self._tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.callbacks.close()
                await self.inbound.idle()
                await asyncio.gather(*self._writing, return_exceptions=True)
        await self.listening.close()
        await self.live.close()
        await self.door.close()
        await self.roster.close()
        await self.shifts.close()
        await self.queue_log.close()
        self.desk.close()
        self.jobs.close()
        await self._watch.close()
        await self._client.close()
        self._finders.shutdown(wait=False, cancel_futures=True)
        await self.journal.close()
        if self.keeping is not None:
            await self.keeping.close()

    async def _publish(self, before: Edition, edition: Edition) -> None:
        """New calls get `edition` from now on.

        Calls that began before may still go to queues and hear sentences that are no longer in it,
        so both are kept beside the new ones.
        """
        known = self._queues | queues_of(before.hotline.center)
        self._queues = published(known, edition.hotline.center)
        self.desk.queues_changed(self._queues)
        await asyncio.to_thread(self._make_music, [before.hotline, edition.hotline])
        if any(one in self.listening.languages for one in edition.hotline.center.center.languages):
            await asyncio.to_thread(self._understanding(edition.hotline).learn)

    def _understanding(self, hotline: Hotline) -> Understanding:
        return Understanding(hotline.intents, self.listening.languages)

    # -- calls -----------------------------------------------------------------------------------

    async def _call(self, arrival: Arrival, line: Line) -> bool:
        """Serve a call, or go on with one that was interrupted. True if it is so again."""
        call_id, edition = arrival.call_id, self.live.edition
        while call_id in self._calls:  # noqa: ASYNC110  interrupted just now, and letting go
            await asyncio.sleep(LETTING_GO)
        center = edition.hotline.center
        number = parse_number(arrival.number, center.center.country)
        again = call_id in self.pick_ups
        if not again and isinstance(line, AsteriskLine) and line.in_talk:
            log.error("%s is a talk of which nothing is known; it is left alone", call_id)
            return False
        call = self.pick_ups.call(call_id) if again else None
        if call is None:
            call = self._make_call(replace(arrival, at=self._now()), line, edition)

        async def find_caller() -> Caller:
            profile: Profile | None = None
            if number.number is not None:
                try:
                    # Threads of their own: a database that hangs holds up nothing else.
                    find, loop = self._database.callers.find, asyncio.get_running_loop()
                    async with asyncio.timeout(KNOW_WITHIN):
                        profile = await loop.run_in_executor(self._finders, find, number.number)
                except StoreError as error:  # an unknown caller is served; a lost call is not
                    call.trouble(f"the caller cannot be looked up: {error}")
                except TimeoutError:
                    call.trouble("the caller cannot be looked up: the database is too slow")
            today = self._now().astimezone(center.zone).date()
            return recognise(number, profile, today, center.center.languages, center.center.country)

        with self._until_stopped(), logs.about(call_id):
            self._calls[call_id] = call
            try:
                await (self.pick_ups.go_on(call_id, line, find_caller) if again
                       else call.run(find_caller))  # fmt: skip
                if call.interrupted:
                    self.pick_ups.add(call)
                return call.interrupted
            finally:
                del self._calls[call_id]
                self.prompts.discard(self._private.pop(call_id, ()))

    def _make_call(
        self,
        arrival: Arrival,
        line: Line,
        edition: Edition,
        before: CallRecord | None = None,
        state: Mapping[str, object] | None = None,
    ) -> Call:
        center = edition.hotline.center
        number = parse_number(arrival.number, center.center.country)
        return Call(
            arrival,
            line,
            edition.hotline,
            self.desk,
            self.journal,
            self._now,
            outside=self._outside(edition.hotline, number.number or arrival.call_id),
            box=self.box,
            version=edition.number,
            hearing=self._understanding(edition.hotline),
            door=self.door,
            gate=self.gate,
            tape=self.keeping,
            ledger=self.callbacks,
            bookmarks=self.journal.bookmark,
            before=before,
            state=state,
            troubles=self._troubles,
        )

    async def _left_call(self, before: CallRecord, where: UnderWay) -> Call:
        """A call that an engine left, on the version of the flows that it began with."""
        summary, edition = before.summary, self.live.edition
        number = summary.version
        if number is not None and number != edition.number:
            try:
                if number not in self._older:
                    files = self.settings.var / "flows"
                    versions = self._database.versions
                    older = await asyncio.to_thread(fetch, versions, number, files, self._now())
                    self._older[number] = older
                    await self._publish(older, edition)
                edition = self._older[number]
            except CarelineError as error:
                log.error("%s goes on with the live version: %s", summary.call_id, error)
        arrival = Arrival(summary.call_id, summary.number or "", "", summary.started)
        return self._make_call(arrival, NoLine(), edition, before, where.state)

    def _on_hold(self, call_id: str, held: bool) -> None:
        if (call := self._calls.get(call_id)) is not None:
            call.held(on_hold=held)

    async def _secure_entry(self, call_id: str, entry: SecureEntry) -> None:
        with self._until_stopped(), logs.about(call_id):
            call = self._calls.get(call_id)
            if call is None:
                await entry.end()
                return
            try:
                await call.secure_entry(entry)
            except CarelineError as error:  # the talk goes on by itself
                call.trouble(f"the secure entry failed: {error}")

    def _recordings(self, settings: Settings, database: Database) -> Keeping | None:
        if settings.recordings == "off":
            return None

        async def alive() -> set[str]:
            channels = await self._ami.list("CoreShowChannels")
            return {channel.get("Linkedid", "") for channel in channels}

        shelf = Shelf.under(settings.var)
        keeping = Keeping(database, shelf, settings.key_file, settings.recordings, alive)
        self.journal.listen(keeping.heed)
        return keeping

    def _cannot_hear(self, call_id: str, why: str) -> None:
        if (call := self._calls.get(call_id)) is not None:
            call.trouble(why)

    def _outside(self, hotline: Hotline, caller: str = "") -> Systems:
        center, var = hotline.center, self.settings.var
        return Systems(center, self._client, secret, var, self._now, self._guesses, caller)

    def _audio(self, call_id: str) -> Callable[[Spoken], Awaitable[Path]]:
        """Where a call's prompts are; those with the caller's data are deleted with the call."""

        async def locate(spoken: Spoken) -> Path:
            if spoken.recording is not None:
                return spoken.recording
            try:
                path = await self.prompts.locate(spoken)
            except VoiceError as error:  # a caller rather misses a sentence than the call
                log.error("call %s misses a prompt: %s", call_id, error)
                return self.prompts.silence()
            if spoken.private:
                self._private.setdefault(call_id, []).append(path)
            return path

        return locate

    def _unbuilt(self) -> int:
        status = self.prompts.status
        return sum(status(spoken) is Status.MISSING for spoken in ahead(self.hotline))

    def _music(self, spoken: Spoken) -> str | None:
        name = hold_class(spoken)
        return name if name in self._music_classes else None

    def _make_music(self, hotlines: Sequence[Hotline]) -> None:
        """Sentences heard while a phone rings are music on hold to the switch; tell it of them."""
        etc = instance.hotline(self.settings.home).etc
        if not etc.is_dir():
            return  # somebody else's switch: sentences are then said before a phone rings
        try:
            music = configure.music(etc)
            said = chain.from_iterable(map(meanwhile, hotlines))
            classes = self.prompts.hold_classes(said, music)
            sounds = {name: [f.with_suffix("") for f in files] for name, files in classes.items()}
            configure.write_music(etc, sounds)
            address = switch.Address(self.settings.ami_host, self.settings.ami_port)
            if switch.reload(self.settings.home, address, switch.MUSIC):
                self._music_classes = frozenset(classes)
        except CarelineError as error:
            log.error("sentences will be said before a phone rings, not meanwhile: %s", error)

    # -- agents ----------------------------------------------------------------------------------

    async def _feature(self, agent: str, code: str, line: Line) -> None:
        with self._until_stopped():
            try:
                await self._obey(agent, code, line)
            except CallerHungUp:
                return
            except CarelineError as error:
                log.error("the code %s of agent %s was not obeyed: %s", code, agent, error)
            finally:  # an agent who hears nothing knows that it was not
                with suppress(CallerHungUp, LineError):
                    await line.perform(Hangup())

    async def _obey(self, agent: str, code: str, line: Line) -> None:
        if code == SPY_CODE:
            granted = await self.overseer.take(agent)
            if granted is not None:
                await self.inbound.spy(line, *granted)
            return
        logged_in, paused, prompt = FEATURES[code]
        account = await self.roster.change(agent, logged_in=logged_in, paused=paused)
        wording = self.hotline.wording
        spoken = wording.spoken(prompt, account.language or wording.default)
        if spoken is not None:
            await line.perform(Play((spoken,)))

    async def _see_phones(self) -> None:
        with suppress(LineError):  # a link that is lost again is seen when it is up again
            for device in await self._ami.list("DeviceStateList"):
                self._phone_changed(device)

    def _phone_changed(self, event: AmiMessage) -> None:
        if (seen := phone(event)) is not None:
            name, reachable = seen
            self.desk.phone_seen(name, reachable=reachable)

    @contextmanager
    def _until_stopped(self) -> Iterator[None]:
        """Have `close` cancel the running task."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    def _queue_line(self, line: QueueLine) -> None:
        self.queue_log.write(line.queue, line.event, line.call, line.agent, line.message())

    def _set_aside(self, agent: str, misses: int) -> None:
        log.warning("agent %s missed %d calls in a row and is paused", agent, misses)
        self._write(self.roster.set_aside(agent), f"set aside {agent}")

    def _write(self, work: Coroutine[object, object, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(settings: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[App]:
    """A hotline that answers calls as long as the block lasts.

    It serves the live version, whatever lies in the folder `flows/`; only the first start of all
    publishes that folder, as version 1.

    Raises `BrokenFlow`, `StoreError`, `SwitchUnreachable` or `BadInput` where it cannot begin.
    """
    secret = secrets.engine(settings)
    if secret is None:
        raise BadInput(
            "There is no secret for the switch: run `careline switch configure`, or set "
            "CARELINE_AMI_SECRET."
        )
    settings.var.mkdir(parents=True, exist_ok=True)
    ami = Ami(settings.ami_host, settings.ami_port, settings.ami_user, secret)
    await ami.connect()
    try:
        # First of all: callers whom a dead engine left are kept until we can go on with them.
        gap = await hold.seconds_without_an_engine(ami)
        holding = asyncio.create_task(hold.keep(ami), name="hold")
        try:
            with await asyncio.to_thread(Database.open, settings.url) as database:
                edition = await asyncio.to_thread(_first_edition, settings, database, now())
                app = App(settings, edition, database, ami, now, gap)
                try:
                    await app.open()
                    holding.cancel()
                    yield app
                finally:
                    await app.close()
        finally:
            holding.cancel()
    finally:
        await ami.close()


def _first_edition(settings: Settings, database: Database, now: datetime) -> Edition:
    live = release.begin(database.versions, settings.flows, now)
    return newest(database.versions, live.number, settings.var / "flows", now)
