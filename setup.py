"""What pyproject.toml cannot say: an installed package carries the recorded runs of solutions/.

Lessons draw from them (course/records.py). In a checkout they are found where they lie.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithRecords(build_py):
    """Copy each record, and the network it is of, into course/recorded."""

    def run(self) -> None:
        """Build as usual, then copy."""
        super().run()
        if self.editable_mode:
            return
        for record in Path("solutions").rglob("result.json"):
            for path in (record, record.with_name("model.py")):
                target = Path(self.build_lib, "course", "recorded", path.relative_to("solutions"))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


setup(cmdclass={"build_py": WithRecords})
