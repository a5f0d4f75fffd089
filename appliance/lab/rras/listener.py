"""WinRM's listener: HTTPS with Basic or Negotiate, or HTTP with encrypted messages only."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import struct
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import spnego

from appliance.lab.faults import Fault, Plan
from appliance.lab.rras.certificate import self_signed
from appliance.lab.rras.faulty import Faulty
from appliance.lab.rras.sealed import CONTENT_TYPE, sealed, unsealed
from appliance.lab.rras.wsman import Service
from appliance.lab.shell import Endpoint

if TYPE_CHECKING:
    from appliance.lab.rras.server import Server

_PLAIN_TYPE = "application/soap+xml;charset=UTF-8"


class _Listener(ThreadingHTTPServer):
    """The socket, and what its requests share."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], server: Server, service: Service) -> None:
        super().__init__(address, _Request)
        self.device = server
        self.service = service
        self.tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, object]:
        """A connection; a server that is restarting has none."""
        connection, address = super().get_request()
        if time.monotonic() < self.device.away_until:
            connection.close()
            raise ConnectionAbortedError
        connection.settimeout(60.0)
        if self.tls is not None:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up, or takes our certificate for somebody else's, is no error."""


class _Request(BaseHTTPRequestHandler):
    """One connection; Negotiate authenticates connections, not requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Listener
    context: spnego.ContextProxy | None = None

    def do_POST(self) -> None:
        """One envelope."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if kind.lower() == "basic":
            if self._basic(token):
                self._answer(body)
        elif kind.lower() in ("negotiate", "ntlm") and token:
            self._negotiate(kind, token, body)
        elif self.context is not None and self.context.complete:
            self._answer(body)
        else:
            self._refuse("Negotiate", "Basic")

    def _basic(self, token: str) -> bool:
        user, _, password = base64.b64decode(token).decode().partition(":")
        right = self.server.tls is not None and self.server.device.users.get(user) == password
        if not right:
            self._refuse("Negotiate")
        return right

    def _negotiate(self, kind: str, token: str, body: bytes) -> None:
        if self.context is None or self.context.complete:
            self.context = spnego.server(protocol=kind.lower())
        try:
            answer = self.context.step(base64.b64decode(token))
        except (spnego.exceptions.SpnegoError, ValueError, KeyError, struct.error):
            self.context = None
            self._refuse("Negotiate")
            return
        if not self.context.complete:
            self._send(401, b"", [("WWW-Authenticate", f"{kind} {_text(answer)}")])
        elif body:
            self._answer(body, answer, kind)
        else:
            self._send(200, b"", _final(answer, kind))

    def _answer(self, body: bytes, token: bytes | None = None, kind: str = "Negotiate") -> None:
        context = self.context
        encrypted = (self.headers.get("Content-Type") or "").startswith("multipart/encrypted")
        if self.server.tls is None and not (encrypted and context):
            self._send(500, b"unencrypted traffic is disabled", [])
            return
        try:
            message = unsealed(context, body) if encrypted and context else body
        except (ValueError, spnego.exceptions.SpnegoError):
            self._send(400, b"", [])
            return
        answer = self.server.service.answer(message)
        if encrypted and context:
            headers = [("Content-Type", CONTENT_TYPE), *_final(token, kind)]
            self._send(answer.status, sealed(context, answer.body), headers)
        else:
            headers = [("Content-Type", _PLAIN_TYPE), *_final(token, kind)]
            self._send(answer.status, answer.body, headers)

    def _refuse(self, *kinds: str) -> None:
        self._send(401, b"", [("WWW-Authenticate", kind) for kind in kinds])

    def _send(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its signature
        """Nothing on stderr."""


def _text(token: bytes | None) -> str:
    return base64.b64encode(token or b"").decode()


def _final(token: bytes | None, kind: str) -> list[tuple[str, str]]:
    return [("WWW-Authenticate", f"{kind} {_text(token)}")] if token else []


@contextmanager
def serve(  # noqa: PLR0913 -- as a device is served
    device: Server, name: str, *, host: str, port: int, faults: Iterable[Fault], scheme: str
) -> Iterator[Endpoint]:
    """Listen until the context ends. Raises OSError."""
    faulty = Faulty(device, Plan(faults))
    service = Service(faulty.run, faulty.delay)
    faulty.service = service
    listener = _Listener((host, port), device, service)
    certificate = b""
    with tempfile.TemporaryDirectory() as folder, _users(Path(folder), device):
        if scheme == "https":
            certificate, key = self_signed(f"{name}.lab.example", host)
            listener.tls = _tls(Path(folder), certificate, key)
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Endpoint(
                name=name,
                host=host,
                port=listener.server_address[1],
                certificate=certificate.decode(),
            )
        finally:
            listener.shutdown()
            thread.join()
            listener.server_close()


def _tls(folder: Path, certificate: bytes, key: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = folder / "listener.pem"
    file.write_bytes(certificate + key)
    context.load_cert_chain(file)
    file.unlink()
    return context


_USERS = "NTLM_USER_FILE"


@contextmanager
def _users(folder: Path, device: Server) -> Iterator[None]:
    """spnego's server takes its users from a file that the environment names."""
    before = os.environ.get(_USERS)
    known = Path(before).read_text(encoding="utf-8") if before and Path(before).exists() else ""
    file = folder / "users"
    lines = [f"{device.settings.name}:{user}:{key}\n" for user, key in device.users.items()]
    lines += [f":{user}:{key}\n" for user, key in device.users.items()]
    file.write_text(known + "".join(lines), encoding="utf-8")
    os.environ[_USERS] = str(file)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_USERS, None)
        else:
            os.environ[_USERS] = before
