"""The part of a student's file that its network is made of: a script without what goes on around.

    excerpt(file.source, "Net", file.call)

A class needs what it and its functions name, and that needs something in turn: imports, blocks,
settings. Plots, data and training are left out, and so is what could not be run here.
"""

import ast
import symtable
from collections.abc import Iterator

from autograder.capture.running.names import (
    asks_for_main,
    binds,
    changed_by,
    lines,
    own_nodes,
    reads,
)
from autograder.capture.running.source import Source


def excerpt(source: Source, name: str, call: ast.Call | None = None) -> str:
    """Return the statements that a class needs, as they stand in the file and in its order.

    At their end stands the file's own call that makes the network, if that takes arguments.
    """
    skipped = {skip.number for skip in source.skipped.all}
    needed, kept = {name} | reads(ast.Expr(call) if call else ast.Pass()), []
    for number, step in reversed(list(enumerate(source.steps))):
        if not isinstance(step, ast.stmt) or number in skipped or asks_for_main(step):
            continue
        if makes(step) & needed or always(step):
            needed |= set(named(step))
            kept.append(step)
    text, after = "", 0  # what is written, and the file's line that it came to
    for step in reversed(kept):
        first, last = lines(step)
        while source.line(first - 1).startswith("#"):  # what is said of it
            first -= 1
        if first > after + 1 and text:
            text += "\n\n" if isinstance(step, ast.FunctionDef | ast.ClassDef) else "\n"
        for line in range(max(first, after + 1), last + 1):  # two statements may share a line
            text += f"{source.line(line)}\n"
        after = last
    return f"{text}\n\nnet = {ast.unparse(call)}\n" if call else text


def makes(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds or changes."""
    changed = {changed_by(node) for node in own_nodes(statement)}
    return binds(statement) | {name for name in changed if name is not None}


def always(statement: ast.stmt) -> bool:
    """Return whether a statement concerns all: `from __future__`, `from torch.nn import *`."""
    if not isinstance(statement, ast.ImportFrom):
        return False
    return statement.module == "__future__" or statement.names[0].name == "*"


def named(statement: ast.stmt) -> Iterator[str]:
    """Name the module's names that a statement looks up, within its functions too."""
    tables = [symtable.symtable(ast.unparse(statement), "model.py", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
                yield symbol.get_name()
