"""The table of exec commands: what runs when one of `rules_exec` is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.ios.exec_change import CHANGE
from appliance.lab.ios.exec_files import FILES
from appliance.lab.ios.exec_network import NETWORK
from appliance.lab.ios.exec_session import SESSION
from appliance.lab.ios.exec_show import SHOW
from appliance.lab.ios.exec_vpn import VPN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.cisco.grammar import Match
    from appliance.lab.ios.cli import Cli

EXECS: Mapping[str, Callable[[Cli, Match], str]] = {
    **SESSION,
    **CHANGE,
    **FILES,
    **SHOW,
    **NETWORK,
    **VPN,
}
