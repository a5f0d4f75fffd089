"""A managed identity endpoint on loopback, as App Service has it: tokens for who knows a header."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET_HEADER = "only-this-process"


def jwt() -> str:
    """A token in the form of Azure's, with a signature of nobody's."""
    parts: list[dict[str, object]] = [
        {"alg": "RS256", "typ": "JWT"},
        {
            "tid": "11111111-1111-1111-1111-111111111111",
            "oid": "22222222-2222-2222-2222-222222222222",
            "appid": "33333333-3333-3333-3333-333333333333",
            "xms_mirid": "/subscriptions/s/resourcegroups/r/providers/Microsoft.Web/sites/x",
            "exp": int(time.time()) + 86_400,
        },
    ]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in encoded), "c2lnbmF0dXJlLWNhbmFyeQ"])


class _Handler(BaseHTTPRequestHandler):
    token = ""
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        value = {
            "access_token": self.token,
            "expires_on": str(int(time.time()) + 86_400),
            "resource": "https://localhost",
            "token_type": "Bearer",
        }
        good = self.headers.get("X-IDENTITY-HEADER") == SECRET_HEADER
        content = json.dumps(value if good else {"error": "unauthorized"}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as inherited
        """Nothing on the terminal."""


@contextmanager
def issuing(token: str) -> Iterator[tuple[str, list[str]]]:
    """The address of an endpoint that gives this token out, and what it was asked."""
    asked: list[str] = []
    handler = type("Handler", (_Handler,), {"token": token, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/msi/token", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
