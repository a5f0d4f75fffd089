"""Every error of the libraries below has an error of ours, and what we rely on is still there."""

from __future__ import annotations

import inspect
import socket

import paramiko
import pytest
from netmiko import exceptions as netmiko_exceptions
from netmiko import ssh_dispatcher
from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel
from paramiko import ssh_exception

from appliance.errors import AuthenticationError, ConnectError, SessionError, SessionTimeout
from appliance.session.algorithms import CIPHERS, HOST_KEYS, MACS, OLD
from appliance.session.failures import FAILURES, our_errors, translated
from appliance.session.transport import Transport


def classes() -> list[type[BaseException]]:
    found: list[type[BaseException]] = []
    for module in (netmiko_exceptions, ssh_exception):
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, Exception):
                found.append(value)
    return found


@pytest.mark.parametrize("kind", classes())
def test_every_foreign_error_is_in_the_table(kind: type[BaseException]) -> None:
    assert kind in FAILURES
    ours, what, hint = FAILURES[kind]
    assert issubclass(ours, SessionError)
    assert what
    assert hint


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (netmiko_exceptions.ReadTimeout("x"), SessionTimeout),
        (ssh_exception.AuthenticationException("pass-word"), AuthenticationError),
        (netmiko_exceptions.NetmikoAuthenticationException("pass-word"), AuthenticationError),
        (socket.gaierror(-2, "Name or service not known"), ConnectError),
        (ConnectionRefusedError(111, "Connection refused"), ConnectError),
        (EOFError(), ConnectError),
        (TimeoutError(), ConnectError),
    ],
)
def test_translation(error: BaseException, ours: type[SessionError]) -> None:
    with pytest.raises(ours) as caught, our_errors("site-a"):
        raise error
    assert caught.value.where == "site-a"
    assert caught.value.hint
    assert "pass-word" not in str(caught.value)


def test_the_cause_below_netmikos_wrapper_counts() -> None:
    error = netmiko_exceptions.NetmikoTimeoutException("long text with advice")
    error.__context__ = ConnectionRefusedError(111, "Connection refused")
    ours = translated(error, where="site-a")
    assert isinstance(ours, ConnectError)
    assert ours.message == "the network failed: Connection refused"


@pytest.mark.parametrize(
    ("of_paramiko", "says"),
    [
        (ssh_exception.AuthenticationException("Authentication timeout."), "was not answered"),
        (
            ssh_exception.AuthenticationException(
                "Authentication failed: transport shut down or saw EOF"
            ),
            "was not answered",
        ),
        (ssh_exception.AuthenticationException("Authentication failed."), "login refused"),
        (ssh_exception.BadAuthenticationType("x", ["publickey"]), "this way to log in is off"),
    ],
)
def test_why_a_login_failed_is_told_also_through_netmiko(of_paramiko: Exception, says: str) -> None:
    wrapped = netmiko_exceptions.NetmikoAuthenticationException("advice")
    wrapped.__context__ = of_paramiko
    for error in (of_paramiko, wrapped):
        ours = translated(error, where="site-a")
        assert isinstance(ours, AuthenticationError)
        assert says in ours.message


def test_what_is_overridden_in_netmiko_is_still_there() -> None:
    cls = ssh_dispatcher("cisco_ios")
    assert issubclass(cls, BaseConnection)
    assert "transport_factory" in inspect.signature(paramiko.SSHClient.connect).parameters
    source = inspect.getsource(BaseConnection.establish_connection)
    assert "self._connect_params_dict()" in source
    assert "self._build_ssh_client()" in source
    assert "self.key_policy" in inspect.getsource(BaseConnection._build_ssh_client)
    assert list(inspect.signature(BaseConnection._connect_params_dict).parameters) == ["self"]
    assert "self.cleanup()" in inspect.getsource(BaseConnection.disconnect)
    assert "auto_connect" in inspect.signature(BaseConnection.__init__).parameters
    assert list(inspect.signature(BaseConnection._try_session_preparation).parameters) == [
        "self",
        "force_data",
    ]
    assert list(inspect.signature(SSHChannel).parameters) == ["conn", "encoding"]


def test_what_is_overridden_in_paramiko_is_still_there() -> None:
    tables = vars(paramiko.Transport)
    for name in ("_kex_info", "_key_info", "_preferred_kex", "_preferred_keys"):
        assert tables[name]
    for name in ("_preferred_ciphers", "_preferred_macs", "_cipher_info", "_mac_info"):
        assert tables[name]
    method = paramiko.Transport._really_parse_kex_init  # type: ignore[attr-defined]  # private
    assert list(inspect.signature(method).parameters) == ["self", "m", "ignore_first_byte"]
    kex = inspect.getsource(paramiko.Transport._parse_kex_init)  # type: ignore[attr-defined]  # private
    assert "_really_parse_kex_init" in kex
    policy = inspect.getsource(paramiko.SSHClient.connect)
    assert policy.index("missing_host_key") < policy.index("self._auth(")


def test_every_algorithm_we_may_offer_exists() -> None:
    tables = vars(Transport) | {
        name: vars(paramiko.Transport)[name] for name in ("_cipher_info", "_mac_info")
    }
    assert set(CIPHERS + OLD["ciphers"]) <= set(tables["_cipher_info"])
    assert set(MACS + OLD["macs"]) <= set(tables["_mac_info"])
    assert set(HOST_KEYS + OLD["keys"]) <= set(tables["_key_info"])
    assert set(OLD["kex"]) <= set(tables["_kex_info"])
