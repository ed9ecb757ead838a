"""What a notebook's cell holds beside Python: `!pip install …`, `%matplotlib inline`, `help?`.

    python_of(text)       # the same lines, with `pass` where a command stood; None: not Python

Jupyter acts on such lines before Python sees them. Here nobody does: what has to do with a network
is never among them. Text that is Python as it stands is left alone, so a `%` that carries on a
calculation from the line above is safe.
"""

import ast
import re

CELL_MAGIC = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[ \t]*%%(\w+).*")
# A command, and what its result is assigned to, if anything: `files = !ls`.
COMMAND = re.compile(r"(\s*)((?:[\w\s,.\[\]'\"]+=)?)\s*([!%])(.*)")
HELP = re.compile(r"(\s*)(?:\?{1,2}[\w.*]+|[\w.*]+\?{1,2})\s*")
# Magics around Python that runs as it would without them; of others nothing is left.
AROUND_PYTHON = {"time", "timeit", "prun", "capture"}
LINE_MAGIC = re.compile(r"(\w+)\s+(?!-)(.+)")
MOST = 300  # commands in a cell


def python_of(text: str) -> str | None:
    """Return a cell's Python, line for line; None where the cell is in another language."""
    if found := CELL_MAGIC.match(text):
        if found[1] not in AROUND_PYTHON:
            return None
        text = "\n" * found[0].count("\n") + text[found.end() :]
    rows = text.split("\n")
    for _ in range(MOST):
        try:
            ast.parse("\n".join(rows))
        except SyntaxError as error:
            if not drop_command(rows, (error.lineno or 0) - 1):
                break  # a mistake of the student's, who will be told
        except (ValueError, RecursionError, MemoryError, OverflowError):
            break
        else:
            break
    return "\n".join(rows)


def drop_command(rows: list[str], place: int) -> bool:
    """Replace a command in place by Python that does nothing; return whether there was one."""
    if not 0 <= place < len(rows):
        return False
    row = rows[place]
    if (found := HELP.fullmatch(row)) is not None:
        rows[place] = f"{found[1]}pass"
        return True
    if (found := COMMAND.fullmatch(row)) is None:
        return False
    indent, target, sign, command = found.groups()
    timed = LINE_MAGIC.match(command) if sign == "%" else None
    if timed and timed[1] in AROUND_PYTHON:
        rows[place] = f"{indent}{target} {timed[2]}" if target else f"{indent}{timed[2]}"
    elif target:
        rows[place] = f"{indent}{target} get_ipython().getoutput()"
    else:
        rows[place] = f"{indent}pass"
    while row.endswith("\\") and place + 1 < len(rows):  # the command goes on in the next line
        place += 1
        row, rows[place] = rows[place], ""
    return True
