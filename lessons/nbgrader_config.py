"""How nbgrader releases and grades the lessons.

A class folder loads it in one line; `make release` writes the file that holds it:

    load_subconfig("…/lessons/nbgrader_config.py")

A comment beside each setting says what differs from nbgrader's default, and why.
"""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader import preprocessors as usual

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # lessons/build.py is not installed with the package
# nbgrader runs the command alembic, which lies beside this Python and may not be on the PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

from autograder.classroom.notebooks.apart import at_once  # noqa: E402
from autograder.classroom.notebooks.door import GuardedCollect, guard  # noqa: E402
from autograder.classroom.notebooks.exports import SafeCsv  # noqa: E402
from autograder.classroom.notebooks.feedback import HideTests  # noqa: E402
from autograder.classroom.notebooks.late import LatePenalties  # noqa: E402
from autograder.classroom.notebooks.steps import JailedExecute, RestoredCells, TolerantIds  # noqa: E402
from lessons.build import BUILD, NamedStubs  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821  traitlets provides it

c.CourseDirectory.course_id = "under8k"
c.CourseDirectory.source_directory = str(BUILD / "source")  # built, never edited

# nbgrader's default steps, with NamedStubs for ClearSolutions, so that a stub names its exercise,
# and without InstantiateTests: the lessons' checks are written out.
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

# A submission may hold links to another student's work or to the solutions, pipes, a file of any
# size, folders a thousand deep. nbgrader collects, and grades, clean copies; each student alone.
guard()
c.Door.at_once = at_once()  # students, each in a process of their own
c.ExchangeFactory.collect = GuardedCollect
c.ExportApp.plugin_class = SafeCsv  # a student's name may be a formula, or hold a comma

# With TolerantIds and RestoredCells for nbgrader's own: cells that a student copied, deleted or
# stripped of their metadata are put right, and do not stop the grading of the others.
c.Autograde.sanitize_preprocessors = [
    usual.ClearOutput,
    TolerantIds,
    usual.OverwriteKernelspec,
    RestoredCells,
    usual.CheckCellMetadata,
]

# With JailedExecute for nbgrader's Execute: students' cells run in a jail, with no network, no file
# of the class, and limits on time and memory (autograder/classroom/notebooks/kernels.py). With
# LatePenalties for AssignLatePenalties: dates and penalties are those of the assignment's TOML, and
# extensions those of students.csv in the class's folder.
c.Autograde.autograde_preprocessors = [
    JailedExecute,
    usual.IgnorePattern,
    usual.LimitOutput,
    usual.SaveAutoGrades,
    LatePenalties,
    usual.CheckCellMetadata,
]
# With HideTests: feedback shows no hidden test, nor a traceback that quotes one.
c.GenerateFeedback.preprocessors = [usual.GetGrades, HideTests, CSSHTMLHeaderPreprocessor]
c.JailedExecute.timeout = 180  # seconds for one cell; nbgrader's own 30 is short for a training
c.JailedExecute.seconds = 900  # for a whole notebook
c.ByTheRules.rules = "under-8k"  # whose [late] holds for all lessons; the class's own file first
