"""Words of strangers, made fit to be shown: nothing a terminal would act on."""


def printable(text: str, most: int) -> str:
    """Keep what a terminal can show of a text that a stranger wrote."""
    return "".join(c if c.isprintable() else " " for c in text[:most])


def first_line(error: BaseException, most: int) -> str:
    """Return an error's first line, or its kind where it says nothing, fit for a sentence."""
    return printable((str(error).splitlines() or [type(error).__name__])[0], most)
