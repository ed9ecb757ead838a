"""Inside the jail: model.py in, graph and recipe out.

    answer = main(b'{"net": null}\n' + source)     # bytes for graph/answer.py

This is the one place where a student's Python runs. There is nothing to steal and nothing to
change, and what comes out is data that the grader reads as if an enemy had written it. All the
checks here are there to help honest students find a mistake; none of them is a defence.
"""

import json
import warnings
from functools import cache
from types import ModuleType

import torch
from safetensors.torch import save
from torch import Tensor, fx, nn
from torch.export import Dim, ExportedProgram
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from autograder.capture.choosing import class_line, needed_arguments
from autograder.capture.comparison import (
    BATCH_SIZE,
    check_end,
    check_evaluation,
    compare,
    evaluates_as,
    images,
)
from autograder.capture.complaints import FREE_BATCH, NO_TORCHSCRIPT, failed_forward, not_available
from autograder.capture.loading import StudentFile
from autograder.capture.lowering import Lowering
from autograder.capture.rows import ROWS, give_rows, is_given_rows
from autograder.capture.running.clock import Clock, TimeUp
from autograder.capture.running.source import Source
from autograder.capture.running.standins import StandIn, StandInUsed
from autograder.capture.running.statements import RECIPE
from autograder.capture.tracebacks import line_in_trace, message_of, student_line
from autograder.checks.places.measure import parameters_of
from autograder.graph.nodes import Graph
from autograder.graph.submission import Submission, write
from autograder.problem import Problem
from autograder.source.lines import at, place

TORCH_LAYERS = "build it from torch.nn's layers and functions"
MOST_NAMED = 8  # layers that a remark lists
SECONDS = 20.0  # of work, from the network's class to its graph; a small one needs less than one


def main(request: bytes) -> bytes:
    """Answer a request (a JSON line, then the file's bytes) with a submission or a problem."""
    line, _, source = request.partition(b"\n")
    wanted = json.loads(line).get("net")
    try:
        prepare()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's warnings stop nothing
            return write(capture(source, wanted))
    except Problem as found:
        problem = found
    except BaseException as error:  # an error nobody expected: its student gets a sentence too
        problem = Problem("interface", no_graph(error), TORCH_LAYERS, student_line(error))
    return save({}, {"problem": json.dumps(problem.as_dict())})


def capture(raw: bytes, wanted: str | None = None) -> Submission:
    """Turn a student's file into a submission; `wanted` names its network where it has several."""
    with Clock() as clock, StudentFile(raw) as file:
        statements = file.run(clock)

        def count(network: nn.Module) -> int | None:
            if clock.work.count() > SECONDS / 2:
                return None  # there are many; the list is wanted more than the last counts
            try:
                return parameters_of(lower(network.train(), file))
            except Problem:
                return None

        try:
            with clock.allowing(SECONDS):
                recipe = read_recipe(file.module)
                name, network = file.pick(wanted, count)
                graph = graph_of(network, file)
        except StandInUsed as error:
            raise not_available(error.name, "the network", error) from None
        except TimeUp as up:
            where = place(up.line) if up.line else "the network"
            message = f"{where} was still running after {SECONDS:g} seconds"
            hint = "loops need an end, and training has no place in the network"
            raise Problem("interface", message, hint, up.line) from None
    return Submission(
        graph=graph,
        recipe=recipe,
        network=name,
        notes=remarks(network, graph, file.finder.names, statements.other_recipe),
        recipe_line=statements.recipe_line,
        recipe_lines=statements.recipe_lines,
        recipe_missed=statements.recipe_missed,
        skipped=file.source.skipped.told(),
    )


def graph_of(network: nn.Module, file: StudentFile) -> Graph:
    """Make the graph of a network, and check that it is the network."""
    check_forward(network, file.source)
    give_rows(network)
    try_out(network, file.source)
    check_layers(network, file.lines_of)
    graph = lower(network.train(), file)
    check_end(graph)
    if not evaluates_as(network, graph):
        check_evaluation(graph, lower(network.eval(), file))
    compare(network, graph)
    return graph


def remarks(
    network: nn.Module, graph: Graph, stand_ins: list[str], other_recipe: str
) -> tuple[str, ...]:
    """Say what a student should know although nothing is wrong."""
    notes = [other_recipe] if other_recipe else []
    if is_given_rows(network):
        notes.append(ROWS)
    if stand_ins:
        notes.append(f"stand-ins took the place of {', '.join(stand_ins)}")
    fixed = [name for name, tensor in graph.stored().items() if not tensor.requires_grad]
    if fixed:
        notes.append(
            f"fixed numbers are counted, drawn anew and trained like weights: {', '.join(fixed)}"
        )
    if unused := unused_numbers(network, graph):
        named = [f"{name} ({count:,})" for name, count in unused.items()]
        more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        notes.append(
            f"forward never uses {', '.join(named[:MOST_NAMED])}{more}: torchinfo and "
            "sum(p.numel()) count that, the grader does not"
        )
    return tuple(notes)


def unused_numbers(network: nn.Module, graph: Graph) -> dict[str, int]:
    """Return how many parameters the graph leaves out, by the name of their layer."""
    # By identity: a tied weight is in the graph under one of its names only.
    used = {id(tensor) for tensor in graph.tensors.values()}
    unused: dict[str, int] = {}
    # nn.Module's own method: the student's class may have another one of this name.
    for name, parameter in nn.Module.named_parameters(network):
        if id(parameter) not in used:
            layer = name.rpartition(".")[0] or name
            unused[layer] = unused.get(layer, 0) + parameter.numel()
    return unused


@cache
def prepare() -> None:
    """Load all that torch.export loads when it is first used: seconds, and not the student's.

    A jailed child does so before it reads its request, and so perhaps before there is one.
    """
    torch.set_num_threads(1)  # sums in the same order, whatever the machine
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(nn.Conv2d(1, 1, 1))


def read_recipe(module: ModuleType) -> object:
    """Return the student's RECIPE as plain JSON, whatever it is."""
    recipe: object = getattr(module, RECIPE, None)
    if hasattr(recipe, "as_dict"):
        recipe = recipe.as_dict()
    try:
        recipe = json.loads(json.dumps(recipe, default=as_word))
    except (TypeError, ValueError, RecursionError):
        recipe = f"<{type(recipe).__name__}>"
    return recipe


def as_word(value: object) -> str:
    """Write what is not JSON as a word: `InterpolationMode.BILINEAR` becomes `bilinear`."""
    if isinstance(value, StandIn):  # torchvision, whose words a recipe uses, is not there
        return value.__name__.rpartition(".")[2].lower()
    return f"<{getattr(value, '__name__', type(value).__name__)}>"


def check_forward(network: nn.Module, source: Source) -> None:
    """Check what can be seen without running: that forward exists, and takes images alone."""
    name, forward = type(network).__name__, type(network).forward
    if getattr(forward, "__name__", "") == "_forward_unimplemented":
        line = class_line(source, name)
        raise Problem("interface", f"{name} has no forward", "define `def forward(self, x):`", line)
    line = getattr(getattr(forward, "__code__", None), "co_firstlineno", None)
    needed = needed_arguments(forward)[2:]  # after self and the images
    if needed:
        message = f"forward needs more than the images: {', '.join(needed)}"
        raise Problem("interface", message, "give them defaults", line)


def check_layers(network: nn.Module, lines: dict[int, int]) -> None:
    """Refuse layers whose kind or settings cannot be captured."""
    for layer in network.modules():
        kind, line = type(layer).__name__, lines.get(id(layer))
        if isinstance(layer, torch.jit.ScriptModule):
            raise Problem("interface", "TorchScript cannot be read", NO_TORCHSCRIPT)
        if isinstance(layer, _BatchNorm):
            if layer.momentum is None:
                message = f"{at(line)}{kind} has momentum=None, which the grader cannot follow"
                raise Problem("interface", message, "give it a momentum, such as 0.1", line)
            if not layer.track_running_stats:
                message = f"{at(line)}{kind} keeps no running statistics"
                hint = "leave track_running_stats=True: evaluation may not use the other images"
                raise Problem("interface", message, hint, line)
        elif isinstance(layer, _InstanceNorm) and layer.track_running_stats:
            message = f"{at(line)}{kind} keeps running statistics"
            raise Problem("interface", message, "leave out track_running_stats=True", line)


def try_out(network: nn.Module, source: Source) -> None:
    """Run the network on two batches first: its own errors say more than torch.export's."""
    for count in (BATCH_SIZE, BATCH_SIZE - 1):  # two sizes, to find a fixed one
        try:
            scores = network.train()(images(count))
        except (Problem, StandInUsed):
            raise
        except SystemExit as error:
            message = "forward ends the program"
            raise Problem("interface", message, "remove the exit", student_line(error)) from None
        except Exception as error:
            problem = failed_forward(error, source)
            if count != BATCH_SIZE:
                problem.message = (
                    f"the network takes {BATCH_SIZE} images but not {count}: {problem.message}"
                )
                problem.hint = FREE_BATCH
            raise problem from None
        check_scores(scores, count)


def check_scores(scores: object, count: int) -> None:
    """Check that the network answers each image with ten scores."""
    if scores is None:
        hint = "end forward with `return x`"
        raise Problem("interface", "forward returns nothing", hint)
    if not isinstance(scores, Tensor):
        found = f"a {type(scores).__name__}"
        raise Problem(
            "interface", f"expected ten scores for each image, found {found}", "return one tensor"
        )
    if tuple(scores.shape) != (count, 10):
        wanted = f"({count}, 10) for {count} images"
        hint = "end with ten channels and flatten: `x.view(-1, 10)` or `torch.flatten(x, 1)`"
        # Often a map is left where one number for each image should be.
        positions, rest = divmod(scores.numel(), count * 10)
        if positions > 1 and not rest:
            hint = f"{positions} positions of each image are left: average over them before the end"
        if scores.ndim == 2 and scores.shape[1] == 10 and rest:
            hint = "answer every image: forward may drop none and double none"
        raise Problem("interface", f"expected scores {wanted}, found {tuple(scores.shape)}", hint)
    if scores.dtype != torch.float32:
        hint = "keep every number float32: remove .double(), .half() and dtype="
        raise Problem("interface", f"expected float32 scores, found {scores.dtype}", hint)


def lower(network: nn.Module, file: StudentFile) -> Graph:
    """Export the network in its present mode and translate the result."""

    def line_of(node: fx.Node) -> int | None:
        # An operation within one of torch's layers belongs to the line that made the layer, and any
        # other to the line of forward that called it.
        modules = list((node.meta.get("nn_module_stack") or {}).values())
        if modules:
            layer = find_layer(network, modules[-1][0])
            if layer is not None and type(layer).__module__.startswith("torch.nn"):
                return file.lines_of.get(id(layer))
        return line_in_trace(node.meta.get("stack_trace") or "")

    try:
        program = export(network)
    except (Problem, StandInUsed):
        raise
    except Exception as error:
        raise export_problem(error) from None
    return Lowering(program, line_of).graph()


def export(network: nn.Module) -> ExportedProgram:
    """Let torch.export record the network's operations, for a batch of any size."""
    shapes = ({0: Dim.DYNAMIC},)  # axis 0 of forward's first argument
    # Not strict: forward runs as ordinary Python. Strict mode would interpret its bytecode instead,
    # and refuse more of what students write.
    return torch.export.export(network, (images(BATCH_SIZE),), dynamic_shapes=shapes, strict=False)


def find_layer(network: nn.Module, path: str) -> nn.Module | None:
    """Find a layer by its dotted path, if it is one."""
    layer: object = network
    for name in path.split(".") if path else []:
        layer = getattr(layer, name.partition("@")[0], None)  # "conv@1": its second call
    return layer if isinstance(layer, nn.Module) else None


def export_problem(error: Exception) -> Problem:
    """Say why a network cannot become a graph, and what to write instead."""
    name, text, line = type(error).__name__, str(error), student_line(error)
    # torch raises few kinds of errors here, so their words have to tell them apart.
    if "DataDependent" in name or "data-dependent" in text or "_local_scalar_dense" in text:
        message = "the network decides by the values of a tensor (an `if`, a loop or `.item()`)"
        hint = "every image must take the same path through the network"
    elif "specialized" in text or "Constraints violated" in text:
        message = "the network fixes the batch size"
        hint = FREE_BATCH
    elif "ScriptModule" in text or "ScriptFunction" in text:
        message, hint = "TorchScript cannot be read", NO_TORCHSCRIPT
    elif ".numpy()" in text:
        message, hint = "numpy has no place in forward", "use torch's functions of the same names"
    else:
        message, hint = no_graph(error), TORCH_LAYERS
    return Problem("interface", at(line) + message, hint, line)


def no_graph(error: BaseException) -> str:
    """Say that a network cannot become a graph, for a reason in torch's words."""
    return f"the network cannot be turned into a graph: {type(error).__name__}: {message_of(error)}"
