"""Which secrets are rare enough to be blanked wherever they stand: no words of every page."""

from __future__ import annotations

_WORDS = frozenset(
    """
    access access-list action activate address address-book address-family adjust adminstatus
    advertise algorithm anonymous appliance application archive armed ascii-text association
    attributes authentication authorization automatic azure-mismatch backup banner before branch
    certificate change changed children client command commands commit configuration configure
    confirm confirmed connect connection connections control crypto custom datetime default
    defaults definition description destination detection device devices differences domain
    dynamic enable enabled encrypted encryption esp-aes establish export extended external failed
    family filter firewall forward gateway general global group-policy headquarters history
    hostname identity immediately import inbound include infinite inside inspection integrity
    intended interface interfaces internal internet ipsec-attributes ipsec-isakmp ipsec-l2l
    isakmp keepalive keyring length lifetime local-address location logging management message
    method microsoft module monitor neighbor netops network networks next-hop nothing number
    object object-group options outbound outside parameters partner password peer-as perfect
    perfect-forward-secrecy permit persistent policies policy pre-share pre-shared-key prefix
    prefixes private privilege profile prompt proposal proposals protection protocol protocols
    public reached reading record redundancy reject release remark remote replaced reverts
    rollback router routes routing running saved seconds secret secrets secure security
    security-association selector selectors serial server service session settings shared
    shutdown snmp-server source standard startup statement static statistics status steps
    strongswan subnet swanctl syslog system systemd telnet timeout timestamps traffic
    traffic-selector transform transform-set transport trusted tunnel tunnel-group tunnels unless
    untrust update user-identity username verified version virtual waiting windows written
    """.split()  # noqa: SIM905 -- two hundred lines otherwise
)
_LONG_ENOUGH = 6


def rare(value: str) -> bool:
    """Whether a secret of this value is to be masked by value, and not by its place alone.

    Shorter ones, and words of configurations and reports, stand in too many innocent places.
    """
    return len(value) >= _LONG_ENOUGH and value.casefold() not in _WORDS
