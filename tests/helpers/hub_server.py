"""A stand-in for huggingface.co: the part of its HTTP API that publishing a Space uses.

It runs as a process of its own, keeps Spaces in memory, and writes each request, with all headers,
to a log. `python -m tests.helpers.hub_server LOG` prints its port.

What stands in for what: Spaces are dicts and not git repositories, large files are sent by the LFS
protocol and not by Xet, and tokens are two words, of which one may write.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WRITER, READER = "hf_secretwriter", "hf_secretreader"
LARGE = (".gz", ".png")  # what the hub keeps as LFS

spaces: dict[str, dict[str, Any]] = {
    "me/gradio": {"sdk": "gradio", "files": {"app.py": b"", "README.md": b""}},
    "me/empty": {"sdk": "static", "files": {"README.md": b"", "index.html": b"", "style.css": b""}},
    "me/private": {"sdk": "static", "files": {"README.md": b""}, "private": True},
}
large_files: dict[str, bytes] = {}


def sha_of(files: dict[str, bytes]) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for name in sorted(files):
        digest.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return digest.hexdigest()


def described(name: str) -> dict[str, Any]:
    space = spaces[name]
    head = re.search(rb"^tags:\n((?:- .*\n)*)", space["files"].get("README.md", b""), re.MULTILINE)
    return {
        "id": name,
        "author": name.partition("/")[0],
        "sha": sha_of(space["files"]),
        "sdk": space["sdk"],
        "private": space.get("private", False),
        "tags": [line[2:] for line in head[1].decode().splitlines()] if head else [],
        "siblings": [{"rfilename": file} for file in space["files"]],
    }


class Hub(BaseHTTPRequestHandler):
    log_path: Path

    def do_GET(self) -> None:
        self.note(b"")
        if found := re.fullmatch(r"/api/spaces/([^/]+/[^/]+)", self.path):
            if found[1] not in spaces:
                self.refuse(404, "Repository not found", "RepoNotFound")
            else:
                self.answer(described(found[1]))
        elif found := re.fullmatch(r"/files/([^/]+/[^/]+)", self.path):  # for the tests
            files = spaces[found[1]]["files"]
            self.answer({name: base64.b64encode(files[name]).decode() for name in files})
        else:
            self.refuse(404, f"nothing at {self.path}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.note(body)
        path = self.path.partition("?")[0]
        if path == "/api/validate-yaml":
            self.answer({"errors": [], "warnings": []})
        elif self.headers.get("Authorization") != f"Bearer {WRITER}":
            self.refuse(403, "You don't have the rights to write to this namespace")
        elif path == "/api/repos/create":
            self.create(json.loads(body))
        elif found := re.fullmatch(r"/api/spaces/([^/]+/[^/]+)/preupload/main", path):
            self.choose_modes(json.loads(body))
        elif found := re.fullmatch(r"/spaces/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            self.offer_uploads(json.loads(body))
        elif found := re.fullmatch(r"/api/spaces/([^/]+/[^/]+)/commit/main", path):
            self.commit(found[1], [json.loads(line) for line in body.splitlines()])
        else:
            self.refuse(404, f"nothing at {path}")

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.note(b"")
        large_files[hashlib.sha256(content).hexdigest()] = content
        self.answer({})

    def create(self, asked: dict[str, Any]) -> None:
        name = f"{asked['organization']}/{asked['name']}"
        url = f"http://{self.headers['Host']}/spaces/{name}"
        if name in spaces:
            self.answer({"error": "You already created this space repo", "url": url}, code=409)
            return
        spaces[name] = {"sdk": asked["sdk"], "files": {".gitattributes": b""}}
        self.answer({"url": url})

    def choose_modes(self, asked: dict[str, Any]) -> None:
        def mode(path: str) -> str:
            return "lfs" if path.endswith(LARGE) else "regular"

        files = [file["path"] for file in asked["files"]]
        self.answer(
            {"files": [{"path": p, "uploadMode": mode(p), "shouldIgnore": False} for p in files]}
        )

    def offer_uploads(self, asked: dict[str, Any]) -> None:
        where = f"http://{self.headers['Host']}/large"
        objects = [
            {**one, "actions": {"upload": {"href": f"{where}/{one['oid']}"}}}
            for one in asked["objects"]
        ]
        self.answer({"transfer": "basic", "objects": objects}, "application/vnd.git-lfs+json")

    def commit(self, name: str, lines: list[dict[str, Any]]) -> None:
        files = dict(spaces[name]["files"])
        header = lines[0]["value"]
        if header.get("parentCommit") not in {None, sha_of(files)}:
            self.refuse(412, "A commit has happened since")
            return
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = large_files[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        spaces[name]["files"] = files
        url = f"http://{self.headers['Host']}/spaces/{name}/commit/{sha_of(files)}"
        self.answer({"success": True, "commitOid": sha_of(files), "commitUrl": url})

    def note(self, body: bytes) -> None:
        request = {
            "method": self.command,
            "path": self.path,
            "headers": dict(self.headers.items()),
            "body": body.decode("utf-8", "replace"),
        }
        with self.log_path.open("a") as file:
            file.write(json.dumps(request) + "\n")

    def answer(
        self, content: dict[str, Any], kind: str = "application/json", code: int = 200
    ) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, code: int, message: str, error: str = "") -> None:
        body = json.dumps({"error": message}).encode()
        self.send_response(code)
        self.send_header("X-Error-Message", message)
        if error:
            self.send_header("X-Error-Code", error)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet; `note` writes the log."""


def main() -> None:
    Hub.log_path = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
