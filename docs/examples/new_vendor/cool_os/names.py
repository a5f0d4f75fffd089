"""Cool OS's spelling of algorithms, and its defaults: read by the writer and by the parser."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity

ENCRYPTION = {
    Encryption.AES128: "AES-128",
    Encryption.AES256: "AES-256",
    Encryption.AES256GCM: "AES-256-GCM",
}
HASH = {
    Integrity.SHA1: "SHA1",
    Integrity.SHA256: "SHA2-256",
    Integrity.SHA384: "SHA2-384",
}
GROUP = {
    DhGroup.MODP1024: "modp1024",
    DhGroup.MODP2048: "modp2048",
    DhGroup.ECP256: "ecp256",
    DhGroup.ECP384: "ecp384",
}

# "Cool OS Reference", chapter VPN, column "default". The device does not print what it defaults
# to; the parser fills it in, so that nothing after it ever sees "absent".
DEFAULTS = {
    "ike": "AES-128 SHA1 modp1024",
    "ike-life": "86400",
    "esp": "AES-128 SHA1",
    "rekey-seconds": "3600",
    "rekey-kilobytes": "never",
}
