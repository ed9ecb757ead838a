"""Ends its process with a code that means a fault of the grader's, past every handler.

Expect: exit 3, the file
"""

import os

os._exit(5)
