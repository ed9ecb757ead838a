"""The planner in a notebook: words to type or to drag, and live what they come to.

    planner = Planner("8 12 p 16 16 p 16 gap")
    planner                   # at the end of a cell
    planner.line              # the words that stand there now

All of it works by keyboard: the line takes any change, and Tab leads on to the button. Whoever has
a mouse drags the words, which say the same. Where no kernel runs (the site, nbgrader's pages), the
plan is shown as it was drawn, and the site's own script makes it one to change.
"""

import os
from html import escape
from pathlib import Path

from ipywidgets import HTML, Button, HBox, Layout, TagsInput, Text, VBox

from autograder.planning.grammar import PlanError, words_of
from autograder.planning.picture import drawn, on_page
from autograder.planning.planned import Plan, plan
from autograder.planning.writing import written
from course.errors import UsageError
from course.files import write_new

# What a notebook's own style lacks; its colours follow the notebook's theme, light or dark.
STYLE = """<style>
.plan { line-height: 1.4; max-width: 56rem; overflow-x: auto; }
.plan .budget { padding: .4rem .6rem; border: 1px solid #8888; margin: .3rem 0; }
.plan table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.plan th, .plan td { padding: .15rem .5rem; border-bottom: 1px solid #8884; text-align: right; }
.plan th:first-child { text-align: left; }
.plan small { font-weight: normal; opacity: .75; }
.plan ul { list-style: none; padding: 0; margin: .4rem 0; }
.plan.stale { opacity: .45; }
</style>"""
WIDE = Layout(width="100%", max_width="56rem")
REFUSED = "expected a new {}, found one there, which may be your work: give another name"


class Planner(VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A line, its words, a button that writes the file, and the plan."""

    def __init__(self, line: str = "8 12 p 16 16 p 16 gap") -> None:
        self.plan: Plan = plan(line)
        self.typed = Text(
            line, description="network", tooltip="The network, as a line of words", layout=WIDE
        )
        self.words = TagsInput(value=line.split(), allow_duplicates=True, layout=WIDE)
        self.file = Text("model.py", description="file", layout=Layout(width="18rem"))
        self.button = Button(description="Write it", tooltip="Write this network as a new file")
        self.said, self.picture = HTML(), HTML(STYLE + drawn(self.plan))
        save = HBox([self.file, self.button, self.said])
        super().__init__([self.typed, self.words, self.picture, save], layout=WIDE)
        self.typed.observe(self.follow_line, "value")
        self.words.observe(self.follow_words, "value")
        self.button.on_click(lambda _: self.write())

    @property
    def line(self) -> str:
        """The words of the last line that was a network."""
        return self.plan.line

    def follow_line(self, _: object) -> None:
        """Draw what was typed; where it is no network, say why, and keep the last one, faded."""
        self.words.value = words_of(self.typed.value)
        self.said.value = ""
        try:
            self.plan = plan(self.typed.value)
        except PlanError as error:
            faded = drawn(self.plan).replace('class="plan"', 'class="plan stale"', 1)
            self.picture.value = f"{STYLE}<pre role='alert'>{escape(str(error))}</pre>{faded}"
        else:
            self.picture.value = STYLE + drawn(self.plan)

    def follow_words(self, _: object) -> None:
        """Put words that were dragged, added or removed into the line."""
        # While a line is typed its words follow it: then they agree, and the line stays as it is.
        if self.words.value != words_of(self.typed.value):
            self.typed.value = " ".join(self.words.value)

    def write(self) -> None:
        """Write the network as a new file, never over one that is there."""
        name = self.file.value.strip() or "model.py"
        try:
            write_new(Path(name), written(self.plan).encode())
            self.said.value = f"wrote {escape(name)}: next, autograde check {escape(name)}"
        except UsageError as error:
            self.said.value = escape(str(error))
        except FileExistsError:
            self.said.value = escape(REFUSED.format(name))
        except OSError as error:
            self.said.value = escape(f"expected to write {name}: {error.strerror}")

    def __repr__(self) -> str:
        return str(self.plan)

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, object]:
        """Return the widget for a notebook that runs, and a picture for pages that do not."""
        if os.environ.get("AUTOGRADE_FIGURES") == "page":
            return {"text/html": on_page(self.plan), "text/plain": repr(self)}
        still: dict[str, object] = {"text/html": drawn(self.plan), "text/plain": repr(self)}
        if os.environ.get("NBGRADER_EXECUTION"):
            return still
        bundle: dict[str, object] = super()._repr_mimebundle_(**kwargs)
        return bundle | still
