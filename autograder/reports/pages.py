"""Templates become pages: everything that is written into one is text, and stays text.

    render("entry.html", page=page)

What students chose (names, files, layers, messages) is escaped without an exception, and signs
that reorder or hide text are spelled out, as in the terminal (words.py).
"""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.classroom.pages import BEGIN, END
from autograder.reports.figure import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from autograder.words import harmless

STYLE = files("autograder.reports") / "templates" / "style.css"


def clean(value: object) -> object:
    """Spell out what would not be shown as a letter; what a template made is left as it is."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def counted(number: float) -> str:
    """Write a whole number with its thousands apart."""
    return f"{number:,}"


def percent(share: float | None) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.2f}%" if share is not None else ""


ENVIRONMENT = Environment(
    loader=PackageLoader("autograder.reports"),
    autoescape=True,
    finalize=clean,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {"counted": counted, "percent": percent, "zip": zip}
ENVIRONMENT.globals |= {
    "begin": Markup(BEGIN),  # noqa: S704  our own text
    "end": Markup(END),  # noqa: S704
    "style": Markup(STYLE.read_text("utf-8")),  # noqa: S704
    "width": WIDTH,
    "height": HEIGHT,
    "frame": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
}


def render(template: str, **values: object) -> str:
    """Write a page."""
    return ENVIRONMENT.get_template(template).render(**values)
