"""Rows 1 to 28: what devices, lines to them, and others who work on them can do."""

from __future__ import annotations

from tests.faults.row import Row

_NO_TERMINAL = {
    "rras": "objects over PowerShell remoting: there is no terminal",
    "strongswan": "each command has an SSH channel of its own: there is no terminal",
}
_NO_CANDIDATE = dict.fromkeys(
    ("cisco_ios", "cisco_asa", "rras", "strongswan"),
    "it has no candidate that is shared or locked: a statement counts at once",
)
_ONE_LEVEL = {
    "juniper_junos": "a login has its class from the beginning: nothing asks for a second secret",
    "rras": "a session has the rights of its login: nothing asks for a second secret",
}

_V = "tests/vendors"
_GONE = "test_what_cannot_be_reached_any_more_needs_a_person"

_TERMINALS = ("cisco_ios", "cisco_asa", "juniper_junos")
_READ_ALIKE = (
    "tests/session/test_ssh.py::test_the_configuration_is_complete_or_refused",
    "tests/session/test_screen.py::test_what_is_shown",
    "tests/session/test_screen.py::test_cutting_the_stream_changes_nothing",
)

DEVICE: tuple[Row, ...] = (
    Row(
        number=1,
        fault="The session is lost before the first line of the change",
        safe="Nothing was applied, the device is as it was, nothing waits on it; exit 5",
    ),
    Row(
        number=2,
        fault="The session is lost in the middle of the change",
        safe="Nothing is sent twice. Connected anew, the device is read; what of the change is "
        "there is told, and it is brought back; exit 5, or 6 where it cannot be read",
        elsewhere={
            "cisco_ios": (f"{_V}/cisco_ios/test_transaction.py::{_GONE}",),
            "cisco_asa": (f"{_V}/cisco_asa/test_transaction.py::{_GONE}",),
            "juniper_junos": (f"{_V}/juniper_junos/test_transaction.py::{_GONE}",),
            "strongswan": (
                "tests/strongswan/test_push.py::"
                "test_a_host_that_cannot_be_brought_back_is_said_to_be_unknown",
            ),
        },
    ),
    Row(
        number=3,
        fault="The session is lost between applying and confirming",
        safe="Connected anew while the timer runs, verified, and confirmed only then; if that "
        "cannot be, the device goes back, which is read",
    ),
    Row(
        number=4,
        fault="Our own change cuts the way to the device",
        safe="A gate foresees it: exit 4. If it happens all the same, the armed way back restores "
        "it without us",
        elsewhere={
            "strongswan": (
                "tests/strongswan/test_push.py::test_a_host_that_is_left_alone_goes_back_by_itself",
            ),
        },
    ),
    Row(
        number=5,
        fault="The device restarts during the change",
        safe="What was saved before comes back; the restart is seen by the device's uptime, not "
        "by a silence; exit 5",
    ),
    Row(
        number=6,
        fault="The device restarts after the change, before it is saved",
        safe="As 5; that the change is lost is said",
    ),
    Row(
        number=7,
        fault="The password is wrong",
        safe="One attempt exactly, so that no account is locked; nothing else is tried",
    ),
    Row(
        number=8,
        fault="The enable secret (sudo password) is wrong",
        safe="Asked once, told as that; nothing is configured without the right to",
        never=_ONE_LEVEL,
        elsewhere={"strongswan": ("tests/session/test_linux.py::test_sudo_that_refuses",)},
    ),
    Row(
        number=9,
        fault="The login is privileged already, or has too little privilege",
        safe="Found out by asking the device: goes on without a secret, or is refused before the "
        "first line",
    ),
    Row(
        number=10,
        fault="Name, prompt or the very device change during the push",
        safe="A prompt that is not the one that was agreed on stops the session; a fresh one "
        "finds the new; another device at the address is not touched",
        never={"rras": "the name of a Windows server changes only when it restarts, see 5"},
    ),
    Row(
        number=11,
        fault="The device pages although it was told not to",
        safe="Pages are turned, and no line is lost",
        never=_NO_TERMINAL,
    ),
    Row(
        number=12,
        fault="The device asks a question that nobody knows",
        safe="It is shown, never answered with yes; the change is taken back",
        never=_NO_TERMINAL,
    ),
    Row(
        number=13,
        fault="A banner contains prompts, `#`, or lines of configuration",
        safe="It ends nothing and becomes no part of any answer",
        never={"rras": _NO_TERMINAL["rras"]},
    ),
    Row(
        number=14,
        fault="Lines of the device's log appear inside its answers",
        safe="They are told from answers; nothing read is changed by them",
        never=_NO_TERMINAL,
    ),
    Row(
        number=15,
        fault="The device is slow: a command takes a minute, a commit ten",
        safe="Each class of commands has its deadline; one that passed means unknown, and the "
        "device is read before anything is said",
    ),
    Row(
        number=16,
        fault="Echoes come early or late, line ends are mixed, screens are coloured",
        safe="The same text is read, and the same lines are pushed",
        never=_NO_TERMINAL,
        elsewhere=dict.fromkeys(_TERMINALS, _READ_ALIKE),
    ),
    Row(
        number=17,
        fault="Somebody else has locked the candidate",
        safe="Refused, with who, where and since when; the lock is never cleared; exit 4",
        never=_NO_CANDIDATE,
    ),
    Row(
        number=18,
        fault="A lock that we left behind ourselves",
        safe="It is recognised as one of this login's, and refused with the command that ends it: "
        "whoever shares the login may sit there. It ends by itself; exit 4",
        never=_NO_CANDIDATE,
    ),
    Row(
        number=19,
        fault="Somebody has left uncommitted changes in the candidate",
        safe="Refused; what others edit is never committed with ours; exit 4",
        never=_NO_CANDIDATE,
    ),
    Row(
        number=20,
        fault="Somebody else's timer waits for its confirmation",
        safe="Refused, with the time that is left, and left alone; exit 4",
    ),
    Row(
        number=21,
        fault="Two pushes at one site",
        safe="One works, the other is told who does, and since when; exit 4",
    ),
    Row(
        number=22,
        fault="One device under two names in the inventory",
        safe="The lock goes by the device's serial number; exit 4",
    ),
    Row(
        number=23,
        fault="The standby unit of a pair, or the wrong context",
        safe="Refused before configuration mode; exit 4",
        elsewhere={
            "cisco_asa": (
                f"{_V}/cisco_asa/test_transaction.py::test_a_pair_is_not_left_to_an_applet",
            )
        },
        never={
            "cisco_ios": "routers that share an address with HSRP each have a configuration of "
            "their own, and are reached at their own address",
            "rras": "each server of an RRAS cluster is reached, and configured, by its own name",
            "strongswan": "the daemon has no standby that takes over its configuration",
        },
    ),
    Row(
        number=24,
        fault="The device refuses one line",
        safe="The first refused line stops it, is told with the device's words, and all is taken "
        "back; exit 5",
        elsewhere={
            "cisco_ios": (
                f"{_V}/cisco_ios/test_transaction.py::"
                "test_the_first_refused_line_stops_and_reverts",
            ),
            "juniper_junos": (
                f"{_V}/juniper_junos/test_transaction.py::"
                "test_every_error_text_stops_a_push_and_leaves_it_as_it_was",
            ),
            "rras": (
                f"{_V}/rras/test_push.py::test_a_change_of_many_steps_is_taken_back_from_each",
            ),
        },
    ),
    Row(
        number=25,
        fault="A line is accepted and silently changed, or dropped",
        safe="What was meant is read back by meaning: what differs is a failure, and is taken back",
    ),
    Row(
        number=26,
        fault="The configuration cannot be saved",
        safe="The change is active, and that it is NOT SAVED is said loudly; exit 1",
        never={
            "juniper_junos": "a commit is saved: there is no second step",
            "rras": "a cmdlet writes to the store that the server boots from",
        },
    ),
    Row(
        number=27,
        fault="There is no room on the device for what the way back needs",
        safe="Refused before anything is touched, or told before anybody is asked; where only the "
        "commit can tell, nothing is committed",
    ),
    Row(
        number=28,
        fault="The device's clock is wrong",
        safe="Nothing is ordered or judged by the device's clock",
        never={
            "strongswan": "its clock is never asked for: charon tells ages in seconds, and what "
            "waits counts them from its start"
        },
    ),
)
