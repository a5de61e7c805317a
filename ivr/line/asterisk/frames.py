"""Which messages does AudioSocket have?

A type, a length (2 bytes, big-endian) and a payload (res/res_audiosocket.c). What else comes is not
Asterisk's.
"""

import asyncio

HANG_UP, IDENTITY, KEY, SOUND, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
LONGEST_SOUND = 1920
"""Bytes of sound in one message; Asterisk sends 20 ms at a time, some phones' 60 at most."""


class TooMuch(Exception):
    """The peer passes a limit; its text says which."""


async def message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next message. Raises TooMuch for one that the protocol does not know."""
    kind, high, low = await reader.readexactly(3)
    length = high * 256 + low
    right = {
        HANG_UP: length == 0,
        IDENTITY: length == 16,
        KEY: length == 1,
        SOUND: 0 < length <= LONGEST_SOUND and length % 2 == 0,
        ERROR: length <= 1,
    }
    if not right.get(kind, False):
        raise TooMuch(f"a message of type {kind:#04x} with {length} bytes")
    return kind, await reader.readexactly(length)
