"""From tunnels to the files of a Linux host: what `place`, `render` and `change` are made of."""
