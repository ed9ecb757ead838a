"""Find the network in a student's file, once the file has run.

A file may hold many networks: graded is the one that was asked for by name, else `Net`, else the
only one that turns images into ten scores. Otherwise the student gets a list to choose from.

A network is a class that needs no arguments, or one that the file itself builds somewhere:
`model = Net(784, 10)`. In a file without such a class it is what stands there ready:
`model = nn.Sequential(…)`.
"""

import ast
import inspect
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

import torch
from torch import nn

from autograder.capture.complaints import advice, failed_forward, package_problem, what_failed
from autograder.capture.rows import give_rows
from autograder.capture.running.skipped import Skip
from autograder.capture.running.source import Source
from autograder.capture.running.standins import missing_base
from autograder.capture.tracebacks import FILENAME, student_line
from autograder.problem import Problem
from autograder.source.lines import at

MOST_LISTED = 20
Count = Callable[[nn.Module], int | None]  # a network's parameters as the grader counts them


class Choice:
    """The networks of a file, and which of them to grade."""

    def __init__(self, module: ModuleType, source: Source) -> None:
        self.source, self.names = source, vars(module)
        # A class that was imported (nn.Module itself, say) belongs to another module.
        own = {
            name: value
            for name, value in self.names.items()
            if isinstance(value, type) and value.__module__ == module.__name__
        }
        self.classes = {n: cls for n, cls in own.items() if issubclass(cls, nn.Module)}
        # Classes that would be networks only with a package that is missing here.
        self.foreign = {
            name: cls for name, cls in own.items() if missing_base(cls) and name not in self.classes
        }
        self.ready_made = {
            name: value
            for name, value in self.names.items()
            if isinstance(value, nn.Module) and type(value) not in self.classes.values()
        }
        self.tried: dict[str, nn.Module | Problem] = {}  # by name: the network, or why not
        self.built_by: dict[str, ast.Call] = {}  # by class: the file's call, where it took one

    def pick(self, wanted: str | None, count: Count) -> tuple[str, nn.Module]:
        """Build the network to grade: the named one, `Net`, or the only one that works."""
        name = wanted or "Net"
        skip = self.source.skipped.lost.get(name)
        # An earlier class of that name is not what the file hands in.
        if skip is not None and (skip.why.kind != "not run" or name not in self.classes):
            raise Problem("interface", skip.would_make(name), skip.cause.hint, skip.first)
        if name in self.foreign:
            raise self.derives_from_missing(name)
        if name in self.classes:
            return name, self.build(name)
        if wanted is not None and name in self.ready_made:
            return name, self.ready_made[name]
        if wanted is not None:
            message = f"there is no network {wanted!r} in this file"
            raise Problem("interface", message, self.choices(count))
        if len(self.classes) == 1 and not self.ready_made:
            [name] = self.classes
            return name, self.build(name)
        # Blocks need arguments or return maps, so the network itself may be the only one ready.
        ready = self.ready()
        if len(ready) == 1:
            [found] = ready.items()
            return found
        if ready:
            message = f"there is no class `Net` among the {len(ready)} networks of this file"
            raise Problem("interface", message, self.choices(count))
        if len(self.classes) == 1:  # what is wrong with it is told when it is tried out
            [name] = self.classes
            return name, self.build(name)
        raise self.none_ready() if self.classes else self.no_network()

    def ready(self) -> dict[str, nn.Module]:
        """Return the networks that can be used as they are, in the file's order."""
        for name in self.classes:
            if name not in self.tried:
                self.tried[name] = self.build_and_try(name)
        found = {n: made for n, made in self.tried.items() if isinstance(made, nn.Module)}
        if found:
            return found
        # Losses and single layers are ready too, but turn no images into scores.
        tried = {name: tried_out(name, made, self.source) for name, made in self.ready_made.items()}
        return {name: made for name, made in tried.items() if isinstance(made, nn.Module)}

    def choices(self, count: Count) -> str:
        """List the networks to choose from, with their numbers of parameters."""
        found = []
        for name, network in list(self.ready().items())[:MOST_LISTED]:
            counted = count(network)
            found.append(f"{name} ({counted:,} parameters)" if counted is not None else name)
        if not found:
            return "name the network's class `Net`, and let it need no arguments"
        return f"pick one with --net NAME: {', '.join(found)}"

    def none_ready(self) -> Problem:
        """Say why none of several networks can be used, with the reason of the likeliest one."""
        # Blocks come first in a file and need arguments; the network that joins them comes last.
        whole = [n for n, cls in self.classes.items() if not constructor_needs(cls)]
        name = (whole or list(self.classes))[-1]
        problem = self.tried[name]
        assert isinstance(problem, Problem)
        many = f"none of the {len(self.classes)} networks of this file can be used as it is"
        why = problem.message if name in problem.message else f"{name}: {problem.message}"
        return Problem("interface", f"{many}: {why}", problem.hint, problem.line)

    def derives_from_missing(self, name: str) -> Problem:
        """Say that a network derives from a class of a package that is not there."""
        base, line = missing_base(self.foreign[name]), class_line(self.source, name)
        message = f"{at(line)}{name} derives from {base}, which a submission does not have"
        return Problem("interface", message, f"write `class {name}(nn.Module)`", line)

    def no_network(self) -> Problem:
        """Say why there is no network: it may be inside a function, or need a missing package."""
        for name, cls in self.foreign.items():
            if hasattr(cls, "forward"):
                return self.derives_from_missing(name)
        for function in self.source.nodes():
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.ClassDef) and "Module" in " ".join(
                    map(ast.unparse, node.bases)
                ):
                    message = f"{at(node.lineno)}{node.name} is hidden inside {function.name}()"
                    hint = "define the class at the left edge of the file"
                    return Problem("interface", message, hint, node.lineno)
        hint = "define `class Net(nn.Module)`; `autograde new` writes one to start from"
        message = "there is no network in this file"
        told = self.source.skipped.told()
        return Problem("interface", f"{message}; {told}" if told else message, hint)

    # ---- one of them -------------------------------------------------------------------------

    def build(self, name: str) -> nn.Module:
        """Make a network from its class, as the file does where it needs arguments."""
        cls = self.classes[name]
        needed = constructor_needs(cls)
        if needed and (made := self.built_by_the_file(name)):
            return made
        if needed:
            message = f"{name} needs arguments: {', '.join(needed)}"
            hint = f"give them defaults, or build it in the file: `net = {name}(…)`"
            raise Problem("interface", message, hint, constructor_line(cls))
        try:
            torch.manual_seed(0)  # the same file must give the same submission
            return cls()
        except Problem:
            raise
        except SystemExit as error:
            message = f"{name}() ends the program"
            raise Problem("interface", message, "remove the exit", student_line(error)) from None
        except Exception as error:
            if problem := package_problem(name, error):
                raise problem from None
            message = f"{name}() {what_failed(error, self.source)}"
            hint = advice(error, self.source) or f"try `{name}()` in a Python prompt"
            raise Problem("interface", message, hint, student_line(error)) from None

    def built_by_the_file(self, name: str) -> nn.Module | None:
        """Make a network with the arguments of the file's own call that makes it, the last one."""
        for call in reversed(self.calls_of(name)):
            code = compile(ast.Expression(call), FILENAME, "eval", dont_inherit=True)
            with suppress(Exception, SystemExit):  # with names of a function, say
                torch.manual_seed(0)
                made = eval(code, self.names)  # noqa: S307  the student's own words
                if isinstance(made, nn.Module):
                    self.built_by[name] = call
                    return made
        return None

    def calls_of(self, name: str) -> list[ast.Call]:
        """Find the calls that make a network, but for those that make it a part of another."""
        steps = [step for step in self.source.steps if not isinstance(step, Skip | ast.ClassDef)]
        calls = [n for step in steps for n in ast.walk(step) if isinstance(n, ast.Call)]
        found = [call for call in calls if getattr(call.func, "id", None) == name]
        return sorted(found, key=lambda call: call.lineno)

    def build_and_try(self, name: str) -> nn.Module | Problem:
        """Build a network and run it on two images; return it, or the problem with it."""
        try:
            network = self.build(name)
        except Problem as problem:
            return problem
        return tried_out(name, network, self.source)


def tried_out(name: str, network: nn.Module, source: Source) -> nn.Module | Problem:
    """Run a network on two images; return it, or the problem with it."""
    give_rows(network)
    try:
        with torch.no_grad():
            scores = network.eval()(torch.zeros(2, 1, 28, 28))
    except (Exception, SystemExit) as error:
        return package_problem(name, error) or failed_forward(error, source)
    if isinstance(scores, torch.Tensor) and scores.numel() == 20:
        return network.train()
    hint = "end with ten channels and flatten: `torch.flatten(x, 1)`"
    if isinstance(scores, torch.Tensor):
        found = f"the shape {tuple(scores.shape)}"
    elif scores is None:
        found, hint = "nothing", "end forward with `return x`"
    else:
        found, hint = f"a {type(scores).__name__}", "return one tensor"
    return Problem("interface", f"expected scores (2, 10) for 2 images, found {found}", hint)


def constructor_needs(cls: type[nn.Module]) -> list[str]:
    """List the arguments that a constructor cannot do without."""
    return needed_arguments(cls.__init__)[1:]


def needed_arguments(function: Callable[..., object]) -> list[str]:
    """List the arguments that a function cannot do without."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a built-in function may not say what it needs
        return []
    open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in open_ended]


def class_line(source: Source, name: str) -> int | None:
    """Return the line on which a class begins."""
    nodes = source.nodes()
    found = [n.lineno for n in nodes if isinstance(n, ast.ClassDef) and n.name == name]
    # A class that is defined twice is the later one.
    return found[-1] if found else None


def constructor_line(cls: type[nn.Module]) -> int | None:
    """Return the line on which a class's constructor begins."""
    code = getattr(cls.__init__, "__code__", None)
    return code.co_firstlineno if code is not None and code.co_filename == FILENAME else None
