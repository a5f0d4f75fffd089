"""Rows 29 to 60: what is wrong around the device - keys, files, Azure, this machine, the fleet."""

from __future__ import annotations

from tests.faults.row import ALL, Row

_SIGNALS = "tests/push/test_signals.py"

TOOL: tuple[Row, ...] = (
    Row(
        number=29,
        fault="The host key (certificate) has changed",
        safe="Stops before the login; both fingerprints are shown; only `trust` pins another",
    ),
    Row(
        number=30,
        fault="The host key is not known, and nobody is there",
        safe="Nothing is pinned without a person; exit 3",
    ),
    Row(
        number=31,
        fault="Somebody in between offers old algorithms only",
        safe="Refused, unless the inventory names them for that device",
    ),
    Row(
        number=32,
        fault="Keys of odd characters, lengths and beginnings",
        safe="What the device holds is the key that was meant, or it is refused before",
    ),
    Row(
        number=33,
        fault="A key that is a common word of configurations",
        safe="It is hidden where it stands as key; the rest stays readable",
    ),
    Row(
        number=34,
        fault="Names and descriptions that would be commands",
        safe="Refused, or data: never a line, a template or a command",
        elsewhere={
            ALL: (
                "tests/inventory/test_hostile.py::test_a_hostile_value_is_refused_where_it_stands",
                "tests/inventory/test_hostile.py::test_a_hostile_name_of_a_site_is_refused",
            )
        },
    ),
    Row(
        number=35,
        fault="Site names and output paths that lead elsewhere, or are links",
        safe="No name becomes a path; no link is followed",
        elsewhere={
            ALL: (
                "tests/session/test_hostkeys.py::test_a_name_never_becomes_a_path",
                "tests/session/test_hostkeys.py::test_a_link_is_not_followed",
            )
        },
    ),
    Row(
        number=36,
        fault="YAML bombs, duplicate keys, anchors, tabs, `no`",
        safe="Refused with the place, in bounded time and memory",
        elsewhere={
            ALL: (
                "tests/inventory/test_document.py::test_what_is_refused",
                "tests/inventory/test_document.py::test_bombs_are_small",
                "tests/inventory/test_document.py::test_hostile_text_takes_no_time",
            )
        },
    ),
    Row(
        number=37,
        fault="Azure's exports are cut, of another encoding or version, or of odd shape",
        safe="Read where they can be; else told with the path inside the JSON",
        elsewhere={
            ALL: (
                "tests/azure/test_broken.py::test_message",
                "tests/azure/test_reading.py::test_encodings",
                "tests/azure/test_reading.py::test_four_resources_in_one_file",
                "tests/azure/test_fuzz.py::test_every_truncation_is_told",
                "tests/azure/test_fuzz.py::test_any_json",
            )
        },
    ),
    Row(
        number=38,
        fault="Azure's exports are old",
        safe="Their age is told; over the limit nothing is called drift, and nothing pushed",
    ),
    Row(
        number=39,
        fault="Azure's gateway is being changed, or failed",
        safe="Not pushed against; exit 4",
        elsewhere={ALL: ("tests/push/test_push.py::test_a_gateway_that_is_updating_is_no_target",)},
    ),
    Row(
        number=40,
        fault="Azure slows us down, or a token ends midway",
        safe="Waits and goes on; nothing is left out silently",
        elsewhere={
            ALL: (
                "tests/azure/live/test_login.py::test_a_token_refused_in_the_middle_is_renewed_once",
                "tests/azure/live/test_login.py::test_a_token_that_runs_out_is_renewed_before",
                "tests/azure/live/test_faults.py::test_what_passes_by_itself_is_tried_again",
                "tests/azure/live/test_faults.py::test_what_does_not_pass_ends_after_some_tries",
            )
        },
    ),
    Row(
        number=41,
        fault="Ten thousand sites, or an inventory of 50 MB",
        safe="Time and memory grow with the size at most",
        elsewhere={
            ALL: (
                "tests/inventory/test_fleet.py::test_memory_stays_in_proportion",
                "tests/inventory/test_fleet.py::test_all_are_read_and_any_is_found",
                "tests/inventory/test_load.py::test_a_huge_file_is_refused_before_it_is_parsed",
            )
        },
    ),
    Row(
        number=42,
        fault="A running configuration of 500,000 lines",
        safe="Time grows with the size at most",
        elsewhere={
            "rras": (
                "tests/vendors/rras/test_robust.py::test_a_thousand_interfaces_are_read_in_a_moment",
            )
        },
    ),
    Row(
        number=43,
        fault="Bytes that are no UTF-8, NULs, a localised Windows",
        safe="Read with replacement where text is only shown; meaning comes from structure",
        elsewhere={
            "rras": (
                "tests/vendors/rras/test_robust.py::test_every_encoding_of_windows_reads_the_same",
            )
        },
    ),
    Row(
        number=44,
        fault="Ctrl-C at any step",
        safe="Once: the change is taken back, and locks end. Twice: leaves at once, and says what "
        "waits on the device",
        elsewhere={
            ALL: (
                f"{_SIGNALS}::test_wherever_it_comes_the_push_ends_safely_and_says_how",
                f"{_SIGNALS}::test_the_second_leaves_at_once_and_says_what_is_where",
            )
        },
    ),
    Row(
        number=45,
        fault="SIGTERM, the machine shuts down",
        safe="As 44; `recover` ends what could not be ended",
        elsewhere={
            ALL: (
                f"{_SIGNALS}::test_wherever_it_comes_the_push_ends_safely_and_says_how",
                "tests/cli/test_progress.py::test_a_terminal_that_goes_away_takes_the_change_with_it",
            )
        },
    ),
    Row(
        number=46,
        fault="The push is killed, or crashes",
        safe="The journal has it; the next command names it, and `recover` ends it",
        elsewhere={
            ALL: (
                "tests/push/test_recover.py::test_whenever_it_dies_the_device_ends_old_or_verified",
                "tests/push/test_fleet_lab.py::test_a_run_that_is_killed_is_taken_up_again",
            )
        },
    ),
    Row(
        number=47,
        fault="The disk is full while the journal or a report is written",
        safe="Refused before the first line, exit 4; if it fills later, the change is taken back",
    ),
    Row(
        number=48,
        fault="The state directory is read-only, somebody else's, or open to all",
        safe="Refused, with what to do",
    ),
    Row(
        number=49,
        fault="This machine's clock jumps",
        safe="Deadlines go by the monotonic clock",
    ),
    Row(
        number=50,
        fault="Some sites of a fleet fail",
        safe="Each for itself; a budget stops the rest; done, failed and not begun are told apart",
        elsewhere={
            ALL: (
                "tests/push/test_fleet_lab.py::test_dozens_of_devices_and_those_that_fail_touch_no_other",
                "tests/push/test_fleet_lab.py::test_no_account_is_locked_by_one_wrong_password",
            )
        },
    ),
    Row(
        number=51,
        fault="The tunnel is up and carries production",
        safe="The plan says what bounces; what works is not rebuilt for taste",
    ),
    Row(
        number=52,
        fault="Azure's side does not exist yet",
        safe="Told as waiting for the peer, not as broken; without waiting it can be pushed",
    ),
    Row(
        number=53,
        fault="The tunnel is up, but from the configuration before",
        safe="An SA that is older than the change proves nothing",
        elsewhere={
            ALL: (
                "tests/test_verify.py::"
                "test_sas_older_than_the_change_that_must_renew_them_prove_nothing",
                "tests/test_verify.py::test_an_sa_of_an_older_configuration_proves_nothing",
            )
        },
    ),
    Row(
        number=54,
        fault="The probe itself is filtered",
        safe="Could not be judged is an answer of its own: a good tunnel is not taken back",
    ),
    Row(
        number=55,
        fault="Another box answers at the device's address",
        safe="Known by its serial number; exit 4",
    ),
    Row(
        number=56,
        fault="Taking the change back fails too",
        safe="Exit 6; the commands for the console are printed and kept",
    ),
    Row(
        number=57,
        fault="The name leads to another address than last time",
        safe="Told; the host key decides",
    ),
    Row(
        number=58,
        fault="The jump host fails",
        safe="The fault is told of the hop it is at",
        never={
            "rras": "WinRM is spoken directly: who needs a jump host forwards the port (`ssh -L`)"
        },
    ),
    Row(
        number=59,
        fault="Where logs or mail go is down",
        safe="Never stops a push",
    ),
    Row(
        number=60,
        fault="An optional dependency is not installed",
        safe="What needs it says what to install; the rest works",
    ),
)
