"""From tunnels to IOS text: what `place`, `render` and `change` are made of."""
