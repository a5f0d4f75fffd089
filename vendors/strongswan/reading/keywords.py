"""Every keyword of swanctl.conf(5) and ipsec.conf(5): what is not here is not understood."""

from __future__ import annotations

_CONNECTION = """
aggressive childless dpd_delay dpd_timeout dscp encap fragmentation if_id_in if_id_out
keyingtries local_addrs local_port mediated_by mediation mediation_peer mobike ocsp over_time
pools ppk_id ppk_required proposals pull rand_time reauth_time rekey_time remote_addrs
remote_port send_cert send_certreq unique version vips
"""

_ROUND = """
aaa_id auth ca_id cacerts cert_policy certs eap_id groups id pubkeys revocation round xauth_id
"""

_CHILD = """
ah_proposals close_action copy_df copy_dscp copy_ecn dpd_action esp_proposals hostaccess
hw_offload if_id_in if_id_out inactivity interface ipcomp iptfs_reorder_window label label_mode
life_bytes life_packets life_time local_ts mark_in mark_in_sa mark_out mode per_cpu_sas policies
policies_fwd_out priority rand_bytes rand_packets rand_time rekey_bytes rekey_packets rekey_time
remote_ts replay_window reqid set_mark_in set_mark_out sha256_96 start_action tfc_padding updown
"""

_CONN = """
aaa_identity aggressive ah also auth authby auto closeaction compress dpdaction dpddelay
dpdtimeout eap_identity esp forceencaps fragmentation ike ikedscp ikelifetime inactivity
installpolicy keyexchange keyingtries keylife left leftallowany leftauth leftauth2 leftca
leftca2 leftcert leftcert2 leftcertpolicy leftdns leftfirewall leftgroups leftgroups2
lefthostaccess leftid leftid2 leftikeport leftnexthop leftprotoport leftsendcert leftsigkey
leftsourceip leftsubnet leftsubnetwithin leftupdown lifebytes lifepackets lifetime marginbytes
marginpackets margintime mark mark_in mark_out me_peerid mediated_by mediation mobike modeconfig
pfs pfsgroup reauth rekey rekeyfuzz rekeymargin replay_window reqid sha256_96 tfc type xauth
xauth_identity
"""

CONNECTION = frozenset(_CONNECTION.split())
"""Of a connection in swanctl.conf."""

ROUND = frozenset(_ROUND.split())
"""Of a round of authentication, local or remote."""

CHILD = frozenset(_CHILD.split())
"""Of a child."""

CONN = frozenset(_CONN.split())
"""Of a conn in ipsec.conf; what begins with left may begin with right instead."""
