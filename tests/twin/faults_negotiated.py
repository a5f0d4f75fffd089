"""Faults in what is negotiated: keys, proposals, versions."""

from __future__ import annotations

from tests.twin.texts import ASA, IOS, JUNOS, KEY, RRAS, SWAN, Edit, Fault, Form, cut, swap

_NO_V1 = "an S2S interface speaks IKEv2 only"
_SAME_HASH = "it has one word for both: see integrity"
_KEYS = swap(KEY, "Another-key-4711", KEY.lower())
_SWAN_IKE, _SWAN_ESP = "(?<!esp_)proposals = ", "esp_proposals = "
_GOOD = "aes256-sha256-modp2048$"


def _swan(key: str, *values: str, old: str = _GOOD) -> tuple[Edit, ...]:
    word = "esp_proposals" if key is _SWAN_ESP else "proposals"
    return swap(f"{key}{old}", *(f"{word} = {value}" for value in values))


KEYS = (
    Fault(
        name="another key",
        kind="key",
        first="psk",
        by=dict.fromkeys((IOS, ASA, JUNOS, RRAS, SWAN), _KEYS),
    ),
    Fault(
        name="no key",
        kind="key",
        first="psk",
        by={
            IOS: cut(r"^  pre-shared-key .*\n"),
            ASA: cut(r"^ ikev2 (?:remote|local)-authentication .*\n"),
            JUNOS: cut(r"^set security ike policy site-a-1 pre-shared-key .*\n"),
            RRAS: "a server never shows its key: none is told from an unknown one",
            SWAN: cut(r"^    secret = .*\n"),
        },
    ),
    Fault(
        name="another key, IKEv1",
        kind="key",
        first="psk",
        form=Form.V1_ROUTES,
        by={**dict.fromkeys((IOS, ASA, JUNOS, SWAN), _KEYS), RRAS: _NO_V1},
    ),
)

IKE = (
    Fault(
        name="IKE group",
        kind="ike-proposal",
        first="ike.proposals.groups",
        by={
            IOS: swap("^ group 14$", " group 2", " group 19", " group 20", " group 24"),
            ASA: swap("^ group 14$", " group 19", " group 20"),
            JUNOS: swap(
                "dh-group group14$", "dh-group group2", "dh-group group19", "dh-group group20"
            ),
            RRAS: swap(
                '"DHGroup": "Group14"',
                '"DHGroup": "Group2"',
                '"DHGroup": "ECP256"',
                '"DHGroup": "ECP384"',
            ),
            SWAN: _swan(
                _SWAN_IKE, "aes256-sha256-modp1024", "aes256-sha256-ecp256", "aes256-sha256-ecp384"
            ),
        },
    ),
    Fault(
        name="IKE cipher",
        kind="ike-proposal",
        first="ike.proposals.encryption",
        by={
            IOS: swap(
                "^ encryption aes-cbc-256$",
                " encryption aes-cbc-128",
                " encryption aes-cbc-192",
                " encryption 3des",
            ),
            ASA: swap("^ encryption aes-256$", " encryption aes", " encryption aes-192"),
            JUNOS: swap(
                "(?<=ike proposal site-a encryption-algorithm )aes-256-cbc",
                "aes-128-cbc",
                "aes-192-cbc",
                "3des-cbc",
            ),
            RRAS: swap(
                '"EncryptionMethod": "AES256"',
                *(f'"EncryptionMethod": "{x}"' for x in ("AES128", "AES192", "DES3")),
            ),
            SWAN: _swan(
                _SWAN_IKE,
                "aes128-sha256-modp2048",
                "aes192-sha256-modp2048",
                "3des-sha256-modp2048",
            ),
        },
    ),
    Fault(
        name="IKE integrity",
        kind="ike-proposal",
        first="ike.proposals.integrity",
        by={
            IOS: swap("^ integrity sha256$", " integrity sha1", " integrity sha384"),
            ASA: swap("^ integrity sha256$", " integrity sha", " integrity sha384"),
            JUNOS: swap(
                "(?<=ike proposal site-a authentication-algorithm )sha-256", "sha1", "sha-384"
            ),
            RRAS: swap(
                '"IntegrityCheckMethod": "SHA256"',
                '"IntegrityCheckMethod": "SHA1"',
                '"IntegrityCheckMethod": "SHA384"',
            ),
            SWAN: _swan(_SWAN_IKE, "aes256-sha1-modp2048", "aes256-sha384-modp2048"),
        },
    ),
    Fault(
        name="PRF",
        kind="ike-proposal",
        first="ike.proposals.prf",
        by={
            IOS: swap("^ integrity sha256$", " integrity sha256\n prf sha384"),
            ASA: swap("^ prf sha256$", " prf sha384", " prf sha"),
            JUNOS: _SAME_HASH,
            RRAS: _SAME_HASH,
            SWAN: _swan(_SWAN_IKE, "aes256-sha256-prfsha384-modp2048"),
        },
    ),
    Fault(
        name="IKE cipher, IKEv1",
        kind="ike-proposal",
        first="ike.proposals.encryption",
        form=Form.V1_ROUTES,
        by={
            IOS: swap("^ encryption aes 256$", " encryption aes", " encryption 3des"),
            ASA: swap("^ encryption aes-256$", " encryption aes"),
            JUNOS: swap("(?<=ike proposal site-a encryption-algorithm )aes-256-cbc", "aes-128-cbc"),
            RRAS: _NO_V1,
            SWAN: _swan(_SWAN_IKE, "aes128-sha1-modp2048", old="aes256-sha1-modp2048$"),
        },
    ),
    Fault(
        name="IKE group, IKEv1",
        kind="ike-proposal",
        first="ike.proposals.groups",
        form=Form.V1_ROUTES,
        by={
            IOS: swap("^ group 14$", " group 2"),
            ASA: swap("^ group 14$", " group 5"),
            JUNOS: swap("dh-group group14$", "dh-group group2"),
            RRAS: _NO_V1,
            SWAN: _swan(_SWAN_IKE, "aes256-sha1-modp1024", old="aes256-sha1-modp2048$"),
        },
    ),
    Fault(
        name="IKE version",
        kind="peer-or-version",
        first="ike.version",
        by={
            IOS: swap("^ set ikev2-profile .*$", " !"),
            ASA: "its group policy then has no protocol that the tunnel group has keys for",
            JUNOS: swap("version v2-only$", "version v1-only"),
            RRAS: _NO_V1,
            SWAN: swap("^    version = 2$", "    version = 1"),
        },
    ),
)

ESP = (
    Fault(
        name="ESP cipher",
        kind="esp-proposal",
        first="esp.proposals.encryption",
        by={
            IOS: swap("esp-aes 256 ", "esp-aes ", "esp-aes 192 ", "esp-3des "),
            ASA: swap(
                "^ protocol esp encryption aes-256$",
                " protocol esp encryption aes",
                " protocol esp encryption aes-192",
            ),
            JUNOS: swap(
                "(?<=ipsec proposal site-a encryption-algorithm )aes-256-cbc",
                "aes-128-cbc",
                "aes-192-cbc",
            ),
            RRAS: swap(
                '"CipherTransformConstants": "AES256"',
                '"CipherTransformConstants": "AES128"',
                '"CipherTransformConstants": "DES3"',
            ),
            SWAN: _swan(_SWAN_ESP, "aes128-sha256-modp2048", "3des-sha256-modp2048"),
        },
    ),
    Fault(
        name="ESP integrity",
        kind="esp-proposal",
        first="esp.proposals.integrity",
        by={
            IOS: swap("esp-sha256-hmac$", "esp-sha-hmac", "esp-sha384-hmac"),
            ASA: swap("^ protocol esp integrity sha-256$", " protocol esp integrity sha-1"),
            JUNOS: swap("hmac-sha-256-128$", "hmac-sha1-96"),
            RRAS: swap('"SHA256128"', '"SHA196"'),
            SWAN: _swan(_SWAN_ESP, "aes256-sha1-modp2048", "aes256-sha384-modp2048"),
        },
    ),
    Fault(
        name="ESP cipher, IKEv1",
        kind="esp-proposal",
        first="esp.proposals.encryption",
        form=Form.V1_ROUTES,
        by={
            IOS: swap("esp-aes 256 ", "esp-aes ", "esp-3des "),
            ASA: swap("esp-aes-256 ", "esp-aes "),
            JUNOS: swap(
                "(?<=ipsec proposal site-a encryption-algorithm )aes-256-cbc", "aes-128-cbc"
            ),
            RRAS: _NO_V1,
            SWAN: _swan(_SWAN_ESP, "aes128-sha1", old="aes256-sha1$"),
        },
    ),
    Fault(
        name="no PFS",
        kind="rekey",
        first="esp.pfs_group",
        by={
            IOS: cut(r"^ set pfs group14\n"),
            ASA: cut(r"^ set pfs group14\n"),
            JUNOS: cut(r"^set security ipsec policy site-a-1 perfect-forward-secrecy .*\n"),
            RRAS: swap('"PfsGroup": "PFS2048"', '"PfsGroup": "None"'),
            SWAN: _swan(_SWAN_ESP, "aes256-sha256"),
        },
    ),
    Fault(
        name="another PFS group",
        kind="rekey",
        first="esp.pfs_group",
        by={
            IOS: swap("^ set pfs group14$", " set pfs group19", " set pfs group24"),
            ASA: swap("^ set pfs group14$", " set pfs group19", " set pfs group20"),
            JUNOS: swap("secrecy keys group14$", "secrecy keys group19", "secrecy keys group2"),
            RRAS: swap('"PfsGroup": "PFS2048"', '"PfsGroup": "ECP256"', '"PfsGroup": "ECP384"'),
            SWAN: _swan(_SWAN_ESP, "aes256-sha256-ecp256", "aes256-sha256-modp1024"),
        },
    ),
    Fault(
        name="PFS, IKEv1",
        kind="esp-proposal",
        first="esp.pfs_group",
        form=Form.V1_ROUTES,
        by={
            IOS: swap("^ set isakmp-profile ", " set pfs group14\n set isakmp-profile "),
            ASA: swap("^ set ikev1 transform-set ", " set pfs group14\n set ikev1 transform-set "),
            JUNOS: swap(
                "^(set security ipsec policy site-a-1) proposals site-a$",
                r"\1 proposals site-a\n\1 perfect-forward-secrecy keys group14",
            ),
            RRAS: _NO_V1,
            SWAN: _swan(_SWAN_ESP, "aes256-sha1-modp2048", old="aes256-sha1$"),
        },
    ),
)
