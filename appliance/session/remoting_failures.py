"""The one place where errors of pypsrp, requests and spnego become ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests.exceptions as requests
from pypsrp import exceptions as pypsrp
from spnego import exceptions as spnego

from appliance.errors import (
    ApplianceError,
    AuthenticationError,
    ConnectError,
    SessionError,
    SessionTimeout,
)

_LOGIN = (
    "check the user name and where its password comes from; a local user other than Administrator "
    "needs LocalAccountTokenFilterPolicy on the server"
)
_REACH = "check the address, the port (5986 https, 5985 http), and whether WinRM listens"
_AGAIN = "read the device back before anything else: what it did meanwhile is unknown"
_TRUST = (
    "`appliance trust` shows the server's certificate and pins it, or device.winrm.ca names the "
    "authority that signed it"
)

# Foreign error -> ours, what happened, what to do. The most special of an error's classes counts.
FAILURES: dict[type[BaseException], tuple[type[SessionError], str, str]] = {
    pypsrp.AuthenticationError: (AuthenticationError, "login refused", _LOGIN),
    pypsrp.WSManFaultError: (SessionError, "the server refused the request", _AGAIN),
    pypsrp.WinRMTransportError: (ConnectError, "the server does not speak WinRM here", _REACH),
    pypsrp.SerializationError: (SessionError, "unreadable answer", _AGAIN),
    pypsrp.FragmentError: (SessionError, "unreadable answer", _AGAIN),
    pypsrp.WinRMError: (SessionError, "the session failed", _AGAIN),
    spnego.SpnegoError: (AuthenticationError, "login failed", _LOGIN),
    requests.SSLError: (ConnectError, "the server's certificate is not the expected one", _TRUST),
    requests.ReadTimeout: (SessionTimeout, "the server stopped answering", _AGAIN),
    requests.ConnectTimeout: (ConnectError, "no answer", _REACH),
    requests.ConnectionError: (ConnectError, "no connection", _REACH),
    requests.RequestException: (ConnectError, "the connection failed", _REACH),
    OSError: (ConnectError, "the network failed", _REACH),
}

# Codes of WS-Management: the shell is gone, access denied, too many shells.
_GONE, _DENIED = 2150858843, 5
_QUOTAS = (2150859173, 2150859174, 2150859175)


@contextmanager
def our_errors(where: str, mask: Callable[[str], str]) -> Iterator[None]:
    """Raises `SessionError` or one of its kinds instead of any error below.

    Those outside of `FAILURES` come from an answer that is no WinRM (a proxy's page, half a
    message): pypsrp takes it apart unguarded, and XML, base64, ciphers or Python itself complain.
    """
    try:
        yield
    except ApplianceError:
        raise
    except tuple(FAILURES) as error:
        raise translated(error, where=where, mask=mask) from None
    except Exception as error:  # noqa: BLE001 -- whatever a server's words make a parser raise
        words = f"unreadable answer ({type(error).__name__})"
        raise SessionError(words, where=where, hint=_AGAIN) from None


def translated(
    error: BaseException, *, where: str, mask: Callable[[str], str] = str
) -> SessionError:
    """Our error for a foreign one; the server's own words are masked."""
    if isinstance(error, pypsrp.WSManFaultError):
        return _fault(error, where, mask)
    kind, what, hint = next(FAILURES[known] for known in type(error).__mro__ if known in FAILURES)
    code = f" (HTTP {error.code})" if isinstance(error, pypsrp.WinRMTransportError) else ""
    return kind(f"{what}{code}", where=where, hint=hint)


def _fault(error: pypsrp.WSManFaultError, where: str, mask: Callable[[str], str]) -> SessionError:
    if error.code == _GONE:
        words = "the server has closed the session: it, or its WinRM service, was restarted"
        return ConnectError(words, where=where, hint=_AGAIN)
    if error.code == _DENIED:
        return AuthenticationError("this login may not use WinRM", where=where, hint=_LOGIN)
    if error.code in _QUOTAS:
        hint = "wait two minutes for abandoned sessions to end, then try again"
        return ConnectError("the server takes no further session", where=where, hint=hint)
    reason = mask(" ".join(str(error.reason or error.provider_fault or "").split()))[:300]
    words = f"the server refused the request (code {error.code})"
    return SessionError(f"{words}: {reason}" if reason else words, where=where, hint=_AGAIN)
