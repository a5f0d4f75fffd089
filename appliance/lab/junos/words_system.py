"""The other statements of a Junos configuration: the box itself, and what the lab only keeps."""

FIRST = """
version = text
groups
  <name>
apply-groups * name
"""
SYSTEM = """
system
  host-name = text
  domain-name = text
  domain-search * text
  root-authentication
    encrypted-password = text @secret
    ~ ssh-rsa ssh-ed25519 ssh-ecdsa plain-text-password no-public-keys
  ~ backup-router time-zone no-redirects ports location diag-port-authentication internet-options
  ~ authentication-order radius-server tacplus-server accounting name-resolution
  ~ max-configurations-on-flash max-configuration-rollbacks archival autoinstallation
  ~ no-ping-record-route no-ping-time-stamp no-multicast-echo saved-core-files arp dump-device
  ~ license
  ~ dynamic-profile-options default-address-selection static-host-mapping packet-forwarding-options
  ~ processes phone-home security-profile compress-configuration-files auto-snapshot fips
  commit ...
  name-server
    <ip>
      routing-instance = name
      source-address = ip
  login
    ~ retry-options password idle-timeout
    class <name>
      ~ idle-timeout permissions allow-commands deny-commands allow-configuration
      ~ deny-configuration login-alarms
    user <name>
      full-name = text
      uid = int:100-64000
      class = text
      authentication
        encrypted-password = text @secret
        ~ ssh-rsa ssh-ed25519 ssh-ecdsa plain-text-password no-public-keys
    announcement = text
    message = text
  services
    ~ ftp telnet xnm-clear-text xnm-ssl dns dhcp dhcp-local-server rest outbound-ssh
    ~ extension-service
    ssh @alone
      root-login = allow|deny|deny-password
      no-tcp-forwarding !
      protocol-version * text
      max-sessions-per-connection = int:1-65535
      ~ ciphers macs key-exchange hostkey-algorithm client-alive-count-max client-alive-interval
      ~ log-key-changes sftp-server
      connection-limit = int:1-250
      rate-limit = int:1-250
    netconf
      ~ rfc-compliant yang-compliant traceoptions
      ssh ...
    web-management ...
  syslog
    ~ archive source-address time-format log-rotate-frequency console allow-duplicates
    user <name>
      <any> ...
    host <name>
      <any> ...
    file <name>
      <any> ...
  ntp
    ~ boot-server authentication-key trusted-key source-address broadcast multicast-client
    peer <ip>
      <any> ...
    server <ip>
      <any> ...
"""
CHASSIS = """
chassis ...
"""
# Kept in their place as they were typed.
KEPT = """
~ snmp forwarding-options event-options class-of-service firewall access smtp accounting-options
~ vlans ethernet-switching-options poe switch-options bridge-domains wlan unified-edge
~ dynamic-profiles
~ multi-chassis jsrc diameter virtual-chassis logical-systems tenants services
"""
