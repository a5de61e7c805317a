"""How does sound go to and fro between a call and the engine, frame by frame?

Sound is 8 kHz, 16 bit, little-endian, 20 ms a frame. Asterisk plays what it gets at once and cannot be
told to forget it, so we keep time: against an absolute deadline, little ahead, and with silence from
the first frame on. What comes may be hostile: every size, rate and buffer has a limit, and passing it
costs the peer the connection.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ivr.errors import LineError
from ivr.line.asterisk.frames import ERROR, HANG_UP, KEY, SOUND, TooMuch, message

log = logging.getLogger(__name__)

Samples = npt.NDArray[np.int16]

FRAME = 0.02
SAMPLES = 160
SILENCE = bytes(2 * SAMPLES)
AHEAD = 2
"""Frames sent before their time: what a stall of the loop may last without being heard. A prompt
goes on for so long after it was stopped."""
MOST_BEHIND = 5
"""Frames sent at once after a longer stall; what is missing beyond is left out."""
MOST_UNSENT = 16_000
"""Bytes that the peer may leave unread: a second of sound."""
MOST_EARLY = 2.0
"""Seconds of sound that may come faster than time goes by; a stall while a call connects looks so."""
QUIET_AFTER = 0.1
"""Seconds without a frame, as from a phone that does not send its silence, that are heard as such."""
EXPIRES = 5.0
"""Seconds within which a call that was told to connect must do so."""
LEAVES = 2.0
"""Seconds within which the switch must close a connection that it was told is over."""


class Conversation:
    """The sound of one call, as long as it is connected. Made by `AudioSocket.expect`.

    `on_sound` gets the caller's sound, without gaps, as time goes by; `on_key` gets keys. What is
    to be heard is put into `speak`. They are called in the event loop and must be quick.
    """

    def __init__(self, on_sound: Callable[[Samples], None], on_key: Callable[[str], None]) -> None:
        self.uuid = UUID(bytes=secrets.token_bytes(16), version=4)
        self.gaps = 0
        """How often the caller missed some sound, because we were late."""
        self.spoke_at = 0.0
        """When, by the loop's clock, the last frame of something said was sent."""
        self.unsaid = 0
        """Samples that were left over when `speak` was cancelled."""
        self._on_sound = on_sound
        self._on_key = on_key
        self._to_say: deque[bytes] = deque()
        self._said = asyncio.Event()
        self._said.set()
        self._muted = False
        self._connected = asyncio.Event()
        self._closed = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._heard_at = 0.0

    @property
    def closed(self) -> bool:
        """Whether the connection is over, or will never come."""
        return self._closed.is_set()

    async def connected(self, within: float = EXPIRES) -> None:
        """Wait for the call to connect. Raises LineError if it does not."""
        try:
            async with asyncio.timeout(within):
                await self._connected.wait()
        except TimeoutError:
            raise LineError("The switch did not connect the call's sound to the engine.") from None
        if self.closed:
            raise LineError("The call's sound was cut off as soon as it came.")

    async def until_closed(self) -> None:
        """Wait for the end of the connection."""
        await self._closed.wait()

    async def speak(self, sound: Samples) -> None:
        """Let the caller hear `sound`; returns when it was said. When cancelled, ends it."""
        frames = [sound[at : at + SAMPLES] for at in range(0, len(sound), SAMPLES)]
        self._to_say = deque(_padded(frame) for frame in frames)
        self._said.clear()
        if not self._to_say or self.closed:
            self._said.set()
        try:
            await self._said.wait()
        finally:
            self.unsaid = len(self._to_say) * SAMPLES
            self._to_say.clear()
            self._said.set()

    def close(self) -> None:
        """Give the call back to whoever told it to connect."""
        if self._writer is not None and not self.closed:
            # The connection is left to the switch to close. If we did, with sound of the caller's
            # still unread, TCP would reset it, and a switch that just then sends more takes that for
            # a failure instead of reading that it is over.
            with suppress(ConnectionError, RuntimeError):
                self._writer.write(bytes((HANG_UP, 0, 0)))
            asyncio.get_running_loop().call_later(LEAVES, self._writer.close)
        self._ended()

    def _ended(self) -> None:
        self._closed.set()
        self._connected.set()
        self._said.set()

    # The connection

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry sound until either side has had enough."""
        self._writer = writer
        self._connected.set()
        talking = asyncio.create_task(self._talk(writer), name="audiosocket")
        try:
            await self._listen(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the switch has hung up
        except TooMuch as found:
            log.warning("the sound of a call was cut off: %s", found)
        finally:
            talking.cancel()
            self._ended()
            await asyncio.wait({talking})

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        self._heard_at = began = clock()
        heard = 0.0
        while True:
            kind, payload = await message(reader)
            if kind == SOUND:
                heard += len(payload) / 2 * FRAME / SAMPLES
                if heard > clock() - began + MOST_EARLY:
                    raise TooMuch("more sound came than time went by")
                self._heard_at = clock()
                if not self.closed:
                    self._on_sound(np.frombuffer(payload, "<i2").astype(np.int16))
            elif kind == KEY:
                self._on_key(payload.decode("ascii", errors="replace"))
            elif kind in {HANG_UP, ERROR}:
                return
            if writer.transport.get_write_buffer_size() > MOST_UNSENT:
                raise TooMuch("what was said to it was not read")

    async def _talk(self, writer: asyncio.StreamWriter) -> None:
        """Send a frame each 20 ms, whatever there is to say."""
        clock = asyncio.get_running_loop().time
        began, sent = clock() - AHEAD * FRAME, 0
        while not self.closed:
            due = int((clock() - began) / FRAME)
            if due - sent > MOST_BEHIND:
                self.gaps += 1
                began += (due - sent - MOST_BEHIND) * FRAME
                due = sent + MOST_BEHIND
            for _ in range(due - sent):
                self._send(writer)
            sent = due
            if writer.transport.get_write_buffer_size() > MOST_UNSENT:
                log.warning("the sound of a call was cut off: what was said to it was not read")
                writer.transport.abort()
                return
            if clock() - self._heard_at > QUIET_AFTER:
                self._heard_at += FRAME
                self._on_sound(np.zeros(SAMPLES, np.int16))
            await asyncio.sleep(max(0.0, began + (sent + 1) * FRAME - clock()))

    def _send(self, writer: asyncio.StreamWriter) -> None:
        frame = SILENCE
        if self._to_say:
            frame = self._to_say.popleft()
            self.spoke_at = asyncio.get_running_loop().time()
            if not self._to_say:
                self._said.set()
        writer.write(bytes((SOUND, *divmod(len(frame), 256))) + frame)


def _padded(frame: Samples) -> bytes:
    return frame.astype("<i2").tobytes().ljust(len(SILENCE), b"\0")
