"""Ends its process with the exit code of success.

Expect: exit 3, ends the program
"""

import sys

sys.exit(0)
