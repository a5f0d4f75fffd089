"""A Resource Manager on loopback: answers from a table, over TLS, with faults put in between."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer; `cut` is how many bytes of the body are held back (the connection breaks)."""

    status: int = 200
    value: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int = 0

    @property
    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        return b"" if self.value is None and self.status != 200 else json.dumps(self.value).encode()


def refused(status: int, code: str, message: str = "", **headers: str) -> Reply:
    """An error as Resource Manager words it."""
    return Reply(
        status=status,
        value={"error": {"code": code, "message": message}},
        headers={name.replace("_", "-"): text for name, text in headers.items()},
    )


def denied(action: str, scope: str) -> Reply:
    """What somebody gets whose roles lack an action."""
    return refused(
        403,
        "AuthorizationFailed",
        f"The client 'someone@example.net' with object id '0' does not have authorization to "
        f"perform action '{action}' over scope '{scope}' or the scope is invalid.",
    )


@dataclass
class Arm:
    """The table: answers by path (`resources`, in any capitals) and faults that come before them.

    `faults` maps the end of a path to replies that are given first, one a request. `log` holds
    every request as (method, path with query, token). With `together` the first answers wait until
    so many requests are there.
    """

    port: int = 0
    resources: dict[str, Json] = field(default_factory=dict)
    questions: dict[str, list[Reply]] = field(default_factory=dict)
    faults: dict[str, list[Reply]] = field(default_factory=dict)
    always: dict[str, Reply] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=lambda: {"token-1"})
    log: list[tuple[str, str, str]] = field(default_factory=list)
    together: int = 0
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Condition = field(default_factory=threading.Condition)

    @property
    def endpoint(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and path of every request, in order."""
        return [(method, urlsplit(target).path) for method, target, _ in self.log]

    def put(self, resource: Json) -> None:
        """Take a resource in, at its id."""
        assert isinstance(resource, dict)
        self.resources[str(resource["id"]).casefold()] = resource

    def reply(self, method: str, target: str, token: str) -> Reply:
        with self._lock:
            self.log.append((method, target, token))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self._lock.notify_all()
            if self._lock.wait_for(lambda: self.most_at_once >= self.together, 10):
                self.together = 0
        try:
            return self._reply(method, target, token)
        finally:
            with self._lock:
                self._at_once -= 1

    def _reply(self, method: str, target: str, token: str) -> Reply:
        path = unquote(urlsplit(target).path)
        if token not in self.tokens:
            return refused(
                401, "ExpiredAuthenticationToken", "", WWW_Authenticate='Bearer error="invalid"'
            )
        with self._lock:
            for end, replies in self.faults.items():
                if path.casefold().endswith(end.casefold()) and replies:
                    return replies.pop(0)
        for end, reply in self.always.items():
            if path.casefold().endswith(end.casefold()):
                return reply
        return self._known(method, path, target)

    def _known(self, method: str, path: str, target: str) -> Reply:
        if "api-version" not in parse_qs(urlsplit(target).query) and "operation" not in path:
            return refused(400, "MissingApiVersionParameter")
        if method == "POST":
            for end, replies in self.questions.items():
                if path.casefold().endswith(end.casefold()):
                    return replies[0] if len(replies) == 1 else replies.pop(0)
            return refused(405, "MethodNotAllowed")
        if path.casefold() in self.resources:
            return Reply(value=self.resources[path.casefold()])
        return self._collection(path)

    def _collection(self, path: str) -> Reply:
        """The members of a collection, which are those one level below it."""
        prefix = f"{path.casefold()}/"
        inside: list[Json] = [
            resource
            for identity, resource in self.resources.items()
            if identity.startswith(prefix) and "/" not in identity.removeprefix(prefix)
        ]
        kinds = ("connections", "vpnconnections", "hubvirtualnetworkconnections")
        if inside or path.rpartition("/")[2].casefold() in (*kinds, "expressrouteconnections"):
            return Reply(value={"value": inside})
        return refused(404, "ResourceNotFound", f"The Resource '{path}' was not found.")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body in one segment: else each answer waits for an ACK, 40 ms
    arm: Arm

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        reply = self.arm.reply(method, self.path, token)
        content = reply.content
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json; charset=utf-8", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value.replace("{endpoint}", self.arm.endpoint))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) - reply.cut])
        if reply.cut:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as inherited
        """Nothing on the terminal."""


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[Arm]:
    """A running Resource Manager without resources."""
    arm = Arm()
    handler = type("Handler", (_Handler,), {"arm": arm})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients may hang up
    server.socket = context.wrap_socket(server.socket, server_side=True)
    arm.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield arm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
