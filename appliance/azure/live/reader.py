"""Resources by their ids, each read once however many sites have it, and answers that take time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit

from appliance.azure.live.actions import API_VERSION
from appliance.azure.live.failures import Lack, Refusal, error, lack, supported
from appliance.azure.live.limits import Limits
from appliance.azure.live.pipeline import Answer, Arm
from appliance.azure.spelling import shorten
from appliance.errors import ExpectationError
from appliance.record import dataclass, field

_ACCEPTED, _CREATED = 202, 201
_FAILED = ("failed", "canceled", "cancelled")
_ID = "/subscriptions/"
_MAX_ID = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was read at `id`: plain JSON, and when, in seconds since 1970."""

    id: str
    value: object = field(repr=False)
    read_at: float


class Reader:
    """Reads one cloud for one login. For several threads."""

    def __init__(self, arm: Arm, limits: Limits) -> None:
        self.arm, self.limits = arm, limits
        self._version = API_VERSION
        self._lock = threading.Lock()
        self._known: dict[str, Future[Piece | Lack]] = {}

    def get(self, identity: str) -> Piece | Lack:
        """The resource of this id, or why it cannot be had.

        Raises `ExpectationError` when nothing at all can be read.
        """
        return self._once(identity.casefold(), lambda: self._read("GET", _valid(identity)))

    def need(self, identity: str) -> Piece:
        """The resource of this id. Raises `ExpectationError` also when it is not to be had."""
        return needed(self.get(identity))

    def many(self, identities: Iterable[str]) -> list[Piece | Lack]:
        """As `get` for each, side by side and in order."""
        wanted = list(identities)
        if len(wanted) < 2:  # noqa: PLR2004 -- nothing to be side by side with
            return [self.get(each) for each in wanted]
        with ThreadPoolExecutor(max_workers=min(self.limits.at_once, len(wanted))) as pool:
            return list(pool.map(self.get, wanted))

    def listed(self, identity: str) -> tuple[Piece, ...] | Lack:
        """All members of a collection, page after page; each with its own id."""
        whole = self._once(f"{identity.casefold()}/*", lambda: self._pages(_valid(identity)))
        if isinstance(whole, Lack):
            return whole
        members = whole.value if isinstance(whole.value, list) else []
        return tuple(
            Piece(id=_named(each, identity, number), value=each, read_at=whole.read_at)
            for number, each in enumerate(members)
            if isinstance(each, dict)
        )

    def ask(self, identity: str, question: str, query: str = "") -> Piece | Lack:
        """The answer to a question (see `actions.QUESTIONS`) about a resource; may take minutes."""
        path = f"{_valid(identity)}/{question}"
        return self._once(f"{path}?{query}".casefold(), lambda: self._read("POST", path, query))

    def _once(self, key: str, work: Callable[[], Piece | Lack]) -> Piece | Lack:
        """Do the work for the first who asks; others wait for it, and share what comes of it."""
        with self._lock:
            mine = key not in self._known
            known = self._known.setdefault(key, Future())
        if mine:
            try:
                known.set_result(work())
            except BaseException as failure:  # the others must not wait for ever
                known.set_exception(failure)
                raise
        return known.result()

    def _read(self, method: str, path: str, query: str = "") -> Piece | Lack:
        found = self._sent(method, path, query)
        if isinstance(found, Refusal):
            return _lack_or_raise(found)
        return Piece(id=path, value=self._end(found, path), read_at=_now())

    def _sent(self, method: str, path: str, query: str = "") -> Answer | Refusal:
        """Sent, and sent again in an older version where the cloud has not this one yet."""
        asked = self._version
        send = self.arm.get if method == "GET" else self.arm.post
        found = send(self.arm.url(path, asked, query))
        if isinstance(found, Refusal) and (older := supported(found, asked)):
            self._version = older
            found = send(self.arm.url(path, older, query))
        return found

    def _pages(self, path: str) -> Piece | Lack:
        found = self._sent("GET", path)
        if isinstance(found, Refusal):
            return _lack_or_raise(found)
        members, seen = list[object](), set[str]()
        while True:
            page = found.value if isinstance(found.value, dict) else {}
            inside = page.get("value")
            members += inside if isinstance(inside, list) else []
            link = page.get("nextLink")
            if not link:
                return Piece(id=path, value=members, read_at=_now())
            if link in seen or len(seen) >= self.limits.pages:
                raise ExpectationError(
                    "the pages of this list do not end", where=self._where(path), hint="try again"
                )
            seen.add(link)
            found = self._follow(str(link), path)

    def _end(self, found: Answer, path: str) -> object:
        """What a long-running operation ends with ("Track asynchronous Azure operations").

        With Azure-AsyncOperation its status is asked for until it is final; the result then is at
        Location, or within the status.
        """
        deadline = time.monotonic() + self.limits.operation_seconds
        status_at = found.headers.get("Azure-AsyncOperation")
        result_at = found.headers.get("Location")
        if found.status not in (_ACCEPTED, _CREATED) or not (status_at or result_at):
            return found.value
        if status_at:
            found = self._watched(status_at, found, path, deadline)
            if not result_at:
                return _within(found.value)
        found = self._follow(str(result_at), path, wait=None if status_at else found)
        while found.status == _ACCEPTED:
            next_at = found.headers.get("Location") or str(result_at)
            found = self._follow(next_at, path, wait=found, deadline=deadline)
        return found.value

    def _watched(self, url: str, found: Answer, path: str, deadline: float) -> Answer:
        """The final status of an operation. Raises `ExpectationError` when it failed."""
        while True:
            found = self._follow(url, path, wait=found, deadline=deadline)
            told = found.value if isinstance(found.value, dict) else {}
            word = str(told.get("status") or "Succeeded").casefold()
            if word in _FAILED:
                inner = told.get("error")
                code = inner.get("code") if isinstance(inner, dict) else None
                raise ExpectationError(
                    f"Azure could not answer: {shorten(str(code or word))}",
                    where=self._where(path),
                    hint="try again later; the gateway may be updating",
                )
            if word == "succeeded":
                return found

    def _follow(
        self, url: str, path: str, *, wait: Answer | None = None, deadline: float | None = None
    ) -> Answer:
        """Go where an answer points to, if that is here; `wait` is the answer that said so."""
        here, there = urlsplit(self.arm.cloud.endpoint), urlsplit(url)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise ExpectationError(
                f"the answer points to another host ({shorten(there.netloc)}), which gets no token",
                where=self._where(path),
                hint="something between here and Azure answers in its place: check the proxy",
            )
        if deadline is not None and time.monotonic() > deadline:
            raise ExpectationError(
                f"no answer within {self.limits.operation_seconds:.0f} seconds",
                where=self._where(path),
                hint="the gateway may be updating; try again",
            )
        if wait is not None:
            time.sleep(self._pause(wait))
        found = self.arm.get(url)
        if isinstance(found, Refusal):
            missing = lack(found)
            raise missing.error if missing else error(found)
        return found

    def _pause(self, answer: Answer) -> float:
        said = answer.headers.get("Retry-After", "")
        seconds = float(said) if said.isascii() and said.isdecimal() else self.limits.poll_seconds
        return min(seconds, self.limits.wait_seconds)

    def _where(self, path: str) -> str:
        return f"{self.arm.cloud.host}{path}"


def _now() -> float:
    """Whole seconds: a file system that keeps no more must not make a saved answer another one."""
    return float(int(time.time()))


def needed(found: Piece | Lack) -> Piece:
    """The piece. Raises `ExpectationError` that says why there is none."""
    if isinstance(found, Lack):
        raise found.error
    return found


def _lack_or_raise(refusal: Refusal) -> Lack:
    missing = lack(refusal)
    if missing is None:
        raise error(refusal)
    return missing


def _named(member: dict[str, object], identity: str, number: int) -> str:
    """The id of a member of a collection; where it has none that leads anywhere, its number."""
    try:
        return _valid(str(member.get("id")))
    except ExpectationError:
        return f"{identity}/{number}"


def _within(value: object) -> object:
    """The result inside the status of an operation."""
    told = value if isinstance(value, dict) else {}
    properties = told.get("properties")
    inner = properties.get("output") if isinstance(properties, dict) else None
    return inner if inner is not None else properties


def _valid(identity: str) -> str:
    """An id that leads to a resource and nowhere else; ids come from answers, too."""
    parts = identity.strip("/").split("/")
    plain = identity.isprintable() and not set(identity) & set("?#\\%")
    if (
        not plain
        or len(identity) > _MAX_ID
        or not identity.casefold().startswith(_ID)
        or {"", ".", ".."} & set(parts)
    ):
        raise ExpectationError(
            f"{shorten(identity)} is no id of a resource",
            where="Azure's answer",
            hint="the resource that refers to it is damaged: look at it in the portal",
        )
    return "/" + "/".join(parts)
