"""Numbers as people write them in a sentence: 1 epoch, 3 epochs, 7,990 digits."""


def counted(number: int, noun: str) -> str:
    """Say how many there are of something: "1 epoch", "60,000 images"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
