"""Words of strangers, made fit to be shown: nothing a terminal would act on."""


def printable(text: str, most: int) -> str:
    """Keep what a terminal can show of a text that a stranger wrote."""
    return "".join(c if c.isprintable() else " " for c in text[:most])
