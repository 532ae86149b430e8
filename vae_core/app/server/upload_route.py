"""The one route by which a file comes in: one file a request, each in a folder of its own.

Gradio's own takes a thousand at once, keeps what was cut off, never removes what nobody reads, and
names folders by content, so that one caller's deletion takes another's identical picture away.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from gradio.route_utils import GradioMultiPartParser
from gradio_client.utils import strip_invalid_filename_characters
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from vae_core.app.server import refusals, visitors
from vae_core.app.server.visitors import FullError, Shares
from vae_core.app.wire import PICTURE_LIMIT

HOME = "vae-studio"
"""Our folder among Gradio's uploads; only what lies in it is ours to remove."""

WHOLE = "whole"
"""Folder in a file's folder that holds it once it is all here."""

SECONDS = 45.0
"""A file that nobody has read by then is removed."""

LIMIT, FILES = 256 * 2**20, 512
"""Bytes and files that wait to be read."""

AT_ONCE, AT_ONCE_EACH = 32, 24
"""Files on their way, in all and from one address."""

TOO_LARGE = f"The file is too large: up to {PICTURE_LIMIT // 2**20} MB are read."
ONE_FILE = "Send one file a request, in a form field named files, and nothing else."
MANY = "Many files are being sent; please try again in a moment."


@dataclass(eq=False)
class _Upload:
    visitor: str
    size: int = 0
    since: float = field(default_factory=time.time)
    under_way: bool = True


class UploadRoute:
    """Takes files in and removes what was not read.

    Args:
        folder: where Gradio puts uploads.
        limit: bytes that wait; past that the address that has most gives up its oldest.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder = folder.resolve() / HOME
        self.limit = limit
        self._held: dict[Path, _Upload] = {}
        self._lock = threading.Lock()
        self._places = Shares(AT_ONCE, AT_ONCE_EACH, MANY)

    async def receive(self, request: Request) -> JSONResponse:
        """POST a form with one file -> the list of its path, as Gradio's own route answers."""
        kind = request.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return _refused(400, ONE_FILE)
        visitor = visitors.address(request.scope)
        with self._places.place(visitor):
            folder = self.folder / secrets.token_hex(16)
            folder.mkdir(parents=True)
            self._held[folder] = _Upload(visitor)
            try:
                path = await self._written(request, folder)
            except MultiPartException as error:
                large = "exceeded maximum allowed size" in error.message
                return _refused(413, TOO_LARGE) if large else _refused(400, ONE_FILE)
            except ClientDisconnect:
                return _refused(400, "The request was cut off.")
            finally:
                self._held[folder].under_way = False
                self._held[folder].since = time.time()
                if not (folder / WHOLE).exists():
                    self._remove(folder)
        return JSONResponse([str(path)])

    async def _written(self, request: Request, folder: Path) -> Path:
        parser = GradioMultiPartParser(
            request.headers,
            self._counted(request, folder),  # type: ignore[arg-type]
            max_files=1,
            max_fields=0,
            upload_dir=folder,
            max_file_size=PICTURE_LIMIT,
        )
        form = await parser.parse()
        files = form.getlist("files")
        if len(files) != 1 or not isinstance(files[0], UploadFile):
            raise MultiPartException(ONE_FILE)
        name = strip_invalid_filename_characters(Path(files[0].filename or "").name) or "picture"
        files[0].file.close()
        path = folder / WHOLE / name
        path.parent.mkdir()
        (folder / Path(str(files[0].file.name)).name).rename(path)
        return path

    async def _counted(self, request: Request, folder: Path) -> AsyncIterator[bytes]:
        """The request's stream, as long as there is room for it."""
        async for piece in request.stream():
            with self._lock:
                upload = self._held[folder]
                upload.size += len(piece)
                if upload.size > PICTURE_LIMIT + 2**16:
                    raise MultiPartException("exceeded maximum allowed size")
                self._make_room()
            yield piece

    def sweep(self, seconds: float = SECONDS) -> None:
        """Remove what is older than `seconds`, also of a server that ended before."""
        oldest = time.time() - seconds
        with self._lock:
            for folder in list(self.folder.glob("*")) if self.folder.is_dir() else []:
                upload = self._held.get(folder)
                if upload is not None and upload.under_way:
                    continue
                with contextlib.suppress(OSError):
                    since = upload.since if upload else folder.stat().st_mtime
                    is_read = upload is not None and not (folder / WHOLE).exists()
                    if since < oldest or is_read:
                        self._remove(folder)

    def _make_room(self) -> None:
        """Remove the oldest of whoever has most, while all together are too many."""
        while len(self._held) > FILES or sum(a.size for a in self._held.values()) > self.limit:
            held: Counter[str] = Counter()
            waiting = {f: a for f, a in self._held.items() if not a.under_way}
            for upload in waiting.values():
                held[upload.visitor] += upload.size + 1
            if not held:
                raise FullError(MANY)
            heaviest = held.most_common(1)[0][0]
            theirs = [folder for folder, a in waiting.items() if a.visitor == heaviest]
            self._remove(min(theirs, key=lambda folder: waiting[folder].since))

    def _remove(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._held.pop(folder, None)


def _refused(status: int, sentence: str) -> JSONResponse:
    refusals.refused(refusals.REQUEST, f"upload, status {status}")
    return JSONResponse({"error": sentence, "detail": sentence}, status)
