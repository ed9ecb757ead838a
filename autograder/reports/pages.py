"""Templates become pages: everything that is written into one is text, and stays text.

    render("entry.html", page=page)

What students chose (names, files, layers, messages) is escaped without an exception, and signs
that reorder or hide text are spelled out, as in the terminal (words.py).
"""

from importlib.resources import files

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
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


def percent(share: float | None, digits: int = 2) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.{digits}f}%" if share is not None else "–"


def environment(loader: BaseLoader) -> Environment:
    """Make what writes templates: those of reports, and of whoever shows more than they do."""
    made = Environment(
        loader=loader,
        autoescape=True,
        finalize=clean,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"counted": counted, "percent": percent, "zip": zip}
    made.globals |= {
        "begin": Markup(BEGIN),  # noqa: S704  our own text
        "end": Markup(END),  # noqa: S704
        "style": Markup(STYLE.read_text("utf-8")),  # noqa: S704
        "width": WIDTH,
        "height": HEIGHT,
        "frame": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
    }
    return made


TEMPLATES = PackageLoader("autograder.reports")
ENVIRONMENT = environment(TEMPLATES)


def render(template: str, **values: object) -> str:
    """Write a page."""
    return ENVIRONMENT.get_template(template).render(**values)
