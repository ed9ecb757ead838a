"""A student's file as text, and the bytes to run it again: in the encoding that it names itself.

    text = as_written(source)     # what people read, and what is kept
    to_run(text)                  # the same bytes, of a file with "# coding: latin-1" too

Python reads a file in the encoding of its first two lines, and in UTF-8 where they name none. It
knows some that are none of texts, or of which a text may come that no database takes: such a file
is shown as UTF-8.
"""

import codecs
import io
import re
import tokenize

WRITTEN = re.compile(  # in these, by the names that Python gives them
    r"ascii|utf-8(-sig)?|iso8859-\d+|cp\d+|koi8-\w|mac-\w+|gb\w+|big5\w*|shift_ji\w+|euc_\w+|tis-620"
)


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
    """Return the encoding that Python would read a file in, if people write in it."""
    try:
        named = codecs.lookup(tokenize.detect_encoding(io.BytesIO(source).readline)[0]).name
    except SyntaxError:  # of an encoding that there is not
        return "utf-8"
    return named if WRITTEN.fullmatch(named) else "utf-8"
