"""From tunnels to ASA text: what `place`, `render` and `change` are made of.

Kinds of `Tunnel.objects` beyond those that the reader tells (see `parse`): `acl lines` and
`group NAME` are the lines of our own access list and object groups (`own`), `added` the keys of
sections that this change brings to the device and its rollback takes away again (`place`),
`tcpmss before` the statement that the rollback restores, `route NETWORK` what follows network and
mask in a static route, `key wanted` that the key which the device hides does not serve, `permits`
the outside access list and the line to insert at, `loopback` the interface that BGP speaks from,
with its name.
"""
