"""What changes no number of a network, family by family: simplify.py applies these rules."""
