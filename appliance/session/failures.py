"""The one place where errors of netmiko, paramiko and the socket become ours."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from netmiko import exceptions as netmiko
from paramiko import ssh_exception as paramiko

from appliance.errors import AuthenticationError, ConnectError, SessionError, SessionTimeout

_LOGIN = "check the user name and where its password comes from; it was tried once"
_REACH = "check the address, the port, and whether SSH is open from here"
_SILENT = "see whether the servers that the device asks about logins answer; it was tried once"
_AGAIN = "read the device back before anything else: what it did meanwhile is unknown"

# Foreign error -> ours, what happened, what to do. The most special of an error's classes counts.
FAILURES: dict[type[BaseException], tuple[type[SessionError], str, str]] = {
    netmiko.NetmikoAuthenticationException: (AuthenticationError, "login refused", _LOGIN),
    netmiko.NetmikoTimeoutException: (ConnectError, "no SSH connection", _REACH),
    netmiko.ReadTimeout: (SessionTimeout, "the device stopped answering", _AGAIN),
    netmiko.ReadException: (ConnectError, "the connection broke while reading", _AGAIN),
    netmiko.NetmikoParsingException: (SessionError, "unreadable answer", _AGAIN),
    netmiko.WriteException: (ConnectError, "the connection broke while sending", _AGAIN),
    netmiko.ConfigInvalidException: (SessionError, "a line was refused", _AGAIN),
    netmiko.ConnectionException: (ConnectError, "the connection failed", _REACH),
    netmiko.NetmikoBaseException: (SessionError, "the session failed", _AGAIN),
    paramiko.PasswordRequiredException: (
        AuthenticationError,
        "the private key is encrypted",
        "give its passphrase as the password",
    ),
    paramiko.BadAuthenticationType: (AuthenticationError, "this way to log in is off", _LOGIN),
    paramiko.PartialAuthentication: (AuthenticationError, "a second factor is asked", _LOGIN),
    paramiko.UnableToAuthenticate: (AuthenticationError, "no way to log in worked", _LOGIN),
    paramiko.AuthenticationException: (AuthenticationError, "login refused", _LOGIN),
    paramiko.BadHostKeyException: (ConnectError, "the host key changed", "appliance trust"),
    paramiko.IncompatiblePeer: (ConnectError, "no SSH algorithm in common", _REACH),
    paramiko.ChannelException: (ConnectError, "the device opened no terminal", _REACH),
    paramiko.ProxyCommandFailure: (ConnectError, "the proxy command failed", _REACH),
    paramiko.MessageOrderError: (ConnectError, "SSH messages out of order", _REACH),
    paramiko.CouldNotCanonicalize: (ConnectError, "the name cannot be resolved", _REACH),
    paramiko.ConfigParseError: (ConnectError, "the SSH configuration is wrong", _REACH),
    paramiko.NoValidConnectionsError: (ConnectError, "no address answered", _REACH),
    paramiko.SSHException: (ConnectError, "the SSH connection failed", _REACH),
    socket.gaierror: (ConnectError, "the name cannot be resolved", _REACH),
    TimeoutError: (ConnectError, "no answer", _REACH),
    EOFError: (ConnectError, "the connection was closed", _REACH),
    OSError: (ConnectError, "the network failed", _REACH),
}

_WRAPPERS = (netmiko.NetmikoTimeoutException, netmiko.NetmikoAuthenticationException)
# paramiko's words for a device that hung up, or said nothing in time, instead of a refusal.
_UNANSWERED = re.compile(r"Authentication timeout|transport shut down|saw EOF")


def translated(error: BaseException, *, where: str) -> SessionError:
    """Our error for a foreign one. Only words of our own and of the system are taken over."""
    cause = error.__context__ if isinstance(error, _WRAPPERS) else None
    error = cause or error
    if isinstance(error, paramiko.AuthenticationException) and _UNANSWERED.search(str(error)):
        return AuthenticationError("the login was not answered", where=where, hint=_SILENT)
    kind, what, hint = next(FAILURES[known] for known in type(error).__mro__ if known in FAILURES)
    return kind(f"{what}{_details(error)}", where=where, hint=hint)


def _details(error: BaseException) -> str:
    """What the error adds; texts of an authentication may quote the device and are left out."""
    if isinstance(error, paramiko.AuthenticationException):
        return ""
    words = " ".join(str(getattr(error, "strerror", None) or error).split())
    shown = words if words.isprintable() else ascii(words)  # it may quote a server nobody knows
    return f": {shown}" if words else ""


@contextmanager
def our_errors(where: str) -> Iterator[None]:
    """Raises `SessionError` or one of its kinds instead of any error listed in `FAILURES`."""
    try:
        yield
    except tuple(FAILURES) as error:
        raise translated(error, where=where) from None
