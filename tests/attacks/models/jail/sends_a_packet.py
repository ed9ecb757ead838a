"""Sends a datagram, for which no connection is needed.

Expect: exit 3, PermissionError
"""

import socket

socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"the digits", ("127.0.0.1", 9))
