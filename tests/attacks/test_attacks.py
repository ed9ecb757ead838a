"""One file per way to cheat, each run through the real pipeline; its first lines say what happens.

The grader's answer must be the one the file expects: an exit code, and words of the verdict.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = sorted((Path(__file__).parent / "models").glob("*.py"))
EXPECTED = re.compile(r"^Expect: exit (\d), (.+)$", re.MULTILINE)


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_an_attack_gets_the_answer_it_deserves(model: Path, tmp_path: Path) -> None:
    [(code, words)] = EXPECTED.findall(model.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", "check", str(model), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "AUTOGRADE_HOME": str(tmp_path), "AUTOGRADE_SECRET": "the class's key"},
    )
    assert done.returncode == int(code), done.stderr
    document = json.loads(done.stdout)  # the grader's document and nothing of the student's
    assert not document["passed"]
    said = json.dumps(document["checks"], ensure_ascii=False)
    assert words in said, said
    assert "the class's key" not in done.stdout + done.stderr
