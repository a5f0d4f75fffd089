"""From tunnels to Junos statements: what `place`, `render` and `change` are made of."""
