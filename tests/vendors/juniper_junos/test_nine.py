"""The `$9$` codec: what was stored comes back, whatever the salt; what was damaged does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.juniper_junos.nine import decode, encode

SALTS = "QzF3n6/9CAtpu0OB1IREhcSyrleKvMW8LXx7N-dVbwsY2g4oaJZGUDjiHkq.mPf5T"


@given(st.text(min_size=1, max_size=128), st.text(SALTS, min_size=1, max_size=4))
def test_what_was_encoded_is_decoded(key: str, salt: str) -> None:
    stored = encode(key, salt)
    assert stored.startswith("$9$")
    assert decode(stored) == key


@pytest.mark.parametrize(
    ("stored", "key"),
    [
        ("$9$LbHX-wg4Z", "lc"),
        ("$9$iH.5n/t0ORTQu1RhKvjHqmTzAp0", "hub-key-7"),
        ("$9$Q6FQF3/IEyMLNSrWxNbY2Hk.P5FuORrev0O1R", "Azure-Key-1!"),
    ],
)
def test_known_strings(stored: str, key: str) -> None:
    assert decode(stored) == key


def test_the_salt_decides_how_a_key_looks() -> None:
    assert len({encode("one key", salt) for salt in SALTS}) == len(SALTS)


@pytest.mark.parametrize(
    "stored", ["$9$", "$9$Q", "$9$QzF3n6/9C~", "$9$Q6FQF3/IEyMLNSrWxNbY2Hk.P5FuORrev0O1", "$9$ü"]
)
def test_a_damaged_string_is_no_key(stored: str) -> None:
    assert decode(stored) is None
