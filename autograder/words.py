"""Clean untrusted text before it leaves: nothing stays in it that a terminal would act on."""


def harmless(text: str, keep: str = "\n\t") -> str:
    r"""Spell out what a terminal would not show as a letter, as Python would: ESC becomes \x1b.

    So no string can move the cursor, hide or reorder what stands beside it, or open a link: what
    is left is letters, and lines and tabs where `keep` has them. Bytes of a file's name that are
    no text (lone surrogates), which could not be printed at all, are spelled out too.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else spelled(c) for c in text)


def spelled(character: str) -> str:
    """Write one character as an escape; the many kinds of spaces are a space."""
    return " " if character.isspace() and character > "\x85" else ascii(character)[1:-1]


def printable(text: str, most: int) -> str:
    """Replace what a terminal would not show as a letter by a space, and cut at `most` letters."""
    return "".join(c if c.isprintable() else " " for c in text[:most])


def summary_of(error: BaseException, most: int) -> str:
    """Return the first line of an error's message, or its class where it has none."""
    return printable((str(error).splitlines() or [type(error).__name__])[0], most)


def duration(seconds: float) -> str:
    """Write seconds as a person would say them."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"


def long_duration(seconds: float) -> str:
    """Write seconds as a person would say them of something long: 1 h 10 min."""
    if seconds < 90:
        return duration(seconds)
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def signed(number: int) -> str:
    """Write a difference with its sign: "+312", "−312"."""
    return f"{'−' if number < 0 else '+'}{abs(number):,}"
