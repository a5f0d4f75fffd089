"""The table of faults: vendor by vendor how each is written, or why it does not occur there."""

from __future__ import annotations

from tests.twin import faults_bgp as bgp
from tests.twin import faults_negotiated as negotiated
from tests.twin import faults_passing as passing

FAULTS = (
    *negotiated.KEYS,
    *negotiated.IKE,
    *negotiated.ESP,
    *passing.ENDS,
    *passing.TRAFFIC,
    *passing.SELECTORS,
    *bgp.BGP,
)
