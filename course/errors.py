"""Every error that a person may meet, in one family, and the exit codes of the command line.

Each error is a sentence: what was expected, what was found, what to do. Its class says who has to
act, and so which exit code a command ends with:

    class                       exit code
    Under8kError                5
    ├── UsageError              2   a wrong file, option or name; nothing has been run
    │   ├── AssignmentError         an instructor's rules
    │   ├── ClassError              a class folder or its gradebook
    │   ├── PlanError               a planned network's line
    │   ├── RecordError             the recorded run of a network
    │   └── SettingsError           what a user has set
    ├── SubmissionError         3   a student's file
    │   ├── Problem                 why it cannot be read or captured, with the line
    │   ├── RecipeError             its RECIPE
    │   ├── Refused                 the captured network, where it is not sound
    │   ├── StandInUsed             it computes with a package that is not there
    │   └── Training                it trains where the grader is to
    └── MachineError            5   this machine; it costs no student anything
        ├── DataError               the digits
        ├── DeviceError             the GPU that was asked for
        ├── HomeError               the folder that keeps results
        ├── JailError               the jail for students' code
        ├── ServerError             a class's server that does not answer as one
        └── Uncapturable            a training step that a GPU cannot record

tests/course/test_errors.py holds this tree against the classes.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How a command ends. Scripts and graders depend on these numbers."""

    PASSED = 0
    FAILED = 1  # a check failed
    USAGE = 2  # no such file, option or assignment
    UNREADABLE = 3  # the submission cannot be read or captured
    TIME = 4  # the time limit
    FAULT = 5  # a fault of the grader or the machine, never the student's
    STOPPED = 130  # Ctrl-C; as every shell has it


class Under8kError(Exception):
    """A sentence for a person, and the exit code that goes with it."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAULT


class UsageError(Under8kError):
    """Something was asked for that there is not: a file, an option, a name."""

    exit_code = ExitCode.USAGE


class SubmissionError(Under8kError):
    """A student's file cannot be graded as it is."""

    exit_code = ExitCode.UNREADABLE


class MachineError(Under8kError):
    """The machine cannot do what was asked of it."""
