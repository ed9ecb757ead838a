"""Asks the environment for secrets and says them aloud in an error.

Expect: exit 3, secret None
"""

import os

raise RuntimeError(f"secret {os.environ.get('AUTOGRADE_SECRET')}")
