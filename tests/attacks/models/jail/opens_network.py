"""Calls home for pretrained weights.

Seen: network and package installs in a submission. There is no socket in the jail.
Expect: exit 3, PermissionError
"""

import socket

socket.create_connection(("127.0.0.1", 80), timeout=1)
