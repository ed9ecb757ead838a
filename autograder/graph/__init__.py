"""The network as data: written in the jail, read and rebuilt in the worker."""
