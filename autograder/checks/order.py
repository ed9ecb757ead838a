"""The checks that need no training, in order; each says what was expected, what was found, a hint.

    ready = study_all(study, report)    # `report` gets each Check as it is found

They look at data alone: the graph, its weights and the recipe. A failed one does not hide the
others, since a student mends several things at a time; only what it makes impossible is skipped.
"""

from collections.abc import Callable

from autograder.checks.cost import cost
from autograder.checks.network import interface, no_dense, parameters, required
from autograder.checks.recipe import recipe_fits
from autograder.checks.study import Study
from autograder.graph.arguments import Refused
from autograder.machine import memory_is_limited, ran_out
from autograder.problem import Problem
from autograder.verdict import SKIPPED, Check, CheckId
from autograder.words import summary_of

CheckFunction = Callable[[Study], Check]
ORDER: tuple[tuple[CheckId, CheckFunction, tuple[CheckId, ...]], ...] = (
    # A check, its function, and the checks that must have passed before it.
    ("interface", interface, ()),
    ("parameters", parameters, ("interface",)),
    ("no-dense", no_dense, ("interface",)),
    ("required", required, ("interface",)),
    ("recipe", recipe_fits, ("interface",)),
    ("cost", cost, ("interface", "recipe")),
)


def study_all(study: Study, report: Callable[[Check], None]) -> bool:
    """Run every check in order and report each; return whether training may begin."""
    failed: set[CheckId] = set()  # or skipped because another one failed
    for name, check, needs in ORDER:
        if name == "required" and not study.assignment.require:
            continue  # this assignment requires nothing
        blocked = not failed.isdisjoint(needs)
        found = Check(name, "skip", message=SKIPPED) if blocked else run_check(name, check, study)
        if blocked or found.bad:
            failed.add(name)
        report(found)
    return not failed


def run_check(name: CheckId, check: CheckFunction, study: Study) -> Check:
    """Run one check; torch's own complaint about a hostile graph is a failure, not a crash."""
    try:
        return check(study)
    except (Refused, Problem) as refusal:
        return Check(name, "fail", message=str(refusal))
    except Exception as error:
        if not ran_out(error):  # whatever torch raises where a graph makes no sense
            message = f"the network cannot run: {summary_of(error, 200)}"
            return Check(name, "fail", message=message)
        if memory_is_limited():
            most = f"{study.assignment.memory_gigabytes:g} GB"
            message = f"this network needs more than the {most} of memory allowed"
            return Check(name, "fail", message=message)
        return Check(name, "error", message="this machine ran out of memory")
