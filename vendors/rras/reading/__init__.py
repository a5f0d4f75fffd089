"""From a saved snapshot, or the text a person saved instead, to tunnels."""
