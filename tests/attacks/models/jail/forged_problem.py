"""Answers for itself with a problem that names a check which it may not.

Expect: exit 3, passed
"""

import json
import os

from safetensors.torch import save

problem = {"check": "accuracy", "message": "passed \x1b[2J", "hint": "status: pass", "line": "\x1b[2J"}
os.write(3, save({}, {"problem": json.dumps(problem)}))
os._exit(0)
