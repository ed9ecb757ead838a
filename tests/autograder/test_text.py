"""A file is read in the encoding that it names, and what is kept of it runs again as it did."""

import pytest

from autograder.source.text import as_written, to_run


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        ("größe = 8\n".encode(), "größe = 8\n"),
        (b"# coding: latin-1\ngr\xf6\xdfe = 8\n", "# coding: latin-1\ngröße = 8\n"),
        (b"\n# -*- coding: cp1252 -*-\n# 5 \x80\n", "\n# -*- coding: cp1252 -*-\n# 5 €\n"),
        (b"# coding: nothing\nx = 1\n", "# coding: nothing\nx = 1\n"),
    ],
)
def test_what_is_kept_of_a_file_is_its_text_and_runs_again(source: bytes, text: str) -> None:
    assert as_written(source) == text
    assert to_run(text) == source


@pytest.mark.parametrize(
    "coding", ["hex", "utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "utf-16"]
)
def test_what_nobody_writes_in_is_shown_as_it_stands(coding: str) -> None:
    source = f"# coding: {coding}\n# \\ud800 +2AA- xn--a\n".encode()
    assert as_written(source) == source.decode()
    assert to_run(as_written(source)) == source


def test_bytes_that_are_no_text_are_shown_as_far_as_they_are() -> None:
    assert as_written(b"# gr\xf6\xdfe\nx = 1\n") == "# gr\ufffd\ufffde\nx = 1\n"
    assert as_written(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"  # a mark of some editors
    assert to_run("# coding: latin-1\n# 5 €\n") == "# coding: latin-1\n# 5 €\n".encode()
