"""Static packet filters as people save them: what passes, what nobody knows, which line says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import ApplianceError, ParseError
from appliance.model.filters import Filter
from appliance.model.spoken import told
from tests.growth import growth
from vendors.rras import lines
from vendors.rras.parse import parse

OWN = json.loads((Path(__file__).parent / "configs" / "own-snapshot.txt").read_text())
INTERFACE = json.dumps(OWN["interfaces"][0], indent=4)
WEB = "10.10.0.0/16:10.20.0.0/16:tcp:0:443"
BACK = "10.20.0.0/16:10.10.0.0/16:tcpestablished:443:0"
OPEN = ["any: all <-> all"]


def shown(way: str, *rows: str, action: str = "Deny", **more: object) -> dict[str, object]:
    """One object of the cmdlet, enumerations as words."""
    head = {"InterfaceAlias": "site-a-1", "Direction": way, "AddressFamily": "IPv4"}
    return {**head, "Action": action, "List": list(rows), **more}


def saved(*objects: dict[str, object]) -> str:
    """What is left of `Get-VpnS2SInterface; Get-RemoteAccessIpFilter ...`, each to JSON."""
    return "\n".join((INTERFACE, *(json.dumps(one, indent=4) for one in objects)))


def crossing(text: str) -> Filter | None:
    (found,) = parse(text).tunnels
    return found.filter


def passes(text: str) -> list[str]:
    found = crossing(text)
    assert found is not None
    assert not found.perhaps, told(found.perhaps)
    return told(found.passes, 20)


def doubtful(text: str) -> tuple[list[str], list[str]]:
    found = crossing(text)
    assert found is not None
    return told(found.passes, 20), told(found.perhaps, 20)


BOTH = (shown("Outbound", WEB), shown("Inbound", BACK))
ANSWERING = "tcp from ports 443: 10.10.0.0/16 <- 10.20.0.0/16"
"""What a line for first packets lets answer where all may begin."""

ONE_WAY = ["tcp 443: 10.10.0.0/16 -> 10.20.0.0/16"]


def test_words_and_numbers_say_the_same() -> None:
    assert passes(saved(*BOTH)) == ONE_WAY
    numbers = [
        {**one, "Direction": at, "AddressFamily": 0, "Action": 1}
        for at, one in zip((1, 0), BOTH, strict=True)
    ]
    assert passes(saved(*numbers)) == ONE_WAY
    objects = [
        {**one, "Action": {"value": 1, "Value": "Deny"}, "List": {"value": one["List"], "Count": 1}}
        for one in BOTH
    ]
    assert passes(saved(*objects)) == ONE_WAY


def test_one_object_for_both_families() -> None:
    families = [
        {
            "InterfaceAlias": "SITE-A-1",
            "Direction": one["Direction"],
            "Ipv4FilterAction": one["Action"],
            "Ipv4Filters": one["List"],
            "Ipv6FilterAction": "Allow",
            "Ipv6Filters": [],
            "PSComputerName": None,
        }
        for one in BOTH
    ]
    assert passes(saved(*families)) == ONE_WAY
    families[0]["Ipv6FilterAction"] = "Deny"
    observed = parse(saved(*families))
    assert [odd.text for odd in observed.unrecognized] == ['"Ipv6FilterAction": "Deny"']


def test_filters_of_ipv6_are_told_and_not_taken_for_ours() -> None:
    six = shown("Inbound", "fd00::/48:::/0:tcp:0:443", AddressFamily="IPv6")
    none = shown("Outbound", AddressFamily="IPv6", action="Allow")
    observed = parse(saved(*BOTH, six, none))
    assert [odd.text for odd in observed.unrecognized] == ['"Action": "Deny"']
    assert passes(saved(*BOTH, six)) == ONE_WAY


def test_interfaces_that_are_no_tunnels_are_nobodys_business() -> None:
    lan = shown("Inbound", "no line at all", InterfaceAlias="Ethernet")
    observed = parse(saved(*BOTH, lan))
    assert observed.unrecognized == ()


FORMAT_LIST = """\
PS C:\\> Get-VpnS2SInterface | fl *

Name                             : site-a-1
Destination                      : {198.51.100.7}
Protocol                         : Ikev2
AuthenticationMethod             : PSKOnly
IPv4Subnet                       : {10.20.0.0/16:100}

PS C:\\> 'Inbound','Outbound' | % { Get-RemoteAccessIpFilter site-a-1 -Direction $_ }


InterfaceAlias   : site-a-1
Direction        : Inbound
Ipv4FilterAction : Deny
Ipv4Filters      : {10.20.0.0/16:10.10.0.0/16:tcpestablished:443:0, 0.0.0.0/0:0.0.
                   0.0/0:icmp:0:255, 10.20.0.0/16:10.10.0.0/16:udp:53:0}
Ipv6FilterAction : Allow
Ipv6Filters      : {}

InterfaceAlias   : site-a-1
Direction        : Outbound
Ipv4FilterAction : Deny
Ipv4Filters      : {10.10.0.0/16:10.20.0.0/16:tcp:0:443, 10.10.0.0/16:10.20.0.0/16:udp:0:53,
                   0.0.0.0/0:0.0.0.0/0:icmp:8:0}
Ipv6FilterAction : Allow
Ipv6Filters      : {}


PS C:\\>
"""


def test_a_listing_with_wrapped_lines() -> None:
    assert passes(FORMAT_LIST) == [
        "icmp: all -> all",
        "tcp 443: 10.10.0.0/16 -> 10.20.0.0/16",
        "udp 53: 10.10.0.0/16 -> 10.20.0.0/16",
        "udp from ports 53: 10.10.0.0/16 <- 10.20.0.0/16",
    ]


@pytest.mark.parametrize("end", [", ...}", "...}", ", 10.20.0.0/16:10.1...}", "\u2026}"])
def test_a_listing_that_was_cut_off_leaves_a_doubt_and_is_never_changed(end: str) -> None:
    text = FORMAT_LIST.replace(
        "10.20.0.0/16:udp:0:53,\n                   0.0.0.0/0:0.0.0.0/0:icmp:8:0}",
        f"10.20.0.0/16:udp:0:53{end}",
    )
    assert end in text
    surely, perhaps = doubtful(text)
    assert "tcp 443: 10.10.0.0/16 -> 10.20.0.0/16" in surely
    assert "icmp: all -> all" in perhaps
    (tunnel,) = parse(text).tunnels
    assert tunnel.objects["filters"] == "unread"


TABLE = """\

InterfaceAlias Direction AddressFamily Action List
-------------- --------- ------------- ------ ----
site-a-1       Inbound   IPv4          Allow  {}
site-a-1       Outbound  IPv4          Deny   {10.10.0.0/16:10.20.0.0/16:tcp:0:443}

"""


def test_a_table_behind_a_listing() -> None:
    head = FORMAT_LIST.partition("PS C:\\> 'Inb")[0]
    assert passes(head + TABLE) == [*ONE_WAY, ANSWERING]
    cut = TABLE.replace("tcp:0:443}", "tcp...")
    assert doubtful(head + cut) == (["nothing"], OPEN), "a column that was cut tells nothing"


def test_what_nobody_saved_is_unknown_either_way() -> None:
    assert doubtful(INTERFACE) == (["nothing"], OPEN)
    surely, perhaps = doubtful(saved(BOTH[0]))
    assert surely == ["nothing"]
    assert perhaps == [*ONE_WAY, ANSWERING], "the other way is not told"


def test_nothing_but_what_no_line_names_is_not_documented() -> None:
    surely, perhaps = doubtful(saved(shown("Outbound"), shown("Inbound", action="Allow")))
    assert (surely, perhaps) == (["nothing"], OPEN)


def test_all_but_nothing_is_no_filter() -> None:
    assert crossing(saved(*(shown(way, action="Allow") for way in ("Inbound", "Outbound")))) is None


def test_lines_are_exceptions_from_all_as_well() -> None:
    out = shown("Outbound", "0.0.0.0/0:10.20.9.0/24:Any", action="Allow")
    back = shown("Inbound", "0.0.0.0/0:0.0.0.0/0:TCPEstablished:25:0", action="Allow")
    assert passes(saved(out, back)) == [
        "any but tcp: all <-> all but 10.20.9.0/24",
        "tcp 0-24,26-65535: all -> all but 10.20.9.0/24",
        "tcp from ports 0-24,26-65535: all <- all but 10.20.9.0/24",
    ], "later packets of Azure's own connections from port 25 are stopped too"


def _added(way: str, ends: str, rest: str, name: str = "site-a-1") -> str:
    here, there = (one.split("/") for one in ends.split())
    places = f"srcaddr={here[0]} srcmask={here[1]} dstaddr={there[0]} dstmask={there[1]}"
    return f'add filter name="{name}" filtertype={way} {places} {rest}'


ALL = "0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0"
DUMP = "\n".join(
    (
        "C:\\> netsh routing ip dump",
        "pushd routing ip",
        "reset",
        'add interface name="LAN 1" state=enable',
        'set filter name="LAN 1" fragcheck=DISABLE',
        _added("INPUT", ALL, "proto=ANY", name="LAN 1"),
        'set filter name="site-a-1" fragcheck=DISABLE',
        'set filter name="site-a-1" filtertype=OUTPUT action=DROP',
        _added(
            "OUTPUT",
            "10.10.0.0/255.255.0.0 10.20.0.0/255.255.0.0",
            "proto=TCP srcport=0 dstport=443",
        ),
        _added("OUTPUT", "0.0.0.0/0.0.0.0 10.20.0.0/255.255.0.0", "proto=ICMP type=8 code=255"),
        _added("DIAL", ALL, "proto=ANY"),
        'set filter name="site-a-1" filtertype=INPUT action=DROP',
        _added(
            "INPUT",
            "10.20.0.0/255.255.0.0 10.10.0.0/255.255.0.0",
            "proto=TCP-EST srcport=443 dstport=0",
        ),
        _added("INPUT", ALL, "proto=ICMP type=255 code=255"),
        "popd",
    )
)


def test_a_dump_of_netsh_behind_the_interfaces() -> None:
    text = f"{INTERFACE}\n{DUMP}"
    assert passes(text) == ["icmp: all -> 10.20.0.0/16", *ONE_WAY]
    (tunnel,) = parse(text).tunnels
    assert tunnel.filter is not None
    sources = {one.source for chain in tunnel.filter.chains for one in chain.entries}
    assert len(sources) == 4
    assert all(one.text == text.splitlines()[one.line - 1] for one in sources)
    listing = FORMAT_LIST.partition("PS C:\\> 'Inb")[0]
    assert passes(f"{listing}\n{DUMP}") == passes(text)


def test_an_interface_that_a_dump_has_no_lines_for_is_open() -> None:
    bare = "\n".join(
        line for line in DUMP.splitlines() if "site-a-1" not in line or "fragcheck" in line
    )
    assert crossing(f"{INTERFACE}\n{bare}") is None
    untold = DUMP.replace('set filter name="site-a-1" filtertype=OUTPUT action=DROP\n', "")
    assert doubtful(f"{INTERFACE}\n{untold}")[0] == ["nothing"], "what lines mean is not told"
    odd = DUMP.replace("type=8 code=255", "")
    assert not any(one.startswith("icmp") for one in doubtful(f"{INTERFACE}\n{odd}")[0])
    assert any(one.startswith("icmp: all ") for one in doubtful(f"{INTERFACE}\n{odd}")[1])


@pytest.mark.parametrize("text", [DUMP, json.dumps(BOTH[0]), TABLE])
def test_filters_without_their_interface_are_no_configuration(text: str) -> None:
    with pytest.raises(ParseError, match="without the interfaces") as caught:
        parse(text)
    assert "Get-VpnS2SInterface" in caught.value.hint


def test_filters_for_demand_dialling_alone_are_none() -> None:
    with pytest.raises(ParseError, match="no configuration of RRAS"):
        parse(_added("DIAL", ALL, "proto=ANY"))


LINES = {
    "10.10.0.0/16:10.20.0.0/16:TCP:0:443": "10.10.0.0/16:10.20.0.0/16:TCP:0:443",
    "10.10.3.4/16:10.20.0.9/255.255.0.0:tcp:0:443": "10.10.0.0/16:10.20.0.0/16:TCP:0:443",
    "0.0.0.0/0:0.0.0.0/0:TCP-EST:443:0": "0.0.0.0/0:0.0.0.0/0:TCPEstablished:443:0",
    "0.0.0.0/0:0.0.0.0/0:TCP (established):443:0": "0.0.0.0/0:0.0.0.0/0:TCPEstablished:443:0",
    "0.0.0.0/0:0.0.0.0/0:TCP [established]:443:0": "0.0.0.0/0:0.0.0.0/0:TCPEstablished:443:0",
    "0.0.0.0/0:0.0.0.0/0:ANY": "0.0.0.0/0:0.0.0.0/0:Any",
    "0.0.0.0/0:0.0.0.0/0:any:0:0": "0.0.0.0/0:0.0.0.0/0:Any",
    "0.0.0.0/0:0.0.0.0/0:Other:47": "0.0.0.0/0:0.0.0.0/0:Other:47",
    "0.0.0.0/0:0.0.0.0/0:other:47:0": "0.0.0.0/0:0.0.0.0/0:Other:47",
    "0.0.0.0/0:0.0.0.0/0:50": "0.0.0.0/0:0.0.0.0/0:Other:50",
    "0.0.0.0/0:0.0.0.0/0:icmp:8:255": "0.0.0.0/0:0.0.0.0/0:ICMP:8:255",
}
"""A spelling, and ours."""


@pytest.mark.parametrize("text", LINES)
def test_every_spelling_of_a_line(text: str) -> None:
    assert lines.alike(text) == LINES[text]
    assert lines.alike(LINES[text]) == LINES[text]


@pytest.mark.parametrize(
    "text",
    [
        *("", "Any", "10.0.0.0/8:10.0.0.0/8", "10.0.0.0/8:10.0.0.0/8:SCTP:0:0", "$rules"),
        *("10.0.0.0/8:10.0.0.0/8:TCP:443", "10.0.0.0/8:10.0.0.0/8:TCP:0:80-90"),
        *("10.0.0.0/8:10.0.0.0/8:TCP:0:65536", "10.0.0.0/33:0.0.0.0/0:Any"),
        *("10.0.0.0/8:10.0.0.0/8:Other:256", "10.0.0.0/8:10.0.0.0/8:ICMP:8:256"),
        *("10.0.0.0/8:10.0.0.0/8:Other:0", "::/0:::/0:Any", "10.0.0.0/8:10.0.0.0/8:Any:1"),
        "10.0.0.0/8:10.0.0.0/8:TCP:0:\u0664\u0664\u0663",
    ],
)
def test_what_is_no_line_that_we_know_leaves_a_doubt_that_names_it(text: str) -> None:
    assert lines.read(text) is None
    if not text:
        return
    found = saved(shown("Outbound", WEB, text), BOTH[1])
    assert doubtful(found)[0] == ONE_WAY
    (tunnel,) = parse(found).tunnels
    assert tunnel.filter is not None
    unclear = {
        one.source for chain in tunnel.filter.chains for one in chain.entries if not one.clear
    }
    (source,) = unclear
    assert source.text == text
    assert json.dumps(text)[1:-1] in found.splitlines()[source.line - 1]


PINGS = {
    "ICMP:8:0": True,
    "ICMP:8:255": True,
    "ICMP:255:255": True,
    "ICMP:255:0": True,
    "Other:1": True,
    "Any": True,
    "ICMP:0:0": False,
    "ICMP:3:255": False,
    "ICMP:8:3": False,
    "ICMP:255:3": False,
    "Other:6": False,
}


@pytest.mark.parametrize("kind", PINGS)
def test_which_lines_let_a_ping_begin(kind: str) -> None:
    out = shown("Outbound", f"10.10.0.0/16:0.0.0.0/0:{kind}")
    every = shown("Inbound", action="Allow")
    found = [one for one in passes(saved(out, every)) if one.startswith(("icmp: ", "any: "))]
    begins = any(" -> " in one or " <-> " in one for one in found)
    assert begins is PINGS[kind]


SCRIPT = """\
$alias = 'To Azure'
$out = @("10.10.0.0/16:10.20.0.0/16:TCP:0:443", "10.10.0.0/16:10.20.0.0/16:TCP:0:80")
Add-VpnS2SInterface -Name $alias -Destination 198.51.100.7 -Protocol IKEv2 `
    -AuthenticationMethod PSKOnly -SharedSecret $key -IPv4Subnet "10.20.0.0/16:100"
Add-RemoteAccessIpFilter -InterfaceAlias $alias -AddressFamily IPv4 -Direction Outbound `
    -Action Deny -List $out
add-remoteaccessipfilter $alias IPv4 Inbound Allow '10.20.9.0/24:0.0.0.0/0:any'
Set-RemoteAccessIpFilter $alias IPv4 Inbound Deny
Add-RemoteAccessIpFilter $alias IPv4 Inbound Deny "10.20.0.0/16:10.10.0.0/16:TCP-EST:443:0"
Remove-RemoteAccessIpFilter $alias -AddressFamily IPv4 -Direction Inbound -Force `
    -List '10.20.9.0/24:0.0.0.0/0:ANY'
"""


def test_a_script_is_played_call_by_call() -> None:
    observed = parse(SCRIPT)
    assert observed.unrecognized == ()
    assert passes(SCRIPT) == ONE_WAY
    (tunnel,) = observed.tunnels
    assert tunnel.sources["filter"].line == 9, "the last call that says what is done"


def test_a_script_without_filters_makes_an_interface_without_any() -> None:
    assert crossing(SCRIPT.partition("Add-RemoteAccessIpFilter")[0]) is None


def test_what_a_script_computes_is_a_doubt() -> None:
    text = SCRIPT.replace('$out = @("', '$out = Get-Content rules.txt # @("')
    surely, perhaps = doubtful(text)
    assert surely == ["nothing"]
    assert perhaps


def test_a_filter_of_an_interface_that_nothing_makes_is_told() -> None:
    odd = "Add-RemoteAccessIpFilter -InterfaceAlias lan -AddressFamily IPv4 -Direction Inbound"
    observed = parse(f"{SCRIPT}{odd} -Action Deny -List 'x'\n")
    assert [one.text for one in observed.unrecognized] == ['"cmdlet": "Add-RemoteAccessIpFilter"']


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted({**BOTH[0], "Ipv4Filters": 0})), values))
def test_any_value_of_any_member_raises_only_our_errors(changes: dict[str, object]) -> None:
    try:
        found = crossing(saved({**BOTH[0], **changes}, BOTH[1]))
    except ApplianceError:
        return
    assert found is None or found.passes is not None


def test_a_long_list_is_read_in_a_moment() -> None:
    def text(count: int) -> str:
        rows = (f"10.{n // 200}.{n % 200}.0/24:10.20.0.0/16:tcp:0:443" for n in range(count))
        return saved(shown("Outbound", *rows), BOTH[1])

    assert growth(parse, text(500), text(4_000)) < 24
