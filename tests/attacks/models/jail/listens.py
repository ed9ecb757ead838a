"""Listens on a port, for whoever comes later.

Expect: exit 3, PermissionError
"""

import socket

server = socket.socket()
server.bind(("0.0.0.0", 8000))
server.listen()
