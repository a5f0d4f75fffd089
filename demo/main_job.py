"""The main job from end to end on an embedded lab device, each step the command a person types.

Starts a lab router, imports the shipped Azure export, plans, pushes over SSH, verifies, looks for
drift; then somebody changes the router behind our back, and drift finds exactly that. At the end
a tour does the same on a device of every vendor. Everything it writes goes into a temporary
folder; it ends by itself and leaves nothing running.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

ROOT = Path(__file__).resolve().parent.parent
APPLIANCE = Path(sys.executable).with_name("appliance")
STARTUP_SECONDS = 30.0
BEHIND_OUR_BACK = (
    "configure terminal",
    "crypto ipsec profile appliance-site-a-1",
    "no set pfs",
    "end",
)


def main() -> int:
    """Run every step; 0 when each ended as it must."""
    with tempfile.TemporaryDirectory(prefix="appliance-demo-") as name:
        folder = Path(name)
        for source in ("inventory.yaml", "examples"):
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, folder / source)
        environment = {
            **os.environ,
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "APPLIANCE_SITE_A_PSK": secrets.token_hex(16),
        }
        with _lab(folder, environment) as router:
            failed = _main_job(folder, environment, router)
        return failed or int(_step("every vendor once", ["lab", "tour"], 0, folder, environment))


def _main_job(folder: Path, environment: dict[str, str], router: dict[str, str]) -> int:
    steps = (
        ("what Azure expects", ["import", "azure", "examples/azure/site-a"], 0),
        ("is the inventory sound", ["validate"], 0),
        ("pin the router's host key", ["trust", "site-a", "--fingerprint", router["key"]], 0),
        ("what would change", ["plan", "site-a"], 2),
        ("apply it", ["push", "site-a", "--yes"], 0),
        ("does it work", ["verify", "site-a"], 0),
        ("any drift? (silent: none)", ["drift", "site-a"], 0),
        ("push again", ["push", "site-a", "--yes"], 0),
    )
    for title, words, code in steps:
        if _step(title, words, code, folder, environment):
            return 1
    _say("somebody changes the router behind our back, over SSH")
    _as_a_person(router)
    if _step("any drift?", ["drift", "site-a"], 2, folder, environment):
        return 1
    if _step("repair exactly that", ["push", "site-a", "--yes"], 0, folder, environment):
        return 1
    print("\nThe whole loop: from Azure's export to pushed, verified, watched and repaired.")
    return 0


def _step(
    title: str, words: list[str], code: int, folder: Path, environment: dict[str, str]
) -> bool:
    """Show one command and run it; True when it did not end with `code`."""
    _say(title)
    print(f"$ appliance {' '.join(words)}", flush=True)
    ended = subprocess.run(  # noqa: S603 -- our own script
        [APPLIANCE, *words],
        cwd=folder,
        env=environment,
        stderr=subprocess.STDOUT,
        check=False,
    )
    print(f"(exit code {ended.returncode})", flush=True)
    if ended.returncode != code:
        print(f"demo: this must end with exit code {code}", file=sys.stderr)
    return ended.returncode != code


def _say(title: str) -> None:
    print(f"\n--- {title}", flush=True)


@contextmanager
def _lab(folder: Path, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The lab router as a process of its own; yields where it is and who may log in."""
    _say("a lab router")
    print("$ appliance lab site-a --port 0 &", flush=True)
    with subprocess.Popen(  # noqa: S603 -- our own script
        [APPLIANCE, "lab", "site-a", "--port", "0"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _router(process, folder, environment)
        finally:
            process.terminate()
            process.wait(timeout=STARTUP_SECONDS)


def _router(
    process: subprocess.Popen[str], folder: Path, environment: dict[str, str]
) -> dict[str, str]:
    deadline = time.monotonic() + STARTUP_SECONDS
    lines: list[str] = []
    while len(lines) < 2 and time.monotonic() < deadline:  # noqa: PLR2004 -- where, and who
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit("demo: the lab did not start")
        print(line, end="", flush=True)
        lines.append(line)
    words = lines[0].split()
    port, (user, _, host) = words[words.index("-p") + 1], words[-1].partition("@")
    secret = lines[1].replace(",", "").split()
    inventory = folder / "inventory.yaml"
    text = inventory.read_text(encoding="utf-8")
    inventory.write_text(text.replace("port: 2022", f"port: {port}"), encoding="utf-8")
    environment["APPLIANCE_SITE_A_PASSWORD"] = secret[1]
    environment["APPLIANCE_SITE_A_ENABLE"] = secret[-1]
    return {
        "host": host,
        "port": port,
        "user": user,
        "password": secret[1],
        "enable": secret[-1],
        "key": _fingerprint(host, int(port)),
    }


def _fingerprint(host: str, port: int) -> str:
    """The fingerprint as the router's own console would show it."""
    from appliance.session import Target, hostkeys  # noqa: PLC0415 -- only here

    return hostkeys.fingerprint(hostkeys.offers(Target(site="site-a", host=host, port=port))[0])


def _as_a_person(router: dict[str, str]) -> None:
    """Log in with plain SSH and type."""
    print(f"$ ssh -p {router['port']} {router['user']}@{router['host']}")
    for command in BEHIND_OUR_BACK:
        print(f"site-a-rtr# {command}", flush=True)
    asyncio.run(_type(router, ("enable", router["enable"], *BEHIND_OUR_BACK, "exit")))


async def _type(router: dict[str, str], lines: tuple[str, ...]) -> None:
    async with asyncssh.connect(
        router["host"],
        int(router["port"]),
        username=router["user"],
        password=router["password"],
        known_hosts=None,
    ) as connection:
        process = await connection.create_process(term_type="vt100")
        for line in lines:
            await process.stdout.readuntil(re.compile(r"[>#:] ?$"))
            process.stdin.write(f"{line}\n")
        await process.wait(timeout=STARTUP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
