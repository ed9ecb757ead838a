"""Files that do much beside their network: it is found, and what was skipped is told shortly."""

import ast
import json
from pathlib import Path

import pytest

from autograder.capture import entry
from autograder.capture.running import statements
from autograder.capture.running.names import binds, changes, reads
from autograder.capture.running.skipped import NO_DATA, Skip, Skipped, Why
from autograder.capture.running.source import Source
from autograder.graph.answer import read_answer
from autograder.graph.size import count
from autograder.graph.submission import Submission
from autograder.jail.parent import Jailed
from autograder.job import source_of
from autograder.problem import Problem
from autograder.source.lines import lines_of
from tests.helpers.notebooks import notebook

HERE = Path(__file__).parent
NETWORK = """
import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self, width=10):
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3)
    def forward(self, x):
        return self.conv(x).mean((2, 3))
"""


def captured(source: str | bytes, net: str | None = None) -> Submission:
    raw = source.encode() if isinstance(source, str) else source_of(source)
    return read_answer(entry.main(json.dumps({"net": net}).encode() + b"\n" + raw))


def refused(source: str | bytes) -> Problem:
    with pytest.raises(Problem) as found:
        captured(source)
    return found.value


# ---- what is skipped -----------------------------------------------------------------------------


def test_a_file_that_trains_loses_what_it_must_and_nothing_else() -> None:
    # In the jail, since it writes files. What of it is to fail ends in `# skipped`.
    source = (HERE / "trains.txt").read_bytes()
    with Jailed("run_in_jail") as child:
        child.send(source)
        answer = json.loads(child.wait().result)
    rows = lines_of(source.decode())
    steps = [step for step in Source(source).steps if isinstance(step, ast.stmt)]
    assert answer["skips"] == [
        step.lineno for step in steps if rows[step.end_lineno - 1].endswith("# skipped")
    ]
    assert answer["seconds"] < statements.SECONDS  # although two of its statements never end
    assert 0 < len(answer["told"]) < 400
    assert answer["parameters"] == 170
    assert answer["recipe"] == {"epochs": 3, "batch_size": 100}


def test_a_notebook_is_captured_and_its_cells_are_named() -> None:
    found = captured(
        notebook(
            "%matplotlib inline\n!pip install torchsummary\nfrom torchsummary import summary",
            NETWORK,
            "from __future__ import annotations\nfiles = !ls\nfor x: oops in []: pass",
            "from torchvision import datasets\nloader = torch.utils.data.DataLoader("
            "datasets.MNIST('.', download=True), 64)\nfor x, y in loader:\n    Net()(x)",
            "await train()",
            "%%html\n<b>no Python</b>",
            "display(summary(Net(), (1, 28, 28)))\nget_ipython().system('ls')",
            "RECIPE = dict(epochs=4)\nRECIPE['batch_size'] = 50",
        )
    )
    assert count(found.graph) == 100
    assert found.recipe == {"epochs": 4, "batch_size": 50}
    assert found.recipe_line == 8_000_002
    assert "cell 3 (is not Python: invalid syntax)" in found.skipped
    assert "cell 4 (no data and no training here)" in found.skipped
    assert "cell 5 (is not Python: 'await' outside function)" in found.skipped
    assert {node.line for node in found.graph.nodes} == {2_000_006, 2_000_008}


def test_a_cell_that_is_not_python_is_named_where_it_would_have_made_the_network() -> None:
    problem = refused(notebook("import torch", NETWORK.replace("width, 3)", "width, 3")))
    assert problem.message.startswith("cell 2, line 1, which would make Net, was skipped because")
    assert "is not Python" in problem.message


def test_a_line_of_a_cell_is_said_as_one() -> None:
    problem = refused(notebook("import torch", NETWORK.replace("Conv2d(1,", "Conv2d(3,")))
    assert problem.message.startswith("cell 2, line 8 stops with RuntimeError")
    assert problem.line == 2_000_008


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + NETWORK.encode(),
        NETWORK.replace("\n", "\r\n").encode(),
        NETWORK.replace("    ", "\t").encode(),
        ("# -*- coding: latin-1 -*-\n# caf\xe9" + NETWORK).encode("latin-1"),
        ("# coding: nonsense\n" + NETWORK).encode(),
        b"#!/usr/bin/env python\n# coding: utf-8\n# In[3]:\nget_ipython().system('ls')\n"
        + NETWORK.encode(),
        NETWORK.encode() + b"from utils import *\nset_seed(1)\nNet().to('cuda')\n",
    ],
)
def test_files_of_every_kind_are_read(raw: bytes) -> None:
    assert count(captured(raw).graph) == 100


# ---- what its own loop does for the network ------------------------------------------------------

ROWS = """
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 12)
        self.fc2 = nn.Linear(12, 10)
    def forward(self, x):
        return self.fc2(self.fc1(x).relu())
"""


def test_a_network_that_takes_rows_of_784_numbers_is_given_them() -> None:
    found = captured(ROWS)
    assert count(found.graph) == 784 * 12 + 12 + 12 * 10 + 10
    assert [node.operation.name for node in found.graph.nodes][1:] == ["linear", "relu", "linear"]
    assert found.graph.nodes[1].line == 6  # the layer's own, not a wrapper's
    assert "images are flattened" in " ".join(found.notes)


def test_a_network_that_flattens_by_itself_is_told_nothing_of_it() -> None:
    found = captured(ROWS.replace("self.fc1(x)", "self.fc1(x.flatten(1))"))
    assert "flattened" not in " ".join(found.notes)


def test_a_network_whose_layers_do_not_fit_rows_either_hears_its_own_error() -> None:
    assert "784x12" in refused(ROWS.replace("(12, 10)", "(13, 10)")).message


# ---- what the network needs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "says", "hint"),
    [
        ("width = 1 // 0", "stops with ZeroDivisionError", "mend that line"),
        ("width = load().shape[0]", "stops with NameError: name 'load'", "define or import"),
        (
            "from torchvision import datasets\nwidth = datasets.MNIST('.').data.sum() % 3",
            "asks for data, and a submission gets none",
            "without data",
        ),
        ("import wandb\nwidth = wandb.config.width + 1", "works with wandb", "one file"),
        ("width = int(open('width.txt').read())", "asks for a file or the network", "one file"),
        ("while True: pass\nelse: width = 3", "was still running after 3 seconds", "under `if"),
        (
            "a = 1 // 0\nb = a + 1\nwidth = b",
            "because it needs b of line 2, which needs a of line 1, which stops with Zero",
            "mend",
        ),
        ("if __name__ == '__main__':\n    width = 10", "which is not run", "left edge"),
    ],
)
def test_what_would_have_made_a_name_is_told(before: str, says: str, hint: str) -> None:
    number = before.count("\n") + (0 if before.startswith(("if", "while")) else 1)
    problem = refused(before + NETWORK.replace("width=10", "w=10").replace("1, width", "1, width"))
    assert problem.message.startswith("Net() stops with NameError: name 'width' is not defined: ")
    assert f": line {number}, which would make it, " in problem.message
    assert says in problem.message
    assert hint in problem.hint


def test_what_worked_is_not_lost_by_what_fails_later() -> None:
    text = "width = 10\n" + NETWORK.replace("width=10", "w=10") + "width = best(1)\nNet = Net\n"
    assert count(captured(text).graph) == 100


def test_the_later_class_is_the_one_handed_in() -> None:
    again = NETWORK.replace("class Net(nn.Module)", "class Net(nn.Module, Missing)")
    problem = refused(NETWORK + again)
    assert "line 11, which would make Net, was skipped because it stops with NameErr" in str(
        problem.message
    )


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("RECIPE = dict(epochs=oops)", "line 9, which would make RECIPE, was skipped because"),
        ("RECIPE = dict(epochs=3)\nRECIPE['lr'] = oops", "line 10, which would make RECIPE"),
        ("RECIPE = dict(epochs=3)\nRECIPE.update(lr=oops)", "line 10, which would make RECIPE"),
        ("rate = 0.1\nrate = best()\nRECIPE = dict(lr=rate)", "RECIPE needs what line 10, which"),
        ("rate = 1\nrate = best()\nopt = dict(lr=rate)\nRECIPE = opt", "needs what line 10"),
        ("if __name__ == '__main__':\n    RECIPE = dict(epochs=3)", "stands under `if __name__"),
        ("if 1 > 2:\n    RECIPE = dict(epochs=3)", "stands where the file does not come to"),
        ("for RECIPE in (1,):\n    oops()", "line 9, which would make RECIPE"),
        ("RECIPE = dict(epochs=3)\nprint(RECIPE['lr'])", ""),
        ("RECIPE = oops\nRECIPE = dict(epochs=3)", ""),
        ("RECIPE = dict(epochs=3)\nrate = best()", ""),
    ],
)
def test_a_recipe_is_what_the_file_says_or_told(lines: str, says: str) -> None:
    found = captured(NETWORK + lines)
    assert says in found.recipe_missed if says else found.recipe_missed == ""
    if not says:
        assert found.recipe == {"epochs": 3}


def test_a_network_is_built_as_the_file_builds_it() -> None:
    text = NETWORK.replace("width=10", "width")
    for call in (
        "net = Net(10).to('cpu')",
        "def main():\n    train(Net(width=10))",
        "Net(3); Net(10)",
    ):
        assert count(captured(f"{text}\n{call}\n").graph) == 100
    assert "needs arguments: width" in refused(text).message


def test_a_network_that_stands_ready_is_taken_where_there_is_no_class() -> None:
    text = """
from torch import nn, optim
loss = nn.CrossEntropyLoss()
net = nn.Sequential(nn.Conv2d(1, 10, 28), nn.Flatten())
"""
    found = captured(text)
    assert (found.network, count(found.graph)) == ("net", 7_850)


def test_the_list_of_networks_counts_as_the_verdict_does() -> None:
    text = NETWORK.replace("Net", "First") + NETWORK.replace("Net", "Second").replace(
        "3)\n", "3)\n        self.norm = nn.BatchNorm2d(10)\n        self.fc = nn.Linear(10, 10)\n"
    ).replace("self.conv(x)", "self.norm(self.conv(x))")
    problem = refused(text)
    assert problem.hint.endswith("First (100 parameters), Second (120 parameters)")
    found = captured(text, "Second")
    assert count(found.graph) == 120
    assert any("never uses fc (110): torchinfo" in note for note in found.notes)


# ---- the pure parts ------------------------------------------------------------------------------


def statement(text: str) -> Source:
    [made] = Source(text.encode()).steps
    return made


@pytest.mark.parametrize(
    ("text", "bound", "read"),
    [
        ("a = b + c.d", {"a"}, {"b", "c"}),
        ("a, (b, *c) = f(lambda z: z)", {"a", "b", "c"}, {"f"}),
        ("for i in range(n):\n    x = i", {"i", "x"}, {"range", "n", "i"}),
        ("rates = [r * k for r in base]", {"rates"}, {"k", "base"}),
        ("import a.b, c as d\n", {"a", "d"}, set()),
        ("def f(x=y):\n    z = w", {"f"}, {"y"}),
        ("class A(B):\n    c = d", {"A"}, {"B"}),
        ("with open(p) as f: g = f", {"f", "g"}, {"open", "p", "f"}),
    ],
)
def test_names_of_a_statement(text: str, bound: set[str], read: set[str]) -> None:
    assert (binds(statement(text)), reads(statement(text))) == (bound, read)


def test_what_changes_a_name() -> None:
    for text in ("R = 1", "R['a']['b'] = 1", "R.a = 1", "R['a'].append(1)", "del R", "R |= {}"):
        assert changes(statement(text), "R"), text
    for text in ("print(R)", "x = R['a']", "R.get('a')", "def f():\n    R = 1", "S.update(R)"):
        assert not changes(statement(text), "R"), text


def test_what_was_skipped_is_told_in_one_sentence_however_much_it_is() -> None:
    skipped = Skipped()
    first = Skip(0, 1, 4, NO_DATA, frozenset({"loader"}))
    skipped.add(first)
    skipped.add(Skip(1, 6, 6, Why("data", "needs loader of line 1, which …"), source=first))
    for number in range(3, 40):
        skipped.add(Skip(2 * number, 10 * number, 10 * number, Why("error", f"stops {number}")))
    assert skipped.told().startswith(
        "skipped: lines 1 to 6 (no data and no training here); line 30"
    )
    assert skipped.told().endswith("and 34 more")
    assert len(skipped.told()) < 200
