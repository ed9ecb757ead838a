"""Inside the jail: model.py in, graph and recipe out.

This is the one place where a student's Python runs. It runs with nothing to steal and nothing to
change, and what it yields is data that the grader reads as if an enemy had written it. All the
checks here are diagnosis for honest students; none of them is a defence.
"""

import ast
import json
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from types import FrameType
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor, fx, nn
from torch.export import Dim, ExportedProgram
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from autograder.arguments import Refused, Value
from autograder.graph import Graph, Network, Submission, write
from autograder.loading import (
    FILENAME,
    FREE_BATCH,
    PLAIN,
    StudentFile,
    advice,
    required,
    said,
    stops,
    student_line,
    used_on,
)
from autograder.lowering import Lowering
from autograder.problem import Problem
from autograder.standins import StandIn, StandInUsed

BATCH = 4
LOST = "custom autograd functions, random numbers and state kept between calls are lost"
SECONDS = 20.0  # for the student's own code; a small network needs less than one


def main(request: bytes) -> bytes:
    """Answer a request (a JSON line, then the file's bytes) with a submission or a problem."""
    line, _, source = request.partition(b"\n")
    wanted = json.loads(line).get("net")
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's warnings are no errors here
            return write(capture(source, wanted))
    except Problem as told:
        problem = told
    except BaseException as error:  # a network that nobody thought of: still a sentence
        line_number = student_line(error)
        message = (
            f"the network cannot be turned into a graph: {type(error).__name__}: {said(error)}"
        )
        hint = "build it from torch.nn's layers and functions"
        problem = Problem("interface", message, hint, line_number)
    return save({}, {"problem": json.dumps(problem.as_dict())})


def capture(source: bytes, wanted: str | None = None) -> Submission:
    """Turn a student's file into a submission."""
    with time_limit() as limit, StudentFile(source) as file:
        limit("readable")
        file.run()
        recipe, recipe_line = read_recipe(file)
        limit("interface")
        network = file.pick(wanted)
        try:
            check_forward(network)
            try_out(network, file.text)
            check_layers(network, file.lines_of)
            training, evaluation = (lower(network.train(mode), file) for mode in (True, False))
            graph = one_graph(training, evaluation)
            compare(network, graph)
        except StandInUsed as error:
            message = f"the network uses {error.name}, which a submission does not have"
            line = student_line(error)
            raise Problem("interface", message, "write it with torch alone", line) from None
    notes = remarks(graph, file.finder.names)
    return Submission(graph, recipe, type(network).__name__, notes, recipe_line)


def remarks(graph: Graph, stand_ins: list[str]) -> tuple[str, ...]:
    """Say what a student should know although nothing is wrong."""
    notes = []
    if stand_ins:
        notes.append(f"stand-ins took the place of {', '.join(stand_ins)}")
    fixed = [name for name, tensor in graph.stored().items() if not tensor.requires_grad]
    if fixed:
        notes.append(
            f"fixed numbers are counted, shuffled and trained like weights: {', '.join(fixed)}"
        )
    return tuple(notes)


@contextmanager
def time_limit() -> Iterator[Callable[[str], None]]:
    """Stop the student's code after a while, wherever it is, and say on which line."""
    check = ["readable"]

    def stop(signum: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_filename != FILENAME:
            frame = frame.f_back
        line = frame.f_lineno if frame else None
        at = f"line {line}" if line else "the file"
        message = f"{at} was still running after {SECONDS:g} seconds"
        hint = 'training belongs under `if __name__ == "__main__":`, and loops need an end'
        raise Problem(check[0], message, hint, line)

    def start(name: str) -> None:
        check[0] = name
        # Again every second, for code that catches every exception.
        signal.setitimer(signal.ITIMER_REAL, SECONDS, 1.0)

    before = signal.signal(signal.SIGALRM, stop)
    try:
        yield start
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_recipe(file: StudentFile) -> tuple[Any, int | None]:
    """Return the student's RECIPE as plain JSON, whatever it is, and the line it is on."""
    recipe: Any = getattr(file.module, "RECIPE", None)
    if hasattr(recipe, "as_dict"):
        recipe = recipe.as_dict()
    try:
        recipe = json.loads(json.dumps(recipe, default=spelled))
    except (TypeError, ValueError, RecursionError):
        recipe = f"<{type(recipe).__name__}>"
    lines = [
        node.lineno
        for node in ast.parse(file.text).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and "RECIPE" in ast.unparse(node).split("=")[0]
    ]
    return recipe, lines[-1] if lines else None


def spelled(value: Any) -> str:
    """Spell what is not JSON: `InterpolationMode.BILINEAR` becomes its own last word."""
    if isinstance(value, StandIn):
        return value.__name__.rpartition(".")[2].lower()
    return f"<{getattr(value, '__name__', type(value).__name__)}>"


def images(count: int) -> Tensor:
    """Draw a batch of stand-in images: (count, 1, 28, 28)."""
    return torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))


def check_forward(network: nn.Module) -> None:
    """Check what can be seen without running: forward's arguments, BatchNorm's settings."""
    name, forward = type(network).__name__, type(network).forward
    if getattr(forward, "__name__", "") == "_forward_unimplemented":
        raise Problem("interface", f"{name} has no forward", "define `def forward(self, x):`")
    line = getattr(getattr(forward, "__code__", None), "co_firstlineno", None)
    needed = required(forward)[2:]
    if needed:
        message = f"forward needs more than the images: {', '.join(needed)}"
        raise Problem("interface", message, "give them defaults", line)


def check_layers(network: nn.Module, lines: dict[int, int]) -> None:
    """Check the settings of norms that cannot be captured."""
    for layer in network.modules():
        kind, line = type(layer).__name__, lines.get(id(layer))
        at = f"line {line}: " if line else ""
        if isinstance(layer, torch.jit.ScriptModule):
            raise Problem("interface", "TorchScript cannot be read", PLAIN)
        if isinstance(layer, _BatchNorm):
            if layer.momentum is None:
                message = f"{at}{kind} averages over all batches (momentum=None)"
                raise Problem("interface", message, "give it a momentum, such as 0.1", line)
            if not layer.track_running_stats:
                message = f"{at}{kind} keeps no running statistics"
                hint = "leave track_running_stats=True: evaluation may not use the other images"
                raise Problem("interface", message, hint, line)
        elif isinstance(layer, _InstanceNorm) and layer.track_running_stats:
            message = f"{at}{kind} keeps running statistics"
            raise Problem("interface", message, "leave out track_running_stats=True", line)


def try_out(network: nn.Module, source: str) -> None:
    """Run the network as it is, so that its own errors come in its own words."""
    for count in (BATCH, BATCH - 1):
        try:
            scores = network.train()(images(count))
        except (Problem, StandInUsed):
            raise
        except SystemExit as error:
            message = "forward ends the program"
            raise Problem("interface", message, "remove the exit", student_line(error)) from None
        except Exception as error:
            line = student_line(error)
            at = f"line {line}" if line else "forward"
            message = f"{at} {stops(error)}"
            hint = "images arrive as (N, 1, 28, 28); print shapes on the way to find the misfit"
            hint = advice(error, source) or hint
            if count != BATCH:
                message = f"the network takes {BATCH} images but not {count}: {message}"
                hint = FREE_BATCH
            raise Problem("interface", message, hint, line) from None
        check_scores(scores, count)


def check_scores(scores: Any, count: int) -> None:
    """Check that the network answers each image with ten scores."""
    if not isinstance(scores, Tensor):
        found = f"a {type(scores).__name__}"
        raise Problem(
            "interface", f"expected ten scores for each image, found {found}", "return one tensor"
        )
    if tuple(scores.shape) != (count, 10):
        wanted = f"({count}, 10) for {count} images"
        hint = "end with ten channels and flatten: `x.view(-1, 10)` or `torch.flatten(x, 1)`"
        raise Problem("interface", f"expected scores {wanted}, found {tuple(scores.shape)}", hint)
    if scores.dtype != torch.float32:
        hint = "keep every number float32: remove .double(), .half() and dtype="
        raise Problem("interface", f"expected float32 scores, found {scores.dtype}", hint)


def lower(network: nn.Module, file: StudentFile) -> Graph:
    """Export the network in its present mode and translate the result."""

    def line_of(node: fx.Node) -> int | None:
        modules = list((node.meta.get("nn_module_stack") or {}).values())
        if modules:
            layer = find_layer(network, modules[-1][0])
            if layer is not None and type(layer).__module__.startswith("torch.nn"):
                return file.lines_of.get(id(layer))
        return used_on(node.meta.get("stack_trace") or "")

    try:
        program = export(network)
    except (Problem, StandInUsed):
        raise
    except Exception as error:
        raise export_problem(error) from None
    return Lowering(program, line_of).graph()


def export(network: nn.Module) -> ExportedProgram:
    """Let torch.export trace the network with a free batch size."""
    shapes = ({0: Dim.DYNAMIC},)
    # A short name for whichever argument forward takes; shapes follow its position.
    return torch.export.export(network, (images(BATCH),), dynamic_shapes=shapes, strict=False)


def find_layer(network: nn.Module, path: str) -> nn.Module | None:
    """Find a layer by its dotted path, if it is one."""
    layer: Any = network
    for name in path.split(".") if path else []:
        layer = getattr(layer, name.partition("@")[0], None)
    return layer if isinstance(layer, nn.Module) else None


def export_problem(error: Exception) -> Problem:
    """Say why a network cannot become a graph, and what to write instead."""
    name, text, line = type(error).__name__, str(error), student_line(error)
    at = f"line {line}: " if line else ""
    if "DataDependent" in name or "data-dependent" in text or "_local_scalar_dense" in text:
        message = "the network decides by the values of a tensor (an `if`, a loop or `.item()`)"
        hint = "every image must take the same path through the network"
    elif "specialized" in text or "Constraints violated" in text:
        message = "the network fixes the batch size"
        hint = FREE_BATCH
    elif "ScriptModule" in text or "ScriptFunction" in text:
        message, hint = "TorchScript cannot be read", PLAIN
    elif ".numpy()" in text:
        message, hint = "numpy has no place in forward", "use torch's functions of the same names"
    else:
        message = f"the network cannot be turned into a graph: {name}: {said(error)}"
        hint = "build it from torch.nn's layers and functions"
    return Problem("interface", at + message, hint, line)


def without_modes(graph: Graph) -> list[tuple[str, Any, int | None]]:
    """Write a graph in a form that dropout and BatchNorm's mode do not change, with lines."""
    numbers: dict[int, int] = {0: 0}
    rows: list[tuple[str, Any, int | None]] = []

    def renumbered(arg: Any) -> Any:
        if isinstance(arg, tuple):
            return tuple(renumbered(item) for item in arg)
        return Value(numbers[arg.index]) if isinstance(arg, Value) else arg

    for index, node in enumerate(graph.nodes, start=1):
        if node.operation.family == "dropout":
            numbers[index] = numbers[node.args["input"].index]
            continue
        args = {k: renumbered(v) for k, v in node.args.items() if k != node.operation.mode}
        rows.append((node.operation.name, args, node.line))
        numbers[index] = len(rows)
    while rows and rows[-1][0] in ("log_softmax", "softmax"):
        rows.pop()  # scores, probabilities and their logarithms rank the digits alike
    return rows


def one_graph(training: Graph, evaluation: Graph) -> Graph:
    """Return the training graph, of which evaluation may differ by dropout and BatchNorm alone."""
    last = training.nodes[training.output.index - 1]
    if last.operation.name == "softmax":
        message = f"line {last.line}: the network answers with probabilities (softmax)"
        hint = "return the scores themselves, or use log_softmax: the loss does the rest"
        raise Problem("interface", message, hint, last.line)
    for node in evaluation.nodes:
        mode = node.operation.mode
        if mode is None or not node.args[mode]:
            continue
        if node.operation.family == "dropout":
            message = f"line {node.line}: dropout is active in evaluation too"
            hint = "write F.dropout(x, p, training=self.training), or use nn.Dropout"
        else:
            message = f"line {node.line}: BatchNorm uses the batch's own statistics in evaluation"
            hint = "an answer may not depend on the other images: track running statistics"
        raise Problem("interface", message, hint, node.line)
    for ours, theirs in zip_longest(without_modes(training), without_modes(evaluation)):
        if ours is None or theirs is None or ours[:2] != theirs[:2]:
            line = (ours or theirs)[2]
            message = f"line {line}: the network computes something else in evaluation"
            hint = "only dropout and BatchNorm may differ; random numbers in forward do too"
            raise Problem("interface", message, hint, line)
    return training


def compare(network: nn.Module, graph: Graph) -> None:
    """Check that the graph is the student's network: same scores, same gradients."""
    try:
        rebuilt = Network(graph).train()
        x, labels = images(BATCH), torch.arange(BATCH)
        scores = []
        for net in (network.train(), network, rebuilt):
            torch.manual_seed(0)
            for tensor in graph.tensors.values():
                tensor.grad = None
            scores.append(net(x))
            F.cross_entropy(scores[-1], labels).backward()  # type: ignore[no-untyped-call]
            if net is network:
                theirs = {name: tensor.grad for name, tensor in graph.tensors.items()}
    except Refused as refusal:
        raise Problem("interface", str(refusal)) from None
    if not close(scores[1], scores[0]):
        message = "the network gives other scores when it is asked twice"
        raise Problem("interface", message, LOST)
    if not close(scores[2], scores[0]):
        message = "the graph of this network gives other scores than the network itself"
        raise Problem("interface", message, LOST)
    for name, tensor in graph.tensors.items():
        ours = getattr(rebuilt, rebuilt.names[name]).grad
        if tensor.requires_grad and not close(ours, theirs[name]):
            message = f"the graph of this network gives {name} another gradient than the network"
            raise Problem("interface", message, LOST)


def close(ours: Tensor | None, theirs: Tensor | None) -> bool:
    """Compare two results of the same computation, either of which may be missing: zeros."""
    if ours is None or theirs is None:
        found = theirs if ours is None else ours
        return found is None or float(found.detach().abs().max()) < 1e-6
    limit = 1e-3 * float(theirs.detach().abs().max()) + 1e-5
    return ours.shape == theirs.shape and float((ours - theirs).detach().abs().max()) <= limit
