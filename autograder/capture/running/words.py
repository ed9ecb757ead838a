"""The line of each word of a recipe, so that a complaint quotes the word and not the whole.

    RECIPE = dict(                          word_lines(…) is {"": 1, "optimizer": 2,
        optimizer=dict(name="SGD",           "optimizer.name": 2,
                       lr=0.1),              "optimizer.lr": 3}
    )

A word that comes of a variable or a computation has no line of its own.
"""

import ast
from collections.abc import Iterator


def word_lines(statement: ast.stmt) -> dict[str, int]:
    """Return the lines of the words that a statement sets in a recipe, each by where it stands."""
    return {".".join(place): line for place, line in words(statement)}


def words(statement: ast.stmt) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield each word's place in the recipe, and its line."""
    match statement:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            if value is not None:
                place = keys_of(target)
                yield place, statement.lineno
                yield from words_in(value, place)
        case ast.Expr(ast.Call(func=ast.Attribute(value=whose, attr="update")) as call):
            yield from words_in(call, keys_of(whose))


def words_in(node: ast.expr, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the words of a value that is written out: dict(lr=0.1), {"lr": 0.1}, or a list."""
    inside: list[tuple[str, int, ast.expr]] = []
    match node:
        case ast.Call(args=args, keywords=keywords):
            inside = [(word.arg, word.lineno, word.value) for word in keywords if word.arg]
            for arg in args:  # update({"lr": 0.1})
                yield from words_in(arg, place)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant):
                    inside.append((str(key.value), key.lineno, value))
        case ast.List(elts=entries) | ast.Tuple(elts=entries):
            inside = [(str(n), entry.lineno, entry) for n, entry in enumerate(entries)]
    for word, line, value in inside:
        yield (*place, word), line
        yield from words_in(value, (*place, word))


def keys_of(target: ast.expr) -> tuple[str, ...]:
    """Return the keys of `RECIPE["optimizer"]["lr"]`: where in a recipe it leads."""
    match target:
        case ast.Subscript(value=whose, slice=ast.Constant(value=key)):
            return (*keys_of(whose), str(key))
    return ()
