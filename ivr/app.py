"""The composition root: settings in, a running hotline out."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from time import monotonic

from ivr.admission import Gate
from ivr.archive import Archive
from ivr.call import Call
from ivr.callbacks import Callbacks, House
from ivr.caller import parse_number
from ivr.control.lately import Lately
from ivr.control.overseer import Overseer
from ivr.control.roles import Role
from ivr.control.server import Control
from ivr.desk import Desk
from ivr.door import Door
from ivr.errors import CarelineError
from ivr.flow.hotline import Hotline
from ivr.hearing import Listening
from ivr.jobs import Jobs
from ivr.journal import Journal
from ivr.keeping import Keeping
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.inbound import Inbound
from ivr.line.asterisk.outbound import Outbound
from ivr.line.asterisk.queue_log import QueueLog
from ivr.line.line import Arrival, Line
from ivr.messages import FOLDER, MessageBox
from ivr.outside.guesses import Guesses
from ivr.outside.http import Client
from ivr.outside.systems import Systems
from ivr.phones import Phones
from ivr.pickup import PickUps
from ivr.prompts import PromptStore
from ivr.publish.live import Edition, Live
from ivr.queue_lines import QueueLine, QueueLines
from ivr.queues import published, queues_of
from ivr.reception import Reception
from ivr.record import CallRecord
from ivr.roster import Roster
from ivr.settings import Settings, secret
from ivr.shifts import Shifts
from ivr.sounds import Sounds
from ivr.store.database import Database
from ivr.switch import agents as switch
from ivr.tasks import Tasks
from ivr.troubles import Troubles
from ivr.understanding import Understanding
from ivr.web.watch import Watch
from recordings.shelf import Shelf
from routing.floor import Floor
from speech.voices import Voices

log = logging.getLogger(__name__)

GOODBYE = 10.0  # seconds all calls together are given to be handed back when the engine stops


class App:
    """A hotline that answers calls; see `ivr.running`."""

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
        self.settings = settings
        self._database = database
        self._ami = ami
        self._now = now
        self._tasks = Tasks()
        self._troubles = Troubles()
        self._client = Client()
        self._guesses = Guesses(monotonic)
        flows = settings.var / "flows"
        self.live = Live(database.versions, flows, edition, self._publish, now)

        # The floor, and whoever keeps it in step with the store.
        self._queues = queues_of(edition.hotline.center)
        floor = Floor(self._queues, settings.missed_calls, occupancy_limit=settings.occupancy)
        self.desk = Desk(floor, monotonic, self._set_aside)
        self.gate = Gate(self.desk)
        self.door = Door(database.closures)
        self.roster = Roster(database, self.desk)

        # What is kept.
        self.journal = Journal(database)
        self.box = MessageBox(database, settings.var / FOLDER, now, settings.key_file)
        self.queue_log = QueueLog(ami)
        lines = QueueLines(self._queue_line, lambda: self.hotline.center.queues)
        self.journal.listen(lines.call)
        self.shifts = Shifts(database, floor, now, monotonic, lines.agent)
        shelf = Shelf.under(settings.var)
        self.keeping = self._recordings(shelf)
        archive = Archive(database, shelf, "careline serve", now)
        self.jobs = Jobs(archive, lambda: self.hotline.center)
        self._watch = Watch(
            settings.metrics_port, self.journal, floor, database, lambda: ami.up, monotonic
        )

        # What callers hear.
        self.prompts = PromptStore(
            settings.var / "prompts", Voices(settings.voices), settings.flows / "audio"
        )
        address = switch.Address(settings.ami_host, settings.ami_port)
        self._sounds = Sounds(self.prompts, settings.home, address)

        # The calls.
        self.pick_ups = PickUps(database, self.desk)
        self.reception = Reception(
            database,
            self.live,
            flows,
            self.pick_ups,
            self._sounds,
            self._tasks,
            self._make_call,
            self._publish,
            now,
        )

        self.listening = Listening(settings, self.reception.cannot_hear)
        self._watch.hears(self.listening)
        outbound = Outbound(ami)
        self.inbound = Inbound(
            ami,
            self._sounds.of,
            self._sounds.music,
            self.reception.serve,
            self._feature,
            self.listening.ears,
            self.pick_ups.seen,
            self.reception.secure_entry,
            self.reception.on_hold,
            outbound,
        )
        house = House(
            lambda: self.hotline,
            lambda number: self._outside(self.hotline, number),
            lambda: self.door.closed is not None,
            lambda call_id: self.keeping.file(call_id) if self.keeping is not None else None,
            now,
            database.callers.find,
            self.reception.calls,
        )
        self.callbacks = Callbacks(self.desk, database.callbacks, outbound, self.journal, house)
        self.desk.ring_back = self.callbacks.learn
        self.inbound.on_again = self.callbacks.again

        # Supervisors and agents.
        lately = Lately(now)
        self.journal.listen(lately.add)
        self.overseer = Overseer(
            self.desk,
            self.door,
            self.reception.calls,
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
        self._phones = Phones(
            ami,
            self.desk,
            self.roster,
            self.overseer,
            self._tasks,
            lambda: self.hotline,
            self.inbound.spy,
        )

    @property
    def hotline(self) -> Hotline:
        """What new calls are served by; calls under way keep the version they began with."""
        return self.live.edition.hotline

    async def open(self) -> None:
        """Take up work: agents first, so that the first caller finds them."""
        self.prompts.discard_all()
        unbuilt = await asyncio.to_thread(self._sounds.unbuilt, self.hotline)
        if unbuilt:
            log.warning("%d prompts have no audio yet; run `careline prompts build`", unbuilt)
        await asyncio.to_thread(self._sounds.make_music, [self.hotline])
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
        await self._phones.open()
        await self.pick_ups.left_behind(self.reception.left, self._gap, self._now())
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
        self._tasks.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.callbacks.close()
                await self.inbound.idle()
                await self._tasks.done()
        await self.listening.close()
        await self.live.close()
        await self.door.close()
        await self._phones.close()
        await self.roster.close()
        await self.shifts.close()
        await self.queue_log.close()
        self.desk.close()
        self.jobs.close()
        await self._watch.close()
        await self._client.close()
        self.reception.close()
        await self.box.close()
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
        await asyncio.to_thread(self._sounds.make_music, [before.hotline, edition.hotline])
        if any(one in self.listening.languages for one in edition.hotline.center.center.languages):
            await asyncio.to_thread(self._understanding(edition.hotline).learn)

    def _understanding(self, hotline: Hotline) -> Understanding:
        return Understanding(hotline.intents, self.listening.languages)

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

    def _recordings(self, shelf: Shelf) -> Keeping | None:
        how = self.settings.recordings
        if how == "off":
            return None

        async def alive() -> set[str]:
            channels = await self._ami.list("CoreShowChannels")
            # Who was rung back and has lost the agent goes by their own id, and is linked to another.
            return {one.get(name, "") for one in channels for name in ("Linkedid", "Uniqueid")}

        keeping = Keeping(self._database, shelf, self.settings.key_file, how, alive)
        self.journal.listen(keeping.heed)
        return keeping

    def _outside(self, hotline: Hotline, caller: str = "") -> Systems:
        center, var = hotline.center, self.settings.var
        return Systems(center, self._client, secret, var, self._now, self._guesses, caller)

    async def _feature(self, agent: str, code: str, line: Line) -> None:
        await self._phones.feature(agent, code, line)

    def _queue_line(self, line: QueueLine) -> None:
        self.queue_log.write(line.queue, line.event, line.call, line.agent, line.message())

    def _set_aside(self, agent: str, misses: int) -> None:
        log.warning("agent %s missed %d calls in a row and is paused", agent, misses)
        self._tasks.start(self.roster.set_aside(agent), f"set aside {agent}")
