"""Checks of the network: ten scores an image, few parameters, no dense layer, what is required.

The docstring of a check, here and beside, is what it claims of a submission that passes.
"""

from collections.abc import Iterator

from autograder.checks.bounds import LIGHTER, bounds
from autograder.checks.flow import follow_labels
from autograder.checks.labels import POSITIONS, Dense
from autograder.checks.modes import one_network
from autograder.checks.places.measure import parameters_of
from autograder.checks.probe import probe
from autograder.checks.saving import saving_advice
from autograder.checks.study import Study
from autograder.graph.arguments import Refused, Value
from autograder.graph.size import size_of
from autograder.verdict import Check


def interface(study: Study) -> Check:
    """The network turns any number of images into ten scores each, one image at a time."""
    expected = "(N, 1, 28, 28) to (N, 10)"
    try:
        study.bounded = bounds(study.graph)  # first: nothing may run with numbers before
    except Refused as refusal:
        return Check("interface", "fail", expected, "", str(refusal), LIGHTER)
    try:
        study.findings = follow_labels(study.graph)
    except Refused as refusal:
        return Check("interface", "fail", expected, "", str(refusal))
    answer = study.findings.flows[study.graph.output.index]
    if len(answer.shape) != 2 or answer.shape[1] != 10 or answer.stored:
        found = f"(N, {', '.join(str(side) for side in answer.shape[1:])})"
        return Check("interface", "fail", expected, found, f"expected ten scores, found {found}")
    probe(study.graph)  # these raise Refused, which run_check (order.py) reports
    one_network(study.graph)
    return Check("interface", "pass", expected, expected)


def parameters(study: Study) -> Check:
    """Every stored number counts once: shared and frozen ones, buffers and constants too."""
    limit = study.assignment.fewer_parameters_than
    size, kept = size_of(study.graph), study.places.statistics
    study.parameters = parameters_of(study.graph, study.places)
    expected, found = f"fewer than {limit:,}", f"{study.parameters:,}"
    besides = [
        *([f"{size.written:,} written into operations"] if size.written else []),
        *([f"{kept:,} that BatchNorm keeps of single places"] if kept else []),
    ]
    told = f"{found}: {size.stored:,} stored, {' and '.join(besides)}" if besides else ""
    if study.parameters < limit:
        return Check("parameters", "pass", expected, found, told)
    over = study.parameters - limit + 1
    message = f"{found} parameters are {over:,} too many" + (f" ({told})" if told else "")
    hint = saving_advice(study.table.greedy, study.parameters)
    return Check("parameters", "fail", expected, found, message, hint)


def no_dense(study: Study) -> Check:
    """No learned number works at one place of the image alone, and none is in a matrix product."""
    if study.assignment.dense_allowed:
        return Check("no-dense", "skip", "a dense layer is allowed here")
    expected = "no fully connected layer"
    refused = {"dense"} if study.assignment.whole_map_allowed else {"dense", "whole map"}
    # Each place once: a layer that is called twice is one layer to change, with one sentence.
    found = {suspect.sentence: suspect for suspect in suspects(study)}
    dense = [suspect for suspect in found.values() if suspect.kind in refused]
    if dense:
        first = dense[0]
        many = f" (and {len(dense) - 1} more)" if len(dense) > 1 else ""
        return Check(
            "no-dense",
            "fail",
            expected,
            f"{first.node.operation.name}{many}",
            f"{first.sentence}{many}",
            "average over all positions (nn.AdaptiveAvgPool2d(1)), then a 1x1 convolution to ten",
            first.node.line,
        )
    return Check("no-dense", "pass", expected, "none", "; ".join(found))


def suspects(study: Study) -> Iterator[Dense]:
    """Yield what is or may be a dense layer: first what the labels say, then what was measured.

    Labels know the line and the words, but follow how a network is written; the measurement decides
    what it does. What the course forbids by its form, a product with a learned matrix, it is asked
    nothing about.
    """
    labelled, places = study.findings.dense, study.places
    for found in labelled:
        by_form = found.kind != "dense" or found.node.operation.family == "product"
        if by_form or not places.clear:
            yield found
    named = {(found.node.line, found.kind) for found in labelled}
    if "dense" not in {kind for _, kind in named}:
        yield from places.dense
    yield from (found for found in places.kernels if (found.node.line, found.kind) not in named)


def required(study: Study) -> Check:
    """What the lesson is about is there: BatchNorm, dropout, global pooling."""
    nodes = study.form.nodes  # a layer that changes no score is not there
    has = {
        "batch_norm": any(node.operation.family == "batch_norm" for node in nodes),
        "dropout": any(
            node.operation.family == "dropout" and 0 < node.number("p") < 1 for node in nodes
        ),
        "global_pooling": pools_globally(study),
    }
    advice = {
        "batch_norm": "nn.BatchNorm2d after each convolution",
        "dropout": "nn.Dropout or nn.Dropout2d",
        "global_pooling": "nn.AdaptiveAvgPool2d(1) before the last 1x1 convolution",
    }
    missing = [name for name in study.assignment.require if not has[name]]
    expected = ", ".join(study.assignment.require)
    if not missing:
        return Check("required", "pass", expected, expected)
    hint = "add " + "; ".join(advice[name] for name in missing)
    return Check(
        "required",
        "fail",
        expected,
        "without " + ", ".join(missing),
        f"{missing[0]} is missing",
        hint,
    )


def pools_globally(study: Study) -> bool:
    """Return whether some pooling, without learned numbers, sees all positions at once."""
    flows = follow_labels(study.form).flows
    for index, node in enumerate(study.form.nodes):
        if node.operation.family not in ("pool", "reduce"):
            continue
        [source] = node.references()
        if not isinstance(source, Value):
            continue  # a weight's own mean, in weight standardisation
        # Judged by what it does: AdaptiveAvgPool2d(1), a mean over rows and columns, and a pool as
        # large as its map all leave no axis with positions.
        before, after = flows[source.index].axes, flows[index + 1].axes
        had = any(axis & POSITIONS for axis in before)
        if had and not any(axis & POSITIONS for axis in after):
            return True
    return False
