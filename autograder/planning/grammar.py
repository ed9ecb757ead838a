"""The words of a planned network: `read` finds them in a line, and points at what is no word.

    read("c8 c16k5s2 gap")      # three Words; c16k5s2 has number 16, kernel 5 and stride 2

`autograde plan --help` says what each word means; building.py makes layers of them.
"""

import re
from dataclasses import dataclass

from course.errors import UsageError

MOST_WORDS = 200
MOST_CHANNELS = 1_024  # the stock network's widest layer has as many

# Each kind of word with the letters that may follow its number: kernel, stride, padding.
KINDS = {"c": "ksp", "d": "ksp", "r": "s", "p": "s", "a": "s", "do": "", "gap": ""}
SWITCHES = ("bn", "nobn", "bias", "nobias", "relu", "silu")
SUFFIXES = {"k": "kernel", "s": "stride", "p": "padding"}

# What people type who know torch's names, or another tool's, and what it is called here.
OTHERWISE = {
    r"conv.*": "a convolution to 16 channels is c16",
    r"(max)?_?pool.*": "a max pool of 2x2 is p",
    r"m\d*": "a max pool of 2x2 is p",
    r"avg.*|average.*": "an average pool of 2x2 is a, the average of all places gap",
    r"global.*|mean": "the average of all places is gap",
    r"drop.*": "a dropout of 5% is do5",
    r"(dw|depthwise|sep).*": "a depthwise convolution is d, one that then mixes to 16 channels d16",
    r"res.*|skip": "a residual block of 16 channels is r16",
    r"(batch)?_?norm.*|batch.*": "BatchNorm follows each convolution; nobn leaves it out",
    r"fc.*|linear.*|dense.*|l\d*|flatten": "there is no dense layer here: gap makes the ten scores",
}


class PlanError(UsageError):
    """A line that is no network: the sentence, and below it the line with the word marked."""

    def __init__(self, sentence: str, line: str, start: int, end: int) -> None:
        self.sentence, self.line, self.start, self.end = sentence, line, start, end
        super().__init__(f"{sentence}\n{marked(line, start, end)}")


@dataclass(frozen=True)
class Word:
    """One word of a line, and where it stands there."""

    line: str
    start: int
    end: int
    kind: str  # a key of KINDS, or one of SWITCHES
    number: int | None = None
    kernel: int | None = None
    stride: int | None = None
    padding: int | None = None

    @property
    def text(self) -> str:
        """Return the word as it was typed."""
        return self.line[self.start : self.end]

    @property
    def place(self) -> int:
        """Return which word of the line it is, from 1."""
        return len(self.line[: self.start].split()) + 1

    def respelled(self, **changes: int | None) -> str:
        """Write the word with other settings."""
        settings = {name: getattr(self, name) for name in SUFFIXES.values()} | changes
        number = "" if self.number is None else self.number
        parts = [(letter, settings[name]) for letter, name in SUFFIXES.items()]
        return f"{self.kind}{number}" + "".join(f"{k}{v}" for k, v in parts if v is not None)

    def wrong(self, sentence: str) -> PlanError:
        """Return the error that points at this word."""
        return PlanError(sentence, self.line, self.start, self.end)


def marked(line: str, start: int, end: int, width: int = 56) -> str:
    """Write a line with carets under one word; of a long line, the part around it."""
    first = max(0, min(start - 10, len(line) - width))
    before, after = "…" * (first > 0), "…" * (len(line) > first + width)
    shown = f"{before}{line[first : first + width]}{after}"
    place = start - first + len(before)
    return f"  {shown}\n  {' ' * place}{'^' * max(1, min(end - start, len(shown) - place))}"


def words_of(line: str) -> list[str]:
    """Split a line into its words, whatever they mean."""
    return line.replace(",", " ").split()


def read(line: str) -> tuple[Word, ...]:
    """Return the words of a line; commas count as spaces, capitals as small letters."""
    line = " ".join(words_of(line))
    found = [match.span() for match in re.finditer(r"\S+", line)]
    if not found:
        raise PlanError("expected a network such as 8 12 p 16 gap, found no word", line, 0, 0)
    if len(found) > MOST_WORDS:
        sentence = f"expected at most {MOST_WORDS} words, found {len(found)}"
        raise PlanError(sentence, line, *found[MOST_WORDS])
    return tuple(word_at(line, start, end) for start, end in found)


def word_at(line: str, start: int, end: int) -> Word:
    """Read one word."""
    text = line[start:end].lower()
    bare = Word(line, start, end, text)
    if text in SWITCHES:
        return bare
    text = re.sub(r"^(\d)", r"c\1", re.sub(r"^1x(\d+)$", r"\1k1", text))
    form = re.fullmatch(r"(c|do|d|r|p|a|gap)(\d*)((?:[a-z]\d*)*)", text)
    if form is None:
        raise bare.wrong(unknown(bare.text))
    kind, number, suffixes = form[1], form[2], re.findall(r"([a-z])(\d*)", form[3])
    if kind != "gap" and not all(letter in SUFFIXES for letter, _ in suffixes):
        raise bare.wrong(unknown(bare.text))  # conv16 begins with a c, and is none
    settings: dict[str, int] = {}
    for letter, digits in suffixes:
        name = SUFFIXES.get(letter, "")
        if letter not in KINDS[kind]:
            raise bare.wrong(not_taken(kind, letter))
        if name in settings or not digits:
            why = "once" if name in settings else "with its number"
            raise bare.wrong(f"expected the {name} {why}, as in c16k5s2p1, found {bare.text!r}")
        settings[name] = int(digits[:6])
    word = Word(line, start, end, kind, int(number[:6]) if number else None, **settings)
    check_numbers(word)
    return word


def unknown(text: str) -> str:
    """Say that there is no such word, and what was probably meant."""
    expected = f"expected a word such as c16, p, do5 or gap, found {text!r}"
    for pattern, meant in OTHERWISE.items():
        if re.fullmatch(pattern, text.lower()):
            return f"{expected}: {meant}"
    return f"{expected}; autograde plan --help lists all"


def not_taken(kind: str, letter: str) -> str:
    """Say which settings a kind of word takes."""
    names = [SUFFIXES[known] for known in KINDS[kind]]
    takes = f"takes {' and '.join(names)} alone" if names else "takes no setting"
    return f"{kind} {takes}, found {SUFFIXES.get(letter, letter)!r} behind it"


def check_numbers(word: Word) -> None:
    """Refuse numbers that no such layer can have."""
    kind, number = word.kind, word.number
    if kind == "c" and number is None:
        raise word.wrong("expected how many channels, as in c16, found c alone")
    if kind in ("c", "d", "r") and number is not None and not 1 <= number <= MOST_CHANNELS:
        raise word.wrong(f"expected 1 to {MOST_CHANNELS:,} channels, found {number:,}")
    if kind in ("p", "a") and number is not None and not 2 <= number <= 28:
        hint = f"; a padding stands right behind its layer: c16p{number}" if number < 2 else ""
        raise word.wrong(f"expected a pool of 2 to 28 rows, found {number}{hint}")
    if kind == "do" and number is not None and not 1 <= number <= 90:
        raise word.wrong(f"expected a dropout of 1 to 90 percent, found {number}")
    if kind == "gap" and number is not None:
        raise word.wrong("gap takes no number: it averages all places, whatever the map")
    if word.kernel is not None and not 1 <= word.kernel <= 28:
        raise word.wrong(f"expected a kernel of 1 to 28 rows, found {word.kernel}")
    if word.stride is not None and not 1 <= word.stride <= 14:
        raise word.wrong(f"expected a stride of 1 to 14, found {word.stride}")
    kernel = word.kernel if word.kernel is not None else 3
    if word.padding is not None and word.padding >= kernel:
        most = f"less than the kernel, {kernel}x{kernel}"
        raise word.wrong(f"expected a padding of {most}, found {word.padding}")
