"""What people see in a browser; a program is answered in api.py."""
