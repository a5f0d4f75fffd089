"""One charon in a network namespace, controlled over vici."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import vici

from appliance import charon
from appliance.errors import ApplianceError
from appliance.machine import CHARON, SYSTEM_PATH, program
from appliance.twin.scenario import Connection, Sa, Try

NAME = "twin"
_TRIES = 3
PATIENCE_SECONDS = 10.0
_DIAL_MILLISECONDS = 9_000
_MISSED = 3
"""Checks without an answer until an IKEv1 peer is dead; IKEv2 goes by retransmissions."""
_REDIAL = {"dpd_action": "restart", "close_action": "start"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """How a tunnel is kept up: seconds between liveness checks (None: no checks), and whether this
    end dials again when it has gone."""

    check_seconds: int | None
    redials: bool


class Charon:
    """Started at once; ends with the sandbox. Unix socket paths are short: folders are, too."""

    def __init__(self, namespace: str, *, tries: int = _TRIES) -> None:
        self._folder = Path("/run", namespace)
        self._folder.mkdir(exist_ok=True)
        settings = self._folder / "strongswan.conf"
        told = charon.settings(str(self._folder), f"{self._folder}/vici", tries=tries)
        settings.write_text(told, encoding="ascii")
        with (self._folder / "out").open("wb") as out:
            self._process = subprocess.Popen(  # noqa: S603 -- our own words
                ["ip", "netns", "exec", namespace, program(CHARON) or CHARON],  # noqa: S607 -- the PATH is ours
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={"PATH": SYSTEM_PATH, "STRONGSWAN_CONF": str(settings)},
            )

    def connect(self) -> None:
        """Wait until it answers. Raises `ApplianceError` with its own words when it does not."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(self._folder / "vici"))
            except OSError:
                line.close()
                time.sleep(0.01)
            else:
                self._vici = vici.Session(line)
                return
        words = (self._folder / "out").read_text(errors="replace").strip()
        raise ApplianceError(f"the IKE daemon does not start: {words or 'it says nothing'}")

    @property
    def log(self) -> str:
        """All it has said so far."""
        with suppress(FileNotFoundError):
            return (self._folder / "log").read_text(errors="replace")
        return ""

    def stop(self) -> None:
        """End as a host does that is shut down: whoever has a tunnel with it is told."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_SECONDS)

    def load(self, connection: Connection, upkeep: Upkeep | None = None) -> None:
        """Hold this connection and its key, and nothing else.

        Raises `ApplianceError` when charon does not know an algorithm: what it can load is what
        the translators may say.
        """
        self._vici.clear_creds()
        with suppress(vici.exception.CommandException):
            self._vici.unload_conn({"name": NAME})
        if connection.key is not None:
            self._vici.load_shared({"type": "IKE", "data": connection.key, "owners": []})
        try:
            self._vici.load_conn({NAME: _spelled(connection, upkeep)})
        except vici.exception.CommandException as error:
            raise ApplianceError(f"the IKE daemon cannot hold this connection: {error}") from error

    def dial(self, child: str, other: Charon) -> Try:
        """Negotiate one child SA, and the IKE SA before it if there is none."""
        wanted = {"ike": NAME, "child": child, "timeout": str(_DIAL_MILLISECONDS), "loglevel": "1"}
        mark, error = len(other.log), None
        said: list[str] = []
        try:
            said.extend(_text(message["msg"]) for message in self._vici.initiate(wanted))
        except vici.exception.CommandException as refused:
            error = str(refused)
        return Try(child=child, error=error, said="\n".join(said), log=other.log[mark:])

    def hang_up(self) -> None:
        """End the IKE SA, if there is one."""
        with suppress(vici.exception.CommandException):
            for _ in self._vici.terminate({"ike": NAME, "timeout": "2000", "force": "yes"}):
                pass

    def rekey(self, kind: str, other: Charon) -> Try:
        """New keys for the `child` SAs or the `ike` SA: what happens hours later otherwise."""
        what = {kind: NAME} if kind == "ike" else {"child": self.sas()[0].name}
        mark, own = len(other.log), len(self.log)
        old = self._living(kind)
        self._vici.rekey(what)
        end = time.monotonic() + PATIENCE_SECONDS / 2
        failed = ""
        while time.monotonic() < end and not failed and not self._living(kind) - old:
            time.sleep(0.02)
            failed = _refusal(self.log[own:])
        made = bool(self._living(kind) - old)
        error = None if made else failed or "no new SA came of it"
        return Try(child=kind, error=error, said=self.log[own:], log=other.log[mark:])

    def ike(self) -> str:
        """Algorithms of the IKE SA, in charon's words; empty without one."""
        return next((_algorithms(sa) for sa in self._listed()), "")

    def sas(self) -> tuple[Sa, ...]:
        """Child SAs that carry traffic."""
        return tuple(
            Sa(
                name=_text(sa["name"]),
                ours=tuple(map(_text, sa["local-ts"])),
                theirs=tuple(map(_text, sa["remote-ts"])),
                algorithms=_algorithms(sa),
            )
            for sa in self._children()
        )

    def _listed(self) -> Iterator[Mapping[str, object]]:
        for sas in self._vici.list_sas():
            yield from (sa for sa in sas.values() if _text(sa["state"]) == "ESTABLISHED")

    def _children(self) -> list[dict[str, bytes | list[bytes]]]:
        """Installed ones only: those of before a rekey stay listed for seconds."""
        return [
            child
            for ike in self._listed()
            for child in _values(ike.get("child-sas"))
            if _text(child["state"]) == "INSTALLED"
        ]

    def _living(self, kind: str) -> set[str]:
        listed = self._listed() if kind == "ike" else iter(self._children())
        return {_text(sa["uniqueid"]) for sa in listed}


def _values(children: object) -> list[dict[str, bytes | list[bytes]]]:
    return list(children.values()) if isinstance(children, dict) else []


def _spelled(connection: Connection, upkeep: Upkeep | None) -> dict[str, object]:
    """As vici takes it. libipsec speaks ESP in UDP only, hence `encap`."""
    seconds = 0 if upkeep is None else upkeep.check_seconds or 0
    children = {
        child.name: {
            "local_ts": [child.ours],
            "remote_ts": [child.theirs],
            "esp_proposals": list(child.proposals),
            "mode": "tunnel",
            **(_REDIAL if upkeep is not None and upkeep.redials else {}),
        }
        for child in connection.children
    }
    return {
        "version": str(connection.version),
        "local_addrs": [connection.ours],
        "remote_addrs": [connection.theirs],
        "proposals": list(connection.proposals),
        "encap": "yes",
        "mobike": "no",
        "keyingtries": "0" if upkeep is not None and upkeep.redials else "1",
        "dpd_delay": str(seconds),
        "dpd_timeout": str(_MISSED * seconds),
        "local": {"auth": "psk", "id": connection.our_identity},
        "remote": {"auth": "psk", "id": connection.their_identity},
        "children": children,
    }


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _algorithms(sa: Mapping[str, object]) -> str:
    names = ("encr-alg", "encr-keysize", "integ-alg", "prf-alg", "dh-group")
    return "/".join(_text(sa[name]) for name in names if sa.get(name))


def _refusal(log: str) -> str:
    words = ("rekeying failed", "NO_PROPOSAL_CHOSEN", "giving up after")
    return next((word for word in words if word in log), "")
