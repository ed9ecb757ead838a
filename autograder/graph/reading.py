"""Read a submission out of any bytes at all, as if an enemy had written every one of them.

    submission = read(data)      # a sound Submission, or Refused with a sentence

Every argument passes its validator, every reference leads to something that exists, and every
size is bounded before anything is built from it.
"""

import json

import torch
from safetensors.torch import load
from torch import Tensor

from autograder.graph.arguments import Refused, Stored, Value, is_integer, read_arguments
from autograder.graph.nodes import Graph, Node, references_in
from autograder.graph.operations import OPERATIONS
from autograder.graph.submission import FORMAT, Submission
from autograder.source import lines
from autograder.words import printable
from course.validators import show

MOST_NODES = 2_000
MOST_TENSORS = 4_000
MOST_ELEMENTS = 2**25  # 33.5 million numbers: five times the stock network
MOST_JSON = 2**22  # characters
MOST_WORDS = 10_000  # of a recipe
MOST_CHANNELS = 4_096  # of BatchNorm's running statistics

Json = dict[str, object]


def read(data: bytes) -> Submission:
    """Read a submission from any bytes, or refuse it with a sentence."""
    document, tensors = read_document(data)
    notes = document.get("notes", [])
    if not isinstance(notes, list):
        raise Refused("expected the network's name and notes, found something else")
    return Submission(
        network=read_words(document.get("network"), 80),
        graph=read_graph(document, tensors),
        recipe=document.get("recipe"),
        notes=tuple(printable(str(note), 300) for note in notes[:20]),
        recipe_line=line_number(document.get("recipe_line")),
        recipe_lines=read_lines(document.get("recipe_lines", {})),
        recipe_missed=read_words(document.get("recipe_missed", ""), 600),
        skipped=read_words(document.get("skipped", ""), 600),
    )


def read_lines(raw: object) -> dict[str, int]:
    """Read the lines of a recipe's words; what is no line of a word is left out."""
    words = list(raw.items())[:MOST_WORDS] if isinstance(raw, dict) else []
    found = ((str(word), line_number(line)) for word, line in words)
    return {word: line for word, line in found if line is not None}


def read_words(raw: object, most: int) -> str:
    """Read a name or a sentence, cut at `most` letters."""
    if not isinstance(raw, str):
        raise Refused("expected the network's name and notes, found something else")
    return printable(raw, most)


def read_metadata(data: bytes) -> Json:
    """Read the JSON header of a safetensors file out of any bytes at all."""
    # The format: eight bytes that say how long the header is, the header, the tensors' bytes.
    header = int.from_bytes(data[:8], "little")
    try:
        if not 2 <= header <= min(len(data) - 8, MOST_JSON):
            raise ValueError("no header")
        metadata = json.loads(data[8 : 8 + header])["__metadata__"]
    except (ValueError, KeyError, TypeError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise Refused("expected a submission, found bytes that are not one")
    return metadata


def read_document(data: bytes) -> tuple[Json, dict[str, Tensor]]:
    """Read the JSON document and the tensors out of any bytes at all."""
    metadata = read_metadata(data)
    try:
        document = json.loads(metadata["submission"])  # type: ignore[arg-type]
        tensors = load(data)
    except Exception as error:  # whatever a parser makes of hostile bytes
        raise Refused("expected a submission, found bytes that are not one") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refused(f"expected a submission in format {FORMAT}, found another")
    return document, tensors


def read_graph(document: Json, tensors: dict[str, Tensor]) -> Graph:
    """Read the nodes, each argument by its validator, each reference to something that exists."""
    check_tensors(tensors)
    statistics = read_statistics(document.get("statistics", {}))
    if set(statistics) & set(tensors):
        raise Refused("expected running statistics apart from stored tensors, found one in both")
    rows = document.get("nodes")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_NODES:
        found = f"{len(rows):,}" if isinstance(rows, list) else show(rows)
        raise Refused(f"expected 1 to {MOST_NODES:,} operations, found {found}")
    nodes = tuple(read_node(row, index) for index, row in enumerate(rows))
    # References come last: only now is it known what there is to refer to.
    known = set(tensors) | set(statistics)
    for index, node in enumerate(nodes):
        check_references(node, index, known, statistics)
    check_statistics(nodes, statistics)
    output = document.get("output")
    if not is_integer(output) or not 1 <= output <= len(nodes):
        raise Refused(f"expected the number of the network's output, found {show(output)}")
    return Graph(nodes, Value(output), tensors, statistics)


def read_node(row: object, index: int) -> Node:
    """Read one operation and its arguments."""
    if not isinstance(row, dict) or not isinstance(row.get("args"), dict):
        raise Refused(f"expected operation {index + 1} with its arguments, found {show(row)}")
    name, given = row.get("op"), row["args"]
    found = OPERATIONS.get(name) if isinstance(name, str) else None
    if found is None:
        raise Refused(f"expected an allowed operation, found {show(name)}")
    # Exactly these arguments: torch's defaults may differ from version to version, so none is used.
    if set(given) != set(found.rules):
        raise Refused(
            f"expected {found.name} with {', '.join(found.rules)}, found {show(list(given))}"
        )
    return Node(found, read_arguments(found.name, found.rules, given), line_number(row.get("line")))


def read_statistics(raw: object) -> dict[str, int]:
    """Read how many channels each of BatchNorm's running statistics has."""
    # Two for each operation at most: a mean and a variance.
    if not isinstance(raw, dict) or len(raw) > 2 * MOST_NODES:
        raise Refused("expected the sizes of BatchNorm's statistics, found something else")
    for name, size in raw.items():
        if not is_integer(size) or not 0 < size <= MOST_CHANNELS:
            raise Refused(
                f"expected running statistics of 1 to {MOST_CHANNELS} channels, found {show(size)}"
            )
        check_name(name)
    return raw


def check_tensors(tensors: dict[str, Tensor]) -> None:
    """Refuse stored tensors that are too many, too large, not float32 or not finite."""
    if len(tensors) > MOST_TENSORS or sum(t.numel() for t in tensors.values()) > MOST_ELEMENTS:
        raise Refused(f"expected at most {MOST_ELEMENTS:,} stored numbers, found more")
    for name, stored in tensors.items():
        check_name(name)
        if stored.dtype != torch.float32:
            raise Refused(f"expected float32 weights, found {stored.dtype} in {show(name)}")
        if stored.dim() > 6 or stored.numel() == 0:
            raise Refused(
                f"expected weights of 0 to 6 axes, found {show(name)} {list(stored.shape)}"
            )
        # NaN compares false with everything, so it would slip through checks that compare.
        if not torch.isfinite(stored).all():
            raise Refused(f"expected finite weights, found nan or inf in {show(name)}")


def check_name(name: str) -> None:
    """Refuse a tensor's name that no network of PyTorch's has."""
    if not name.isprintable() or len(name) > 200:
        raise Refused(f"expected a tensor's name of at most 200 letters, found {show(name)}")


def check_references(node: Node, index: int, known: set[str], statistics: dict[str, int]) -> None:
    """Refuse a node that reads what does not exist, or a statistic where it has no place."""
    for ref in node.references():
        if isinstance(ref, Value) and ref.index > index:
            raise Refused(
                f"expected operation {index + 1} to use earlier values, found {ref.index}"
            )
        if isinstance(ref, Stored) and ref.name not in known:
            raise Refused(f"expected a stored tensor, found {show(ref.name)}, which is not stored")
    # Running statistics are not counted as parameters. Used anywhere but in BatchNorm they would be
    # uncounted weights.
    for argument, arg in node.args.items():
        if argument.startswith("running_") and not isinstance(arg, Stored):
            raise Refused("expected running statistics in BatchNorm, and nowhere else")
        for ref in references_in(arg):
            is_statistic = isinstance(ref, Stored) and ref.name in statistics
            if is_statistic != argument.startswith("running_"):
                raise Refused("expected running statistics in BatchNorm, and nowhere else")


def check_statistics(nodes: tuple[Node, ...], statistics: dict[str, int]) -> None:
    """Refuse statistics that no BatchNorm keeps, or that are mean and variance at once."""
    means, variances = (
        {ref.name for node in nodes if isinstance(ref := node.args.get(kind), Stored)}
        for kind in ("running_mean", "running_var")
    )
    if means & variances or means | variances != set(statistics):
        raise Refused("expected each running statistic to be a mean or a variance")


def line_number(raw: object) -> int | None:
    """Read a line of the student's file, or none."""
    return raw if is_integer(raw) and 0 < raw <= lines.MOST else None
