"""What a notebook's cell holds beside Python goes, and every line stays where it was."""

import ast

import pytest

from autograder.capture.running.commands import python_of

KEPT = [
    "x = (4\n  % 3)",
    "s = '''\n!ls\n%cd\n'''\ny = 1",
    "print('100%!')  # !ls\nz = 1 if 1 else 2",
]


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("!pip install it's\nx = 1", "pass\nx = 1"),
        ("!pip install a \\\n  b\nx = 1", "pass\n\nx = 1"),
        ("if x:\n    !ls {y}\n    %cd 'data\n", "if x:\n    pass\n    pass\n"),
        ("files = !ls", "files = get_ipython().getoutput()"),
        ("a, b[0] = %sql select 1", "a, b[0] = get_ipython().getoutput()"),
        ("net = %time Net()", "net = Net()"),
        ("%time net = Net()", "net = Net()"),
        ("%timeit -n 3 f()", "pass"),
        ("help?\n?torch.nn\nnn.Conv2d??", "pass\npass\npass"),
        ("%%time\nx = 1\n!ls", "\nx = 1\npass"),
        ("\n# why\n%%capture out\nx = 1", "\n\n\nx = 1"),
        ("%%bash\nls", None),
        ("%%writefile model.py\nimport torch", None),
        ("def f(:\n!ls", "def f(:\n!ls"),  # a mistake of the student's stays
        *((text, text) for text in KEPT),
    ],
)
def test_commands_become_python(text: str, python: str | None) -> None:
    assert python_of(text) == python
    if python is not None and "f(:" not in python:
        ast.parse(python)
        assert python.count("\n") == text.count("\n")
