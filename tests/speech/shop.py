"""A web server that offers a model, and fails as it is told to."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

MODEL = {
    "vosk-model-small-ko-9/am/final.mdl": b"model" * 40_000,
    "vosk-model-small-ko-9/conf/model.conf": b"--beam=10",
}


def packed(files: dict[str, bytes]) -> bytes:
    """A zip file, not compressed, so that its length is known."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


class Shop:
    """What is offered, and how it is delivered. `asked` are the ranges that were asked for."""

    def __init__(self) -> None:
        self.content = packed(MODEL)
        self.md5 = hashlib.md5(self.content, usedforsecurity=False).hexdigest()
        self.asked: list[str | None] = []
        self.cuts: list[int] = []
        """After how many bytes each delivery to come is cut off; the others are whole."""
        self.ranges = True
        self.moved_to: str | None = None
        self.port = 0

    @property
    def list(self) -> str:
        """The address of the list."""
        return f"http://127.0.0.1:{self.port}/model-list.json"

    @property
    def url(self) -> str:
        """The address of the model."""
        return f"http://127.0.0.1:{self.port}/model.zip"

    def listed(self) -> bytes:
        """The list, as Vosk writes it."""
        row = {
            "lang": "ko",
            "md5": self.md5,
            "name": "vosk-model-small-ko-9",
            "obsolete": "false",
            "size": len(self.content),
            "type": "small",
            "url": "model.zip",
        }
        others: list[dict[str, Any]] = [
            {**row, "name": "vosk-model-small-ko-8", "obsolete": "true"},
            {**row, "name": "vosk-model-cn-1", "lang": "cn", "type": "big"},
            {**row, "name": "vosk-model-spk-1", "lang": "all", "type": "spk"},
        ]
        return json.dumps([*others, row]).encode()

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Shop"]:
        """Serve on a free port."""
        shop = cls()

        class Counter(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.serve(self)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        shop.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield shop
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        if request.path.endswith(".json"):
            return _send(request, 200, self.listed())
        if request.path != "/model.zip":
            return _send(request, 404, b"")
        if self.moved_to:
            request.send_response(302)
            request.send_header("Location", self.moved_to)
            request.end_headers()
            return None
        asked = request.headers.get("Range")
        self.asked.append(asked)
        start = int(asked[6:-1]) if asked and self.ranges else 0
        if start >= len(self.content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
            request.end_headers()
            return None
        wanted = self.content[start:]
        cut = self.cuts.pop(0) if self.cuts else len(wanted)
        return _send(request, 206 if asked and self.ranges else 200, wanted, cut)


def _send(
    request: BaseHTTPRequestHandler, status: int, content: bytes, most: int | None = None
) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content[:most])
    request.close_connection = True
