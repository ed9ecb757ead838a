"""A submission may be any bytes: reading them yields a sound graph or a refusal, nothing else."""

import copy
import json
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from torch import Tensor

from autograder.checks.flow import follow_labels
from autograder.checks.probe import probe
from autograder.graph import fingerprint
from autograder.graph.answer import read_answer
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.reading import MOST_NODES, read
from autograder.graph.size import count
from autograder.graph.submission import Submission, write
from autograder.problem import Problem
from tests.helpers.networks import graph_of

TENSORS = {"conv.weight": torch.randn(10, 1, 3, 3), "bn.weight": torch.ones(10)}
CONV: dict[str, Any] = {
    "op": "conv2d",
    "args": {
        "input": {"value": 0},
        "weight": {"tensor": "conv.weight"},
        "bias": None,
        "stride": [4, 4],
        "padding": [0, 0],
        "dilation": [1, 1],
        "groups": 1,
    },
    "line": 8,
}
NORM: dict[str, Any] = {
    "op": "batch_norm",
    "args": {
        "input": {"value": 1},
        "weight": {"tensor": "bn.weight"},
        "bias": None,
        "running_mean": {"tensor": "bn.running_mean"},
        "running_var": {"tensor": "bn.running_var"},
        "training": True,
        "momentum": 0.1,
        "eps": 1e-5,
    },
    "line": 9,
}
MEAN: dict[str, Any] = {
    "op": "mean",
    "args": {"input": {"value": 2}, "dim": [2, 3], "keepdim": False},
    "line": 10,
}
SOUND: dict[str, Any] = {
    "format": 1,
    "network": "Net",
    "recipe": None,
    "recipe_line": None,
    "notes": [],
    "nodes": [CONV, NORM, MEAN],
    "output": 3,
    "statistics": {"bn.running_mean": 10, "bn.running_var": 10},
}


def packed(document: Any, tensors: dict[str, Tensor] | None = None) -> bytes:
    text = document if isinstance(document, str) else json.dumps(document)
    return save(TENSORS if tensors is None else tensors, {"submission": text})


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """Copy the sound document with one thing in it replaced."""
    document = copy.deepcopy(SOUND)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return document


def op(name: str, **args: Any) -> dict[str, Any]:
    return {"op": name, "args": args, "line": 1}


def test_the_sound_document_is_read_followed_and_run() -> None:
    graph = read(packed(SOUND)).graph
    assert follow_labels(graph).dense == []
    assert count(graph) == 100
    probe(graph)


def test_what_is_written_is_read_again() -> None:
    submission = read(packed(SOUND))
    again = read(write(submission))
    assert again.graph.nodes == submission.graph.nodes
    assert fingerprint.of_network(again.graph) == fingerprint.of_network(submission.graph)
    assert write(again) == write(submission)


NASTY: dict[str, bytes] = {
    "nothing": b"",
    "a few bytes": b"\1\2\3",
    "a header longer than the file": (2**40).to_bytes(8, "little") + b"{}",
    "a negative-looking header": b"\xff" * 8 + b"{}",
    "no metadata": save(TENSORS),
    "metadata that is a list": (22).to_bytes(8, "little") + b'{"__metadata__": [1]}   ',
    "no submission": save(TENSORS, {"other": "1"}),
    "JSON that is none": packed("{"),
    "a number": packed(5),
    "a list": packed([]),
    "deep nesting": packed("[" * 100_000 + "]" * 100_000),
    "deep nesting in a node": packed(
        json.dumps(SOUND).replace('"dim": [2, 3]', '"dim": ' + "[" * 900 + "]" * 900)
    ),
    "a huge number": packed(json.dumps(SOUND).replace('"output": 3', '"output": ' + "9" * 5000)),
    "another format": packed(changed("format", to=2)),
    "a format that is true": packed(changed("format", to=None)),
    "no nodes": packed(changed("nodes", to=[])),
    "nodes that are none": packed(changed("nodes", to="conv2d")),
    "a node that is a word": packed(changed("nodes", 0, to="conv2d")),
    "an unknown operation": packed(changed("nodes", 0, "op", to="eval")),
    "an operation that is a list": packed(changed("nodes", 0, "op", to=["conv2d"])),
    "a dunder operation": packed(changed("nodes", 0, "op", to="__class__")),
    "arguments that are a list": packed(changed("nodes", 0, "args", to=[1])),
    "a missing argument": packed(changed("nodes", 2, "args", to={"input": {"value": 2}})),
    "one argument too many": packed(changed("nodes", 0, "args", "out", to=None)),
    "a forward reference": packed(changed("nodes", 0, "args", "input", to={"value": 1})),
    "a reference to itself": packed(changed("nodes", 1, "args", "input", to={"value": 2})),
    "a negative reference": packed(changed("nodes", 1, "args", "input", to={"value": -1})),
    "a reference that is true": packed(changed("nodes", 1, "args", "input", to={"value": True})),
    "two references in one": packed(
        changed("nodes", 1, "args", "input", to={"value": 0, "tensor": "bn.weight"})
    ),
    "a stored tensor that is not": packed(
        changed("nodes", 0, "args", "weight", to={"tensor": "fc.weight"})
    ),
    "an output that is not": packed(changed("output", to=4)),
    "the image as output": packed(changed("output", to=0)),
    "an output that is true": packed(changed("output", to=True)),
    "a huge stride": packed(changed("nodes", 0, "args", "stride", to=[2**70, 1])),
    "a padding of 100,000": packed(changed("nodes", 0, "args", "padding", to=[10**5, 10**5])),
    "no groups": packed(changed("nodes", 0, "args", "groups", to=0)),
    "groups that are a fraction": packed(changed("nodes", 0, "args", "groups", to=1.0)),
    "a stride that is true": packed(changed("nodes", 0, "args", "stride", to=[True, True])),
    "an eps that is nan": packed(changed("nodes", 1, "args", "eps", to=float("nan"))),
    "a momentum that is infinite": packed(changed("nodes", 1, "args", "momentum", to=float("inf"))),
    "a training that is 1": packed(changed("nodes", 1, "args", "training", to=1)),
    "an axis too far": packed(changed("nodes", 2, "args", "dim", to=[7])),
    "a network without a name": packed(changed("network", to=None)),
    "notes that are a word": packed(changed("notes", to="x")),
    "statistics that are a list": packed(changed("statistics", to=[1])),
    "a statistic without channels": packed(changed("statistics", "bn.running_mean", to=0)),
    "a statistic of a billion": packed(changed("statistics", "bn.running_mean", to=10**9)),
    "a statistic nobody keeps": packed(changed("statistics", "other", to=10)),
    "a statistic with a surrogate": packed(changed("statistics", "\ud800", to=10)),
    "a tensor named like a statistic": packed(
        SOUND, TENSORS | {"bn.running_mean": torch.zeros(10)}
    ),
    "a statistic as a weight": packed(
        changed("nodes", 1, "args", "weight", to={"tensor": "bn.running_var"})
    ),
    "a weight as a statistic": packed(
        changed("nodes", 1, "args", "running_mean", to={"tensor": "bn.weight"})
    ),
    "one statistic as both": packed(
        changed("nodes", 1, "args", "running_mean", to={"tensor": "bn.running_var"})
    ),
    "a statistic among joined tensors": packed(
        changed(
            "nodes", 2, to=op("cat", tensors=[{"value": 2}, {"tensor": "bn.running_mean"}], dim=1)
        )
    ),
    "a feature as a statistic": packed(
        changed("nodes", 1, "args", "running_mean", to={"value": 1})
    ),
    "float64": packed(SOUND, TENSORS | {"conv.weight": torch.randn(10, 1, 3, 3).double()}),
    "integers": packed(SOUND, TENSORS | {"conv.weight": torch.ones(10, 1, 3, 3).long()}),
    "bfloat16": packed(SOUND, TENSORS | {"conv.weight": torch.ones(10, 1, 3, 3).bfloat16()}),
    "nan": packed(SOUND, TENSORS | {"conv.weight": torch.full((10, 1, 3, 3), torch.nan)}),
    "infinity": packed(SOUND, TENSORS | {"bn.weight": torch.full((10,), torch.inf)}),
    "no elements": packed(SOUND, TENSORS | {"bn.weight": torch.zeros(0)}),
    "seven axes": packed(SOUND, TENSORS | {"bn.weight": torch.zeros(1, 1, 1, 1, 1, 1, 10)}),
    "a tensor's name with an escape": packed(SOUND, TENSORS | {"\x1b[31m": torch.zeros(1)}),
    "a tensor's name of 300 letters": packed(SOUND, TENSORS | {"a" * 300: torch.zeros(1)}),
}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in NASTY.items()])
def test_nasty_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        follow_labels(read_answer(data).graph)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 700


# These are well formed, and mean nothing: only following them finds out.
MEANINGLESS: dict[str, bytes] = {
    "statistics of another size": packed(changed("statistics", "bn.running_mean", to=9)),
    "groups that do not divide": packed(changed("nodes", 0, "args", "groups", to=3)),
    "a weight of another shape": packed(
        changed("nodes", 0, "args", "weight", to={"tensor": "bn.weight"})
    ),
    "a reshape to something huge": packed(
        changed(
            "nodes", 2, to=op("expand", input={"value": 2}, size=["N", 2**20, 2**20, 2**20, 7, 7])
        )
    ),
    "an explosion in many steps": packed(
        changed(
            "nodes",
            to=[op("pixel_unshuffle", input={"value": 0}, downscale_factor=28)]
            + [op("cat", tensors=[{"value": i}] * 64, dim=1) for i in range(1, 8)],
        )
        | {"statistics": {}, "output": 8}
    ),
    "two thousand large maps": packed(
        changed(
            "nodes",
            to=[
                op("upsample_nearest2d", input={"value": 0}, output_size=[64, 64]),
                op("cat", tensors=[{"value": 1}] * 64, dim=1),
            ]
            + [op("relu", input={"value": i}) for i in range(2, 1999)],
        )
        | {"statistics": {}, "output": 3}
    ),
    "a batch size written out": packed(
        changed("nodes", 2, to=op("reshape", input={"value": 2}, size=[7, 490]))
    ),
    "padding that shifts the batch": packed(
        changed(
            "nodes",
            to=[
                op("flatten", input={"value": 0}, start_dim=1, end_dim=3),
                op("pad", input={"value": 1}, pad=[0, 0, -1, 1], mode="constant", value=None),
            ],
        )
        | {"statistics": {}, "output": 2}
    ),
    "weight normalisation of features": packed(
        changed("nodes", 2, to=op("weight_norm", v={"value": 2}, g={"value": 2}, dim=3))
    ),
    "an einsum without meaning": packed(
        changed("nodes", 2, to=op("einsum", equation="nn->n", tensors=[{"value": 2}]))
    ),
    "an einsum with dots": packed(
        changed("nodes", 2, to=op("einsum", equation="nchw,ab", tensors=[{"value": 2}]))
    ),
    "a transposed convolution of other channels": packed(
        changed(
            "nodes",
            1,
            to=op(
                "conv_transpose2d",
                input={"value": 0},
                weight={"tensor": "conv.weight"},
                bias=None,
                stride=[1, 1],
                padding=[0, 0],
                output_padding=[0, 0],
                groups=1,
                dilation=[1, 1],
            ),
        )
        | {"statistics": {}}
    ),
    "an axis that a shape alone does not show": packed(
        changed("nodes", 2, to=op("softmax", input={"tensor": "bn.weight"}, dim=2))
    ),
}


@pytest.mark.parametrize(
    "data", [pytest.param(data, id=name) for name, data in MEANINGLESS.items()]
)
def test_meaningless_graphs_are_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        follow_labels(read(data).graph)


def test_a_network_has_a_limited_number_of_operations() -> None:
    nodes = [CONV, NORM, *[op("relu", input={"value": 2})] * (MOST_NODES - 2)]
    assert len(read(packed(changed("nodes", to=nodes))).graph.nodes) == MOST_NODES
    with pytest.raises(Refused, match="expected 1 to 2,000 operations, found 2,001"):
        read(packed(changed("nodes", to=[*nodes, nodes[-1]])))


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (op("amax", input={"value": 2}, dim=[3], keepdim=False), "ten|scores"),
        (op("log", input={"value": 2}), "scores|nan"),
    ],
)
def test_the_probe_refuses_other_answers(last: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        probe(read(packed(changed("nodes", 2, to=last))).graph)


def test_the_probe_refuses_nan() -> None:
    nodes = [CONV, NORM, MEAN, op("log", input={"value": 3})]
    with pytest.raises(Refused, match="nan"):
        probe(read(packed(changed("nodes", to=nodes) | {"output": 4})).graph)


@pytest.mark.parametrize(
    ("mixing", "why"),
    [
        (op("flip", input={"value": 3}, dims=[0]), "order|number"),
        (op("softmax", input={"value": 3}, dim=0), "number"),
        (op("roll", input={"value": 3}, shifts=[1], dims=[0]), "order"),
    ],
)
def test_the_probe_sees_images_mixed(mixing: dict[str, Any], why: str) -> None:
    graph = read(packed(changed("nodes", to=[CONV, NORM, MEAN, mixing]) | {"output": 4})).graph
    with pytest.raises(Refused, match=why):
        probe(graph)


def test_a_problem_is_told_in_clipped_printable_words() -> None:
    told = {"check": "accuracy", "message": "\x1b[2J\ud800" + "x" * 10_000, "hint": 5, "line": -3}
    with pytest.raises(Problem) as caught:
        read_answer(save({}, {"problem": json.dumps(told)}))
    problem = caught.value
    assert (problem.check, problem.hint, problem.line) == ("readable", "", None)
    assert problem.message.isprintable()
    assert len(problem.message) == 600


@pytest.mark.parametrize("told", ["{", "[]", "5", "null", "[" * 100_000, '{"check": []}'])
def test_a_problem_that_is_none_is_a_problem(told: str) -> None:
    with pytest.raises(Problem, match="could not be read"):
        read_answer(save({}, {"problem": told}))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["N", "same", "conv2d", "bn.running_mean", "conv.weight"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["value", "tensor", "op", "args", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the way to everything in a document."""
    keys = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, inner in keys:
        found.append((*path, key))
        if isinstance(inner, dict | list):
            found += places(inner, (*path, key))
    return found


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(places(SOUND)), to=JSON)
def test_any_json_anywhere_is_read_or_refused(path: tuple[Any, ...], to: Any) -> None:
    try:
        graph = read(packed(changed(*path, to=to))).graph
        flow = follow_labels(graph).flows[-1]
    except Refused:
        return
    assert tuple(Network(graph)(torch.zeros(7, 1, 28, 28)).shape) == flow.shape


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_flipped_bytes_are_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(packed(SOUND))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        follow_labels(read_answer(bytes(raw)).graph)
    except (Problem, Refused):
        return


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_problem(data: bytes) -> None:
    with pytest.raises(Problem):
        read_answer(data)


def test_stored_numbers_count_once_and_only_where_used() -> None:
    sound: Submission = read(packed(SOUND, TENSORS | {"unused": torch.zeros(1000)}))
    graph: Graph = sound.graph
    assert count(graph) == 100
    assert set(graph.stored()) == {"conv.weight", "bn.weight"}


def test_a_value_is_let_go_once_the_last_node_has_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    forward = "a = self.conv(x)\nb = a.exp()\nreturn (b.neg().abs().mean((2, 3)) + a.mean((2, 3)))"
    graph = graph_of(forward)
    made: list[weakref.ref[Tensor]] = []
    alive: list[int] = []

    def counted(run: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def counting(**args: Any) -> Tensor:
            alive.append(sum(value() is not None for value in made))
            made.append(weakref.ref(value := run(**args)))
            return value

        return counting

    for operation in {node.operation.name: node.operation for node in graph.nodes}.values():
        monkeypatch.setitem(operation.__dict__, "run", counted(operation.run))
    with torch.no_grad():
        Network(graph)(torch.zeros(1, 1, 28, 28))
    # conv, exp, neg, abs, mean, mean, add: what each finds, the conv's output being read last.
    assert alive == [0, 1, 2, 2, 2, 2, 2]
