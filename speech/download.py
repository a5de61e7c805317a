"""How does a large file get here, whole, from a server that may fail halfway, or lie?

Over HTTPS, in pieces that are kept: a fetch that was cut off goes on where it ended, at once and at
the next attempt. Nothing appears under its own name before its checksum is right.
"""

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ivr.errors import BadInput

Progress = Callable[[int, int | None], None]
"""Told how many bytes are here, and of how many, if that is known."""

ATTEMPTS = 5
WAIT = 1.0
"""Seconds before the second attempt; each later one waits twice as long as the one before."""
SILENT = 30.0
"""Seconds without a byte after which a server counts as gone."""
PIECE = 1 << 16
LARGEST = 8 << 30
"""Bytes; the largest speech model has 4 GB."""
LOCAL = {"127.0.0.1", "::1", "localhost"}


def fetch(
    url: str,
    target: Path,
    *,
    checksum: str | None = None,
    progress: Progress = lambda _, __: None,
    wait: float = WAIT,
) -> Path:
    """Fetch `url` into the file `target`, going on with what an earlier attempt left.

    `checksum` is the hexadecimal MD5, SHA-1 or SHA-256 of the whole. Raises BadInput that says what
    went wrong, and what to do.
    """
    secure(url)
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(ATTEMPTS):
        try:
            _go_on(url, part, progress)
            break
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise BadInput(f"{url} cannot be fetched: {error.code} {error.reason}.") from error
            failure: Exception = error
        except (OSError, http.client.HTTPException) as error:
            failure = error
        if attempt == ATTEMPTS - 1:
            raise BadInput(
                f"{url} cannot be fetched: {failure}. What has come is kept: the same command goes "
                "on from there."
            ) from failure
        time.sleep(wait * 2**attempt)
    if checksum is not None and digest(part, checksum) != checksum.lower():
        part.unlink()
        raise BadInput(
            f"What came from {url} is not what its publisher describes: its checksum is another. "
            "It was thrown away. Try again, or fetch it elsewhere and name the file with --from."
        )
    part.replace(target)
    return target


def read(url: str, most: int = 4 << 20) -> bytes:
    """A small document. Raises BadInput."""
    secure(url)
    try:
        with _open(urllib.request.Request(url)) as answer:  # noqa: S310  `secure` looked at it
            content: bytes = answer.read(most + 1)
    except (OSError, http.client.HTTPException) as error:
        raise BadInput(
            f"{url} cannot be read: {_reason(error)}. Where there is no way to it from here, name a "
            "file or a mirror with --from."
        ) from error
    if len(content) > most:
        raise BadInput(f"{url} is larger than the {most} bytes that were expected.")
    return content


def _reason(error: Exception) -> str:
    """Why there is no answer, without what urllib wraps around it: Name or service not known."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, OSError):
        return error.reason.strerror or str(error.reason)
    return str(error)


def secure(url: str) -> None:
    """Raise BadInput unless nobody on the way can change what `url` gives."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise BadInput(f"{url} is not fetched: an address that begins with https:// was expected.")


def digest(file: Path, like: str) -> str:
    """The checksum of a file, of the kind that is as long as `like`. Raises BadInput for none."""
    kinds = {32: "md5", 40: "sha1", 64: "sha256"}
    if len(like) not in kinds:
        raise BadInput(f"{like!r} is no MD5, SHA-1 or SHA-256.")
    with file.open("rb") as content:
        # MD5 is what publishers give; HTTPS is what keeps others from changing it.
        return hashlib.file_digest(
            content, lambda: hashlib.new(kinds[len(like)], usedforsecurity=False)
        ).hexdigest()


def _go_on(url: str, part: Path, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url)  # noqa: S310  `secure` looked at it
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = _open(request)
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        error.close()
        if error.headers.get("Content-Range", "").rpartition("/")[2] == str(have):
            return  # all of it is here
        part.unlink()
        raise ConnectionError("what was left of an earlier attempt does not fit") from error
    with answer:
        if answer.status != http.client.PARTIAL_CONTENT:
            have = 0
        length = answer.headers.get("Content-Length")
        whole = have + int(length) if length and length.isdigit() else None
        if whole is not None and whole > LARGEST:
            raise BadInput(f"{url} is larger than {LARGEST} bytes, and not fetched.")
        with part.open("ab" if have else "wb") as kept:
            while piece := answer.read(PIECE):
                have += len(piece)
                if have > LARGEST:
                    raise BadInput(f"{url} is larger than {LARGEST} bytes, and not fetched.")
                kept.write(piece)
                progress(have, whole)
    if whole is not None and have < whole:
        raise ConnectionError(f"the connection was cut after {have} of {whole} bytes")


class _StaySecure(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, url: Any
    ) -> Any:
        secure(url)
        return super().redirect_request(req, fp, code, msg, headers, url)


def _open(request: urllib.request.Request) -> Any:
    return urllib.request.build_opener(_StaySecure).open(request, timeout=SILENT)
