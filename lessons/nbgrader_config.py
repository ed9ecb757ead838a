"""How nbgrader releases and grades the lessons.

A class folder loads it in one line; `make release` writes the file that holds it:

    load_subconfig("…/lessons/nbgrader_config.py")

What differs from nbgrader's usual way, and why, stands beside each line.
"""

import os
import sys
from pathlib import Path

from nbgrader import preprocessors as usual

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # the builder is not installed with the package
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # nbgrader runs alembic

from autograder.classroom.steps import JailedExecute, RestoredCells, TolerantIds, drop_links  # noqa: E402
from lessons.build import BUILD, NamedStubs  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821  traitlets provides it

c.CourseDirectory.course_id = "under8k"
c.CourseDirectory.source_directory = str(BUILD / "source")  # built, never edited

# A stub names its exercise.
c.GenerateAssignment.preprocessors = [
    usual.IncludeHeaderFooter,
    usual.LockCells,
    NamedStubs,
    usual.ClearOutput,
    usual.CheckCellMetadata,
    usual.ComputeChecksums,
    usual.SaveCells,
    usual.ClearHiddenTests,
    usual.ClearMarkScheme,
    usual.ComputeChecksums,
    usual.CheckCellMetadata,
]

# A link may lead to another student's work or to the solutions, and nbgrader would copy that.
c.Autograde.pre_convert_hook = drop_links

# Cells that a student copied, deleted or stripped are put right, and stop nobody else's grading.
c.Autograde.sanitize_preprocessors = [
    usual.ClearOutput,
    TolerantIds,
    usual.OverwriteKernelspec,
    RestoredCells,
    usual.CheckCellMetadata,
]

# Students' cells run in a jail: no network, no file of the class, limits (classroom/kernels.py).
c.Autograde.autograde_preprocessors = [
    JailedExecute,
    usual.IgnorePattern,
    usual.LimitOutput,
    usual.SaveAutoGrades,
    usual.AssignLatePenalties,
    usual.CheckCellMetadata,
]
c.JailedExecute.timeout = 180  # seconds for one cell; nbgrader's own 30 is short for a training
c.JailedExecute.seconds = 900  # for a whole notebook
