"""Credentials that are refused again and again are left alone, before an account is locked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from appliance.errors import AuthenticationError, RefusedError
from appliance.push.terms import Connect
from appliance.session import Credentials, Session

LIMIT = 3
"""Refusals in a row; the lockouts of the field begin at three to five."""


class Logins:
    """The logins of a fleet, by their credentials."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._refused: Counter[Credentials] = Counter()
        self._trying: Counter[Credentials] = Counter()
        self._good: set[Credentials] = set()

    def careful(self, connect: Connect, who: Credentials, site: str) -> Connect:
        """`connect`, whose first login counts. Those after it belong to a push under way, and are
        never kept from its device."""
        first = [self._attempt(who, site)]

        @contextmanager
        def opened() -> Iterator[Session]:
            with ExitStack() as stack:
                with first.pop() if first else nullcontext():
                    session = stack.enter_context(connect())
                yield session

        return opened

    @contextmanager
    def _attempt(self, who: Credentials, site: str) -> Iterator[None]:
        """One login. Raises `RefusedError` instead when these credentials were refused too often.

        Until they have been good once, no more are tried at a time than may be refused.
        """
        self._wait(who, site)
        try:
            yield
        except AuthenticationError:
            self._heard(who, refused=True)
            raise
        except BaseException:
            self._heard(who, refused=None)
            raise
        self._heard(who, refused=False)

    def _wait(self, who: Credentials, site: str) -> None:
        with self._changed:
            while who not in self._good and self._open(who) >= self._limit > self._refused[who]:
                self._changed.wait()
            if self._refused[who] >= self._limit:
                raise RefusedError(
                    f"{self._refused[who]} logins as {who.username} with the same credentials were "
                    "refused in a row",
                    where=f"site {site}",
                    hint="nothing was touched, and this login was not tried, lest the account be "
                    "locked; correct the credentials, then resume",
                )
            self._trying[who] += 1

    def _open(self, who: Credentials) -> int:
        return self._trying[who] + self._refused[who]

    def _heard(self, who: Credentials, *, refused: bool | None) -> None:
        """What came of a login; None: the device was not reached, which says nothing of it."""
        with self._changed:
            self._trying[who] -= 1
            if refused:
                self._refused[who] += 1
            elif refused is False:
                self._refused[who] = 0
                self._good.add(who)
            self._changed.notify_all()
