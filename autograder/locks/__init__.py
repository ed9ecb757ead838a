"""The locks of the jail: what the child closes behind itself, and whether they hold here."""
