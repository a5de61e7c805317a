"""What can a person at the far end of a call do, and what do they hear?

A leg is one channel of the carrier: a caller's or a phone's. All moments are the carrier's own
clock (seconds since 1970, from AMI's Timestamp), so moments of different legs may be subtracted.
"""

import asyncio
import itertools
import shutil
from pathlib import Path
from urllib.parse import unquote

from tests.rig import sound
from tests.rig.ami import Ami, AmiRefusedError, Message
from tests.rig.sound import Sound

_LATE = 40.0
_HUNG_UP = "hung up"
_SILENCE = 'EXEC Playtones "0/1000"'


class Leg:
    """One person's call, from the first INVITE to the last BYE. Made by `Carrier`."""

    def __init__(self, ami: Ami, hand: Ami, unique_id: str, folder: Path) -> None:
        self.unique_id = unique_id
        self.channel = unique_id
        """The channel's name, once it is known; until then AMI takes the unique id for it."""
        self.invited_at = 0.0
        """When the INVITE was sent (a caller's leg) or received (a phone's)."""
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.cause = ""
        """Why it ended: an ISDN cause, such as "16" for normal, "17" busy, "21" rejected."""
        self.caller_name = ""
        """The name shown to a phone that is rung."""
        self.caller_number = ""
        """The number shown to it."""
        self._ami = ami
        self._hand = hand
        self._folder = folder
        self._numbers = itertools.count(1)
        self._results: dict[str, asyncio.Future[str]] = {}
        self._mouth = asyncio.Lock()  # one sound at a time, in the order in which they began
        self._in_hand = asyncio.Event()
        self._invited = asyncio.Event()
        self._answered = asyncio.Event()
        self._ended = asyncio.Event()

    # What the person does

    async def press(self, keys: str, gap: float = 0.2, length: float = 0.1) -> None:
        """Press `keys` one after the other, `gap` seconds between them."""
        for key in keys:
            await self._hand.action(
                "PlayDTMF",
                Channel=self.channel,
                Digit=key,
                Duration=str(round(length * 1000)),
            )
            await asyncio.sleep(length + gap)

    async def speak(self, wav: Path) -> None:
        """Say what is in `wav` (8 kHz, mono, 16 bit); returns when it has been said."""
        sound.require_telephone_format(wav)
        async with self._mouth:
            await self.perform("EXEC StopPlaytones")  # while tones play, other sound is dropped
            await self.perform(f'STREAM FILE "{wav.with_suffix("")}" ""', within=300)
            await self.perform(_SILENCE)

    async def be_silent(self) -> None:
        """Send silence, as a telephone does whose owner says nothing (Asterisk would send nothing)."""
        async with self._mouth:
            await self.perform(_SILENCE)

    async def hum(self, hertz: int, seconds: float) -> None:
        """Make a tone, which can be told from every other on the far side."""
        wav = self._folder / f"hum-{hertz}-{round(seconds * 1000)}.wav"
        sound.write_tone(wav, hertz, seconds)
        await self.speak(wav)

    async def hum_on(self, hertz: int) -> None:
        """Begin to make a tone, until something else is said or done."""
        async with self._mouth:
            await self.perform(f"EXEC Playtones {hertz}")

    async def put_on_hold(self, seconds: int) -> None:
        """Put the other side on hold for so many seconds."""
        async with self._mouth:
            await self.perform(f"EXEC BridgeWait {self.unique_id},participant,e(h)S({seconds})")

    async def hang_up(self) -> None:
        """Put the receiver down (or, before the answer, give up ringing)."""
        if not self._ended.is_set():
            await self._hang_up("16")
            await self.until_ended()

    async def answer(self) -> None:
        """Pick up (a phone's leg), and say nothing yet."""
        async with self._mouth:
            await self.perform("ANSWER")
            await self.perform(_SILENCE)

    async def ring(self) -> None:
        """Send "180 Ringing" (a phone's leg)."""
        await self.perform("EXEC Ringing")

    async def refuse(self, cause: int) -> None:
        """Refuse with an ISDN cause: 17 is sent as "486 Busy Here", 21 as a rejection."""
        await self._hang_up(str(cause))

    # What the person perceives

    async def until_invited(self, within: float = _LATE) -> float:
        """Wait until the INVITE is on its way; returns the moment."""
        await self._until(self._invited, within, "on its way")
        return self.invited_at

    async def until_answered(self, within: float = _LATE) -> float:
        """Wait until the other side has answered; returns the moment."""
        await self._until(self._answered, within, "answered")
        assert self.answered_at is not None
        return self.answered_at

    async def until_ended(self, within: float = _LATE) -> float:
        """Wait until the call is over; returns the moment."""
        await asyncio.wait_for(self._ended.wait(), within)
        assert self.ended_at is not None
        return self.ended_at

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._ended.is_set()

    @property
    def heard_file(self) -> Path:
        """The recording of what the person has heard since the answer: raw, 8 kHz, 16 bit."""
        return self._folder / f"{self.unique_id}.sln"

    def heard(self) -> Sound:
        """What the person has heard so far."""
        return sound.read_raw(self.heard_file)

    def keep_heard(self, wav: Path) -> None:
        """Write what was heard as a WAV file, to be listened to."""
        sound.write(wav, self.heard())

    async def until_heard(self, hertz: int, seconds: float = 0.2, within: float = _LATE) -> float:
        """Wait until a tone has been heard for `seconds`; returns where in `heard()` it begins."""
        return await self._until_found(lambda heard: sound.find_tone(heard, hertz, seconds), within)

    async def until_heard_sound(self, wav: Path, within: float = _LATE) -> float:
        """Wait until the whole of `wav` has been heard; returns where in `heard()` it begins."""
        wanted = sound.read_wav(wav)
        return await self._until_found(lambda heard: sound.find(heard, wanted), within)

    async def _until_found(self, look: "sound.Look", within: float) -> float:
        async with asyncio.timeout(within):
            while True:
                found = look(self.heard())
                if found is not None:
                    return found
                await asyncio.sleep(0.1)

    # What the driver tells the leg

    async def perform(self, command: str, within: float = _LATE) -> str:
        """Perform an AGI command on the channel and return its result line."""
        await self._until(self._in_hand, within, "in the driver's hands")
        command_id = f"{self.unique_id}-{next(self._numbers)}"
        result = self._results[command_id] = asyncio.get_running_loop().create_future()
        request = {"Channel": self.channel, "Command": command, "CommandID": command_id}
        try:
            await self._ami.action("AGI", **request)
        except AmiRefusedError:
            if not self.ended:
                await self.until_ended(1)
            return _HUNG_UP
        return await asyncio.wait_for(result, within)

    async def _hang_up(self, cause: str) -> None:
        try:
            await self._ami.action("Hangup", Channel=self.channel, Cause=cause)
        except AmiRefusedError:
            if not self._ended.is_set():  # gone in this very moment is what was wanted
                await self.until_ended(1)

    async def _until(self, event: asyncio.Event, within: float, what: str) -> None:
        waits = [asyncio.create_task(event.wait()), asyncio.create_task(self._ended.wait())]
        try:
            await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        if not event.is_set():
            state = f"it ended with cause {self.cause}" if self.ended else f"not in {within} s"
            raise AssertionError(f"The call {self.unique_id} was never {what}: {state}.")

    def happened(self, message: Message) -> None:
        """Take in an event of this leg's channel."""
        at = float(message["Timestamp"])
        match message["Event"]:
            case "Newchannel":
                self.invited_at = at
                self.channel = message["Channel"]
                self._invited.set()
                self.caller_name = message["CallerIDName"]
                self.caller_number = message["CallerIDNum"]
            case "Newstate" if message["ChannelState"] == "6":
                self.answered_at = self.answered_at or at
                self._answered.set()
            case "AsyncAGIStart":
                self._in_hand.set()
            case "AsyncAGIExec":
                # CommandId here, CommandID in the action: so it is in Asterisk 22.
                waiting = self._results.pop(message["CommandId"], None)
                if waiting is not None and not waiting.done():  # whoever waited may have given up
                    waiting.set_result(unquote(message["Result"]))
            case "Hangup":
                self.ended_at, self.cause = at, message["Cause"]
                self._ended.set()
                for waiting in self._results.values():
                    if not waiting.done():
                        waiting.set_result(_HUNG_UP)

    def keep_files(self, folder: Path) -> None:
        """Copy the recording to `folder`, for a person who asks what went wrong."""
        if self.heard_file.exists():
            shutil.copy(self.heard_file, folder)
