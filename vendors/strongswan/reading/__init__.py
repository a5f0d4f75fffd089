"""From the files of a Linux host to tunnels: what `parse` is made of."""
