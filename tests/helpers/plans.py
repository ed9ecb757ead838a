"""Lines of words drawn at random: networks that somebody might plan, small enough to run."""

import random

from autograder.planning import Plan, plan
from autograder.planning.grammar import PlanError


def drawn_line(seed: int) -> str:
    """Draw a line that is a network with ten scores."""
    noise = random.Random(seed)
    line = [noise.choice(["bn", "nobn", "nobias", "silu", "bias bn"])] if seed % 3 == 0 else []
    for _ in range(noise.randint(1, 9)):
        tried = [*line, drawn_word(noise)]
        try:
            plan(" ".join(tried))
            line = tried
        except PlanError:  # it does not fit the map: another one may
            pass
    if noise.random() < 0.8:
        return " ".join([*line, "gap"])
    last = [*line, f"c10k{plan(' '.join([*line, 'do'])).layers[-1].after.rows}"]
    return " ".join(last)


def drawn_word(noise: random.Random) -> str:
    """Draw one word."""
    width = noise.choice([1, 4, 7, 10, 12])
    setting = "".join(
        f"{letter}{noise.choice(choices)}"
        for letter, choices in (("k", [1, 2, 3, 5]), ("s", [1, 2, 3]), ("p", [0, 0, 1]))
        if noise.random() < 0.3
    )
    words = [f"c{width}", f"{width}", f"1x{width}", f"c{width}{setting}", f"c{width}k5p2"]
    words += ["d", f"d{width}", "dp1", f"d{width}k5s2p2", "r", f"r{width}", f"r{width}s2"]
    words += ["p", "a", "p3s2", "a3s1", "do", "do20", "gap"]
    words += ["bn", "nobn", "bias", "nobias", "relu", "silu"]
    return noise.choice(words)


def drawn_plans(count: int) -> list[Plan]:
    """Draw so many plans, always the same."""
    return [plan(drawn_line(seed)) for seed in range(count)]
