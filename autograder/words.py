"""Clean untrusted text before printing: nothing is left in it that a terminal would act on."""


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
