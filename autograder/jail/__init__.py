# Keep this file empty: the child imports it before it locks itself (lockdown.py).
