"""A headless Chromium that opens files, by the W3C WebDriver protocol."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--force-color-profile=srgb",
)
_PATIENCE_SECONDS = 60.0


class Browser:
    """One window; what it is asked goes over loopback to the driver."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, path: Path) -> None:
        """Load a file and wait until it is there."""
        _ask("POST", f"{self._session}/url", {"url": path.as_uri()})

    def run(self, script: str) -> Any:  # noqa: ANN401 -- whatever the page returns
        """What a script returns that runs in the page."""
        return _ask("POST", f"{self._session}/execute/sync", {"script": script, "args": []})

    def complaints(self) -> list[str]:
        """What the browser wrote to its console: errors, refused scripts and styles."""
        said = _ask("POST", f"{self._session}/se/log", {"type": "browser"})
        return [str(entry["message"]) for entry in said]


@contextmanager
def browser(folder: Path, *, width: int = 1280, phone: bool = False) -> Iterator[Browser]:
    """A browser with a profile of its own in `folder`; a phone has a narrow viewport and touch."""
    driver = shutil.which("chromedriver")
    assert driver, "chromium-driver is not installed"
    log = folder / "chromedriver.out"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 -- a program of this machine
            [driver, "--port=0"], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        base = f"http://127.0.0.1:{_port(log)}"
        options = _options(folder, width, phone=phone)
        made = _ask("POST", f"{base}/session", {"capabilities": {"alwaysMatch": options}})
        session = f"{base}/session/{made['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _ask("DELETE", session)
    finally:
        process.terminate()
        process.wait()


def _options(folder: Path, width: int, *, phone: bool) -> dict[str, object]:
    chrome: dict[str, object] = {
        "args": [*_FLAGS, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900"]
    }
    if phone:
        metrics = {"width": width, "height": 780, "pixelRatio": 2.0, "touch": True}
        chrome["mobileEmulation"] = {"deviceMetrics": metrics}
    return {"goog:chromeOptions": chrome, "goog:loggingPrefs": {"browser": "ALL"}}


def _port(log: Path) -> int:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        words = log.read_text(encoding="utf-8")
        if (found := re.search(r"successfully on port (\d+)", words)) is not None:
            return int(found[1])
        time.sleep(0.05)
    raise TimeoutError("chromedriver does not tell its port")


def _ask(method: str, url: str, body: dict[str, object] | None = None) -> Any:  # noqa: ANN401 -- JSON
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url, data=data, headers=headers, method=method)  # noqa: S310 -- loopback
    with urllib.request.urlopen(asked, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 -- loopback
        return json.load(answer)["value"]
