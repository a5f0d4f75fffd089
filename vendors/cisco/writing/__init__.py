"""From tunnels to statements: the mechanics that writing IOS and ASA have in common."""
