"""A line is read word by word; what is no word, or does not fit, is pointed at with what to do."""

import pytest

from autograder.planning import plan
from autograder.planning.grammar import PlanError, read


@pytest.mark.parametrize(
    ("text", "kind", "number", "settings"),
    [
        ("c16", "c", 16, (None, None, None)),
        ("16", "c", 16, (None, None, None)),
        ("C16", "c", 16, (None, None, None)),
        ("16k5", "c", 16, (5, None, None)),
        ("c16k5s2p1", "c", 16, (5, 2, 1)),
        ("c16p1k5", "c", 16, (5, None, 1)),
        ("1x16", "c", 16, (1, None, None)),
        ("d", "d", None, (None, None, None)),
        ("d16s2", "d", 16, (None, 2, None)),
        ("do5", "do", 5, (None, None, None)),
        ("r16s2", "r", 16, (None, 2, None)),
        ("p", "p", None, (None, None, None)),
        ("p3s2", "p", 3, (None, 2, None)),
        ("gap", "gap", None, (None, None, None)),
        ("nobn", "nobn", None, (None, None, None)),
    ],
)
def test_a_word_is_a_kind_a_number_and_settings(
    text: str, kind: str, number: int | None, settings: tuple[int | None, ...]
) -> None:
    [word] = read(text)
    assert (word.kind, word.number) == (kind, number)
    assert (word.kernel, word.stride, word.padding) == settings
    assert word.text == text


def test_commas_and_spaces_part_words_alike() -> None:
    line = "8, 12,p  16 gap"
    assert [word.text for word in read(line)] == ["8", "12", "p", "16", "gap"]
    assert plan(line) == plan("8 12 p 16 gap")


@pytest.mark.parametrize(
    ("line", "marked", "says"),
    [
        ("8 conv16 gap", "conv16", "a convolution to 16 channels is c16"),
        ("8 maxpool gap", "maxpool", "a max pool of 2x2 is p"),
        ("8 fc10", "fc10", "there is no dense layer here"),
        ("8 qwerty", "qwerty", "autograde plan --help lists all"),
        ("8 é gap", "é", "autograde plan --help lists all"),
        ("c gap", "c", "expected how many channels"),
        ("8 c0 gap", "c0", "expected 1 to 1,024 channels, found 0"),
        ("8 9999999999999 gap", "9999999999999", "expected 1 to 1,024 channels"),
        ("8 c16k gap", "c16k", "expected the kernel with its number"),
        ("8 c16k3k5 gap", "c16k3k5", "expected the kernel once"),
        ("8 c16k0", "c16k0", "expected a kernel of 1 to 28"),
        ("8 c16s0", "c16s0", "expected a stride of 1 to 14"),
        ("8 c16k3p3 gap", "c16k3p3", "less than the kernel, 3x3, found 3"),
        ("8 1x16p1 gap", "1x16p1", "expected a word such as"),
        ("8 pk3 gap", "pk3", "p takes stride alone, found 'kernel' behind it"),
        ("8 gaps2", "gaps2", "gap takes no setting"),
        ("8 gap2", "gap2", "gap takes no number"),
        ("c8 p1 gap", "p1", "a padding stands right behind its layer: c16p1"),
        ("8 do95 gap", "do95", "expected a dropout of 1 to 90 percent, found 95"),
        ("bn", "bn", "expected a layer, found bn alone"),
        ("", "", "found no word"),
        ("8 p p p 16k5 gap", "16k5", "the map is 3x3 here, too small for a kernel of 5x5"),
        ("8 p p p 16k5 gap", "16k5", "pad it, c16k5p2, or take c16k3"),
        ("8 p p p p p gap", "p", "the map is 1x1 here, too small for a pool of 2x2"),
        ("8 gap 16 gap", "16", "the map is 1x1 here, too small for a kernel of 3x3"),
        ("8 " * 201, "8", "expected at most 200 words"),
    ],
)
def test_what_is_no_network_is_pointed_at(line: str, marked: str, says: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(line)
    sentence, shown, carets = str(caught.value).split("\n")
    assert says in sentence
    place = len(carets) - len(carets.lstrip())
    found = shown[place:].split()[0] if marked else ""
    assert found == marked
    assert carets.strip() == "^" * max(1, len(marked))
    assert len(shown) <= 60


@pytest.mark.parametrize("word", ["c16k5p2", "c16k3"])
def test_what_an_error_advises_fits(word: str) -> None:
    assert plan(f"8 p p p {word} gap").finished
