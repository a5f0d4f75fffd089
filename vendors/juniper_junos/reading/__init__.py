"""How a Junos configuration is read: statements first, then what they say of tunnels."""
