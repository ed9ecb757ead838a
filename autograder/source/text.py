"""A student's file as text, and the bytes to run it again: in the encoding that it names itself.

    text = as_written(source)     # what people read, and what is kept
    to_run(text)                  # the same bytes, of a file with "# coding: latin-1" too

Python reads a file in the encoding of its first two lines, and in UTF-8 where they name none.
"""

import io
import tokenize


def as_written(source: bytes) -> str:
    """Return a file's text; where its bytes are none, as much as can be read."""
    try:
        return source.decode(encoding_of(source))
    except UnicodeDecodeError:
        return source.decode("utf-8", "replace")


def to_run(text: str) -> bytes:
    """Return the bytes that Python reads as this text."""
    readable = text.encode("utf-8", "replace")
    try:
        return text.encode(encoding_of(readable))
    except UnicodeEncodeError:
        return readable


def encoding_of(source: bytes) -> str:
    """Return the encoding that Python would read a file in."""
    try:
        return tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    except SyntaxError:  # of an encoding that there is not
        return "utf-8"
