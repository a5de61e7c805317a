"""How is sound carried, and what can somebody hostile at the other end do? A switch made of sockets."""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID, uuid4

import numpy as np
import pytest

from ivr.errors import LineError
from ivr.line.asterisk import audiosocket, call_sound
from ivr.line.asterisk.audiosocket import AudioSocket
from ivr.line.asterisk.call_sound import Conversation, Samples

SILENCE = bytes(320)


class Call:
    """A call as the engine has it: what came from it."""

    def __init__(self, sockets: AudioSocket) -> None:
        self.sound: list[Samples] = []
        self.keys = ""
        self.conversation: Conversation = sockets.expect(self.sound.append, self._key)

    def _key(self, key: str) -> None:
        self.keys += key

    @property
    def heard(self) -> Samples:
        return np.concatenate(self.sound) if self.sound else np.empty(0, np.int16)


class Peer:
    """The other end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, sockets: AudioSocket, uuid: UUID | None = None) -> "Peer":
        peer = cls(*await asyncio.open_connection("127.0.0.1", sockets.port))
        if uuid is not None:
            peer.send(0x01, uuid.bytes)
        return peer

    def send(self, kind: int, payload: bytes = b"") -> None:
        self.writer.write(struct.pack("!BH", kind, len(payload)) + payload)

    async def message(self) -> tuple[int, bytes]:
        kind, length = struct.unpack("!BH", await self.reader.readexactly(3))
        return kind, await self.reader.readexactly(length)

    async def until_cut_off(self, within: float = 3.0) -> None:
        async with asyncio.timeout(within):
            with suppress(ConnectionError):
                while await self.reader.read(65536):
                    pass
        await self.close()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@pytest.fixture
async def sockets() -> AsyncIterator[AudioSocket]:
    made = AudioSocket()
    await made.open()
    yield made
    await made.close()


async def test_silence_is_sent_from_the_first_frame_on(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    for _ in range(4):
        assert await peer.message() == (0x10, SILENCE)
    await peer.close()


async def test_frames_keep_time_by_an_absolute_deadline(sockets: AudioSocket) -> None:
    call, clock = Call(sockets), asyncio.get_running_loop().time
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await peer.message()
    began = clock()
    for _ in range(50):
        await peer.message()
    assert 0.85 < clock() - began < 2
    await peer.close()


async def test_a_prompt_is_heard_whole_and_in_order(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    prompt = np.arange(1, 1000, dtype=np.int16)
    await call.conversation.connected()
    speaking = asyncio.create_task(call.conversation.speak(prompt))
    received = b""
    while len(received.strip(b"\0")) < 2 * len(prompt) - 2:
        received += (await peer.message())[1]
    await speaking
    assert np.array_equal(np.trim_zeros(np.frombuffer(received, "<i2")), prompt)
    await peer.close()


async def test_a_prompt_that_is_stopped_says_how_much_was_left(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected()
    speaking = asyncio.create_task(call.conversation.speak(np.ones(16_000, np.int16)))
    await asyncio.sleep(0.3)
    speaking.cancel()
    await asyncio.wait({speaking})
    assert 8_000 < call.conversation.unsaid < 15_000
    await peer.close()


async def test_sound_and_keys_of_the_caller_arrive(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    peer.send(0x10, np.full(160, 7, "<i2").tobytes())
    peer.send(0x03, b"5")
    peer.send(0x10, np.full(160, 8, "<i2").tobytes())
    await asyncio.sleep(0.05)
    assert list(call.heard[:320:160]) == [7, 8]
    assert call.keys == "5"
    await peer.close()


async def test_a_phone_that_sends_no_silence_is_heard_to_be_silent(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(0.6)
    passed = asyncio.get_running_loop().time() - began
    assert 0.2 < len(call.heard) / 8000 < passed + 0.1
    await peer.close()


async def test_closing_gives_the_call_back(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected()
    call.conversation.close()
    while (message := await peer.message())[0] == 0x10:
        pass
    assert message == (0x00, b"")
    await peer.until_cut_off()


async def test_a_uuid_is_good_for_one_connection(sockets: AudioSocket) -> None:
    call = Call(sockets)
    first = await Peer.connect(sockets, call.conversation.uuid)
    await first.message()
    second = await Peer.connect(sockets, call.conversation.uuid)
    await second.until_cut_off()
    assert not call.conversation.closed
    await first.close()


async def test_a_uuid_expires(sockets: AudioSocket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "EXPIRES", 0.1)
    call = Call(sockets)
    with pytest.raises(LineError):
        await call.conversation.connected(0.1)
    await asyncio.sleep(0.1)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await peer.until_cut_off()


async def test_strangers_are_refused(
    sockets: AudioSocket, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = await Peer.connect(sockets, uuid4())
    await stranger.until_cut_off()
    assert "no call belongs to" in caplog.text


async def test_only_the_switch_may_come() -> None:
    elsewhere = AudioSocket(peer="192.0.2.1")
    await elsewhere.open()
    call = Call(elsewhere)
    peer = await Peer.connect(elsewhere, call.conversation.uuid)
    await peer.until_cut_off()
    assert not call.sound
    await elsewhere.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x01\x00",
        b"\x01\x00\x10short",
        b"\x01\xff\xff" + bytes(70_000),
        b"\x10\x01\x40" + SILENCE,
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["nothing", "half a header", "half a uuid", "a huge uuid", "sound first", "http"],
)
async def test_whoever_does_not_say_who_they_are_is_cut_off(
    sockets: AudioSocket, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(audiosocket, "INTRODUCED", 0.1)
    peer = await Peer.connect(sockets)
    peer.writer.write(sent)
    await peer.until_cut_off()


async def test_many_who_say_nothing_do_not_keep_a_call_from_being_heard(
    sockets: AudioSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiosocket, "INTRODUCED", 0.3)
    crowd = [await Peer.connect(sockets) for _ in range(60)]
    await asyncio.sleep(0.5)
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected(2)
    for one in [*crowd, peer]:
        await one.close()


@pytest.mark.parametrize(
    ("kind", "length"),
    [(0x10, 0), (0x10, 321), (0x10, 1922), (0x03, 2), (0x00, 5), (0x42, 4), (0x10, 65_535)],
    ids=["empty", "odd", "too long", "two keys", "fat goodbye", "unknown", "longest there is"],
)
async def test_a_message_of_a_wrong_size_ends_the_connection_and_nothing_else(
    sockets: AudioSocket, caplog: pytest.LogCaptureFixture, kind: int, length: int
) -> None:
    call, other = Call(sockets), Call(sockets)
    hostile = await Peer.connect(sockets, call.conversation.uuid)
    honest = await Peer.connect(sockets, other.conversation.uuid)
    await call.conversation.connected()
    await other.conversation.connected()
    hostile.send(kind, bytes(length))
    async with asyncio.timeout(10):
        await call.conversation.until_closed()
    assert f"type {kind:#04x} with {length} bytes" in caplog.text
    assert not other.conversation.closed
    assert await honest.message() == (0x10, SILENCE)
    await hostile.close()
    await honest.close()


async def test_a_slow_drip_is_silence(sockets: AudioSocket) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    for byte in b"\x10\x01\x40\x00\x00":
        peer.writer.write(bytes((byte,)))
        await asyncio.sleep(0.1)
    assert len(call.heard) > 1600
    assert not call.heard.any()
    await peer.close()


async def test_sound_that_comes_faster_than_time_is_cut_off(
    sockets: AudioSocket, caplog: pytest.LogCaptureFixture
) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected()
    for _ in range(200):
        peer.send(0x10, SILENCE)
    async with asyncio.timeout(10):
        await call.conversation.until_closed()
    assert "more sound came than time went by" in caplog.text
    assert len(call.heard) < 3 * 8000
    await peer.close()


async def test_one_who_reads_nothing_is_cut_off(
    sockets: AudioSocket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(call_sound, "MOST_UNSENT", -1)  # the system's own buffers are large
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    async with asyncio.timeout(10):
        await call.conversation.until_closed()
    assert "not read" in caplog.text
    await peer.close()


async def test_nothing_of_a_call_is_left_when_the_engine_stops(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sockets = AudioSocket()
    await sockets.open()
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected()
    await sockets.close()
    assert call.conversation.closed
    await peer.until_cut_off()
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]


async def test_the_switch_is_the_one_to_close_and_what_it_still_sends_is_read(
    sockets: AudioSocket,
) -> None:
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected()
    call.conversation.close()
    heard = len(call.heard)
    while (await peer.message())[0] != 0x00:
        pass
    for _ in range(5):  # a connection that was reset would refuse these
        peer.send(0x10, bytes(range(1, 255)) + bytes(66))
        await peer.writer.drain()
        await asyncio.sleep(0.01)
    assert sockets.connected == 1
    assert len(call.heard) == heard
    await peer.close()


async def test_a_switch_that_does_not_close_is_not_waited_for(
    sockets: AudioSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_sound, "LEAVES", 0.05)
    call = Call(sockets)
    peer = await Peer.connect(sockets, call.conversation.uuid)
    await call.conversation.connected()
    call.conversation.close()
    await peer.until_cut_off()
