"""Every figure of the course, each with a text for readers who cannot see it.

    from course import figures
    figures.draw_layers(ledger(network))     # at the end of a cell, a notebook shows it

It runs in the lessons' kernels, and in the grader's own process after a verdict; never in the
jailed process that runs a student's model.py. The grader's process works without torch, so nothing
here imports it. Only course.figures.activations needs torch, and is imported by that name.
"""

from course.figures.compare import draw_comparison, draw_lines
from course.figures.confusion import draw_confusion
from course.figures.curves import draw_curves, draw_learning_rate
from course.figures.drawing import Drawing, save
from course.figures.frontier import draw_frontier
from course.figures.images.answers import draw_answers
from course.figures.images.covered import draw_covered
from course.figures.images.digits import draw_digits
from course.figures.images.fields import draw_fields
from course.figures.images.kernels import draw_kernels
from course.figures.images.misread import draw_misread, find_misread
from course.figures.images.sliding import draw_sliding
from course.figures.layers import draw_layers
from course.figures.network import draw_network
from course.figures.places import draw_places, draw_shares
from course.rows import Point

__all__ = [
    "Drawing",
    "Point",
    "draw_answers",
    "draw_comparison",
    "draw_confusion",
    "draw_covered",
    "draw_curves",
    "draw_digits",
    "draw_fields",
    "draw_frontier",
    "draw_kernels",
    "draw_layers",
    "draw_learning_rate",
    "draw_lines",
    "draw_misread",
    "draw_network",
    "draw_places",
    "draw_shares",
    "draw_sliding",
    "find_misread",
    "save",
]
