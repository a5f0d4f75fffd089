"""Where charon's log is: in files that strongswan.conf names, in the journal, or in syslog's files.

strongSwan, "Logger Configuration": `charon.filelog.<name>.path`, before 5.7 the name is the path.
"""

from __future__ import annotations

_LINES = 400
_SETTINGS = tuple(
    f"{folder}/{name}"
    for folder in ("/etc", "/etc/strongswan", "/usr/local/etc")
    for name in ("strongswan.conf", "strongswan.d/*.conf", "strongswan.d/charon/*.conf")
)
_FILES = tuple(
    f"/var/log/{name}" for name in ("syslog", "messages", "daemon.log", "auth.log", "secure")
)
_WRITERS = ("charon-systemd", "charon", "ipsec", "strongswan", "swanctl")
# Within filelog: `path = /x`, `/x {` on a line of its own, or all of it on one.
_PATHS = (
    r"/^ *#/d; /filelog/,/^}/{ "
    r"s/.*path *= *\(\/[^ #}]*\).*/\1/p; "
    r"s/.*filelog *{ *\(\/[^ {]*\) *{.*/\1/p; "
    r"s/^[[:space:]]*\(\/[^ {]*\) *{.*/\1/p; }"
)


def recent(root: str = "") -> str:
    """A shell command that prints the last lines of the first of them that has any.

    Its status is 0 also where there is none. `root` stands before every path.
    """
    settings = " ".join(f"{root}{name}" for name in _SETTINGS)
    files = " ".join(f"{root}{name}" for name in _FILES)
    writers = " ".join(f"-t {name}" for name in _WRITERS)
    words = "|".join(rf"{name}(\[[0-9]+\])?:" for name in _WRITERS)
    return (
        f"for f in $(sed -n '{_PATHS}' {settings} 2>/dev/null | sort -u); do "
        f'tail -n {_LINES} "{root}$f" 2>/dev/null; done | grep . || '
        f"journalctl --no-pager -n {_LINES} {writers} 2>/dev/null | grep -v '^-- ' | grep . || "
        f"grep -hsE ' ({words})' {files} | tail -n {_LINES} | grep . || true"
    )


LOG = recent()
