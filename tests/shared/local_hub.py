"""A hub of one process: the routes by which huggingface_hub makes, fills and reads a repository.

Weights travel as the hub wants them (`lfs`): their bytes go to an address that it names, and the
commit holds their SHA-256; small files are in the commit itself.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

REPO = r"(?P<repo>[\w-]+/[\w.-]+)"


class Hub(ThreadingHTTPServer):
    """What it holds: repositories as revision -> name -> bytes, and who asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.repos: dict[str, dict[str, dict[str, bytes]]] = {}
        self.private: dict[str, bool] = {}
        self.blobs: dict[str, bytes] = {}
        self.tokens: set[str | None] = set()
        self.commits = 0


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self._read(send=True)

    def do_HEAD(self) -> None:
        self._read(send=False)

    def _read(self, *, send: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.tokens.add(self.headers.get("authorization"))
        if found := re.fullmatch(rf"/api/models/{REPO}(/revision/(?P<revision>.+))?", path):
            return self._about(found["repo"], found["revision"] or "main")
        if found := re.fullmatch(rf"/api/models/{REPO}/tree/(?P<revision>[^/]+)", path):
            return self._list(found["repo"], found["revision"])
        if found := re.fullmatch(rf"/{REPO}/resolve/(?P<revision>[^/]+)/(?P<name>.+)", path):
            files = self.server.repos.get(found["repo"], {}).get(plain(found["revision"]), {})
            if found["name"] in files:
                content = files[found["name"]]
                mark = hashlib.sha256(content).hexdigest()
                head = {"ETag": f'"{mark}"', "X-Repo-Commit": sha(found["revision"])}
                return self._answer(200, content, head, send=send)
        self._missing()

    def _about(self, repo: str, revision: str) -> None:
        files = self.server.repos.get(repo, {}).get(plain(revision))
        if files is None:
            return self._missing()
        siblings = [{"rfilename": name} for name in files]
        self._json({"id": repo, "modelId": repo, "sha": sha(revision), "siblings": siblings})

    def _list(self, repo: str, revision: str) -> None:
        files = self.server.repos.get(repo, {}).get(plain(revision))
        if files is None:
            return self._missing()
        self._json(
            [
                {"type": "file", "path": name, "size": len(content), "oid": sha(name)}
                for name, content in files.items()
            ]
        )

    def do_PUT(self) -> None:
        self.server.blobs[self.path.rsplit("/", 1)[-1]] = self._body()
        self._answer(200, b"", {})

    def do_POST(self) -> None:
        path, body = unquote(urlsplit(self.path).path), self._body()
        self.server.tokens.add(self.headers.get("authorization"))
        if path == "/api/validate-yaml":
            return self._json({"warnings": [], "errors": []})
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if found := re.fullmatch(rf"/api/models/{REPO}/branch/(?P<name>.+)", path):
            branches = self.server.repos[found["repo"]]
            branches.setdefault(found["name"], dict(branches["main"]))
            return self._json({})
        if found := re.fullmatch(rf"/api/models/{REPO}/preupload/.+", path):
            return self._json({"files": [mode(each) for each in json.loads(body)["files"]]})
        if found := re.fullmatch(rf"/{REPO}\.git/info/lfs/objects/batch", path):
            return self._json(self._batch(json.loads(body)))
        if found := re.fullmatch(rf"/api/models/{REPO}/commit/(?P<revision>.+)", path):
            return self._commit(found["repo"], found["revision"], body)
        self._missing()

    def _create(self, asked: dict[str, Any]) -> None:
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        if self.headers.get("authorization") != "Bearer hf_writer":
            return self._json({"error": "Invalid username or password."}, 401)
        self.server.private[name] = asked.get("visibility") == "private" or bool(
            asked.get("private")
        )
        self.server.repos.setdefault(name, {"main": {}})
        self._json({"url": f"{self.server.url}/{name}"})

    def _batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        def place(oid: str) -> dict[str, Any]:
            return {"upload": {"href": f"{self.server.url}/blobs/{oid}"}}

        objects = [{**each, "actions": place(each["oid"])} for each in asked["objects"]]
        return {"transfer": "basic", "objects": objects}

    def _commit(self, repo: str, revision: str, body: bytes) -> None:
        request = "create_pr=1" in self.path
        target = self.server.repos[repo].setdefault("refs/pr/1" if request else revision, {})
        for line in map(json.loads, body.decode().splitlines()):
            value = line["value"]
            if line["key"] == "file":
                target[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                target[value["path"]] = self.server.blobs[value["oid"]]
        self.server.commits += 1
        about = {"commitUrl": f"{self.server.url}/{repo}/commit/{sha(revision)}"}
        if request:
            about["pullRequestUrl"] = f"{self.server.url}/{repo}/discussions/1"
        self._json({**about, "commitOid": sha(revision), "success": True})

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _missing(self) -> None:
        self._json({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})

    def _json(self, value: object, status: int = 200, head: dict[str, str] | None = None) -> None:
        self._answer(status, json.dumps(value).encode(), head or {})

    def _answer(
        self, status: int, content: bytes, head: dict[str, str], *, send: bool = True
    ) -> None:
        self.send_response(status)
        given = {"Content-Type": "application/json", "Content-Length": str(len(content)), **head}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        if send and self.command != "HEAD":
            self.wfile.write(content)


def mode(file: dict[str, Any]) -> dict[str, Any]:
    """Weights are large files."""
    large = file["path"].endswith(".safetensors")
    how = "lfs" if large else "regular"
    return {"path": file["path"], "uploadMode": how, "shouldIgnore": False}


def sha(revision: str) -> str:
    """A commit's name, from which the branch is read back: what is fetched is asked for by it."""
    return revision if len(revision) == 40 else revision.encode().hex().ljust(40, "0")


def plain(revision: str) -> str:
    """The branch of a commit."""
    if len(revision) != 40:
        return revision
    return bytes.fromhex(revision).rstrip(b"\0").decode()


@contextlib.contextmanager
def running() -> Iterator[Hub]:
    """A hub on a free port."""
    with Hub() as hub:
        thread = threading.Thread(target=hub.serve_forever)
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()
