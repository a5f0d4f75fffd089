"""Every word of ours is one of charon's: a real one loads them, and lists what they mean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.model.algorithms import IkeVersion, Integrity, Prf
from appliance.model.tunnel import EspProposal, IkeProposal
from tests.strongswan.charon import Sandbox, sandbox
from vendors.strongswan import names
from vendors.strongswan.capabilities import _NO_IKE
from vendors.strongswan.reading.keys import encoded
from vendors.strongswan.settings import quoted
from vendors.strongswan.writing.statements import esp_word, ike_word

pytestmark = pytest.mark.twin

CONNECTION = """\
connections {{ c{number} {{
  proposals = {ike}
  children {{ k {{ esp_proposals = {esp}
  }} }}
}} }}
"""


@pytest.fixture(scope="module")
def host() -> Iterator[Sandbox]:
    with sandbox() as made:
        yield made


def _ike() -> list[str]:
    groups, ciphers = list(names.GROUPS), [one for one in names.ENCRYPTION if one not in _NO_IKE]
    hashes = list(names.INTEGRITY)
    found = []
    for at in range(max(len(groups), len(ciphers), len(hashes))):
        cipher, hash_ = ciphers[at % len(ciphers)], hashes[at % len(hashes)]
        proposal = IkeProposal(
            name="",
            encryption=(cipher,),
            integrity=() if cipher.aead else (hash_,),
            prf=(Prf(hashes[(at + at // 5) % len(hashes)].value),),
            groups=(groups[at % len(groups)],),
            lifetime_seconds=1,
        )
        found.append(ike_word(proposal, IkeVersion.V2))
    return found


def _esp() -> list[str]:
    groups, found = [None, *names.GROUPS], list[str]()
    for at, cipher in enumerate(names.ENCRYPTION):
        for hash_ in (Integrity.NONE,) if cipher.aead else tuple(names.INTEGRITY):
            proposal = EspProposal(name="", encryption=(cipher,), integrity=(hash_,))
            found.append(esp_word(proposal, groups[(at + len(found)) % len(groups)]))
    return found


def test_charon_loads_every_proposal_we_write(host: Sandbox) -> None:
    ike, esp = _ike(), _esp()
    size = max(len(ike), len(esp))
    text = "".join(
        CONNECTION.format(number=at, ike=ike[at % len(ike)], esp=esp[at % len(esp)])
        for at in range(size)
    )
    host.session.execute("cat >/etc/swanctl/conf.d/words.conf", text)
    said = host.session.run("swanctl --load-all")
    assert f"successfully loaded {size} connections" in said


def test_charon_knows_every_alias_we_read(host: Sandbox) -> None:
    aliases = [
        *(
            f"{word}-sha256-modp2048"
            for word, one in names.ENCRYPTION_ALIASES.items()
            if not one.aead
        ),
        *(
            f"{word}-prfsha256-modp2048"
            for word, one in names.ENCRYPTION_ALIASES.items()
            if one.aead
        ),
        *(f"aes128-{word}-modp2048" for word in names.INTEGRITY_ALIASES),
        *(f"aes128-sha256-{word}" for word in names.GROUP_ALIASES),
    ]
    text = "".join(
        CONNECTION.format(number=at, ike=word, esp="default") for at, word in enumerate(aliases)
    )
    host.session.execute("cat >/etc/swanctl/conf.d/words.conf", text)
    said = host.session.run("swanctl --load-all")
    assert f"successfully loaded {len(aliases)} connections" in said


def test_what_default_stands_for_is_what_charon_offers(host: Sandbox) -> None:
    """As its log lists it; words that the model has none for are left out of ours."""
    text = (
        "connections { d { remote_addrs = 203.0.113.10\n local_addrs = 203.0.113.10\n"
        " local { auth = psk }\n remote { auth = psk }\n children { k { } } } }\n"
        "secrets { ike { secret = x } }\n"
    )
    host.session.execute(
        "cat >/etc/swanctl/conf.d/words.conf", text.replace("{ secret", "{\n secret")
    )
    host.session.run("swanctl --load-all")
    host.session.execute("swanctl --initiate --ike d --child k --timeout 1", "")
    offered = host.log("box").partition("configured proposals: ")[2].partition("\n")[0]
    classic, aead = (one.removeprefix("IKE:").split("/") for one in offered.split(", "))
    ours = [word.split("-") for word in names.DEFAULT_IKE]
    for spelled, real in zip(ours, (classic, aead), strict=True):
        assert [_charons(word) for word in spelled] == [
            word for word in real if word in {_charons(one) for one in spelled}
        ]


def _charons(word: str) -> str:
    """A keyword as charon's log writes it."""
    if word.startswith("prf"):
        return f"PRF_HMAC_{_hash(word.removeprefix('prf'))}"
    if word.startswith("sha"):
        bits = {"sha1": "96", "sha256": "128", "sha384": "192", "sha512": "256"}[word]
        return f"HMAC_{_hash(word)}_{bits}"
    if word.endswith("gcm16"):
        return f"AES_GCM_16_{word[3:6]}"
    if word.startswith("aes"):
        return f"AES_CBC_{word[3:]}"
    number = word.lstrip("abcdefghijklmnopqrstuvwxyz")
    return "3DES_CBC" if word == "3des" else f"{word.removesuffix(number).upper()}_{number}"


def _hash(word: str) -> str:
    return "SHA1" if word == "sha1" else f"SHA2_{word.removeprefix('sha')}"


@pytest.mark.parametrize("key", ["0xabc", "0Sabc", 'a"b\\c#d{e}f=g', " blank ", "'", "ends\\"])
def test_a_key_is_the_same_to_charon(host: Sandbox, key: str) -> None:
    """Both ends are given it, one as we write it, one in hexadecimal: they meet."""
    ours = quoted(encoded(key))
    theirs = f"0x{key.encode().hex()}"
    for secret, run, peer, own, nets in (
        (ours, host.session.run, "198.51.100.7", "203.0.113.10", ("10.10.0.0/16", "10.20.0.0/16")),
        (theirs, host.azure, "203.0.113.10", "198.51.100.7", ("10.20.0.0/16", "10.10.0.0/16")),
    ):
        text = (
            f"connections {{ k {{ remote_addrs = {peer}\n local_addrs = {own}\n encap = yes\n"
            " local { auth = psk }\n remote { auth = psk }\n"
            f" children {{ k {{ local_ts = {nets[0]}\n remote_ts = {nets[1]}\n }} }} }} }}\n"
            f"secrets {{ ike-k {{ secret = {secret}\n }} }}\n"
        )
        path = "/run/azure/swanctl.conf" if own.startswith("198") else "/run/box.conf"
        host.session.execute(f"cat >{path}", text)
        run(f"swanctl --load-all --clear --file {path}")
    host.session.run("swanctl --initiate --ike k --child k --timeout 5")
    host.session.run("swanctl --terminate --ike k --timeout 2")
