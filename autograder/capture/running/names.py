"""The names in one statement of a student's file: which it binds, which it reads."""

import ast
from collections.abc import Iterator

# What changes the dict or list that it is called on.
CHANGING = {"update", "setdefault", "pop", "popitem", "clear"}
CHANGING |= {"append", "extend", "insert", "remove"}


def own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Walk through a statement without entering the functions and classes that it defines."""
    to_do: list[ast.AST] = [statement]
    while to_do:
        node = to_do.pop()
        yield node
        children = list(ast.iter_child_nodes(node))
        match node:
            case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
                children = [child for child in children if child not in body]
            case ast.ClassDef(body=body):
                children = [child for child in children if child not in body]
            case ast.Lambda(body=result):
                children.remove(result)
        to_do += children


def binds(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, if it comes to its end."""
    found: set[str] = set()
    for node in own_nodes(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
    return found - passing(statement)


def reads(statement: ast.stmt) -> set[str]:
    """Return the names that a statement itself looks up."""
    nodes = (node for node in own_nodes(statement) if isinstance(node, ast.Name))
    return {node.id for node in nodes if isinstance(node.ctx, ast.Load)} - passing(statement)


def passing(statement: ast.stmt) -> set[str]:
    """Return the names that live in a comprehension alone: `[rate for rate in rates]`."""
    loops = (node for node in own_nodes(statement) if isinstance(node, ast.comprehension))
    return {n.id for loop in loops for n in ast.walk(loop.target) if isinstance(n, ast.Name)}


def lines(statement: ast.stmt) -> tuple[int, int]:
    """Return a statement's first and last line, its decorators among them."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    return first, statement.end_lineno or first


def changes(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement sets a name's value or a part of it: `RECIPE["lr"] = 0.1`."""
    return any(changed_by(node) == name for node in own_nodes(statement))


def changed_by(node: ast.AST) -> str | None:
    """Return the name whose value a node sets or may change, if it does."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store()):
            return root_of(node)
        case ast.Call(func=ast.Attribute(value=whose, attr=method)) if method in CHANGING:
            return root_of(whose)
    return None


def root_of(node: ast.AST) -> str | None:
    """Return the name at the beginning of `RECIPE["optimizer"].lr`."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def asks_for_main(statement: ast.stmt) -> bool:
    """Return whether a statement is `if __name__ == "__main__":`."""
    match statement:
        case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]), orelse=[]):
            return "__name__" in {getattr(left, "id", ""), getattr(right, "id", "")}
    return False
