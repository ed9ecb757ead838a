"""What is shown in the terminal: findings, layers, verdicts, what the machine offers."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.display.epochs import EpochTable
from autograder.doctor import Found
from autograder.source.lines import lines_of
from autograder.source.notebook import cells_of
from autograder.verdict import SKIPPED, VERIFIED_SEEDS, Check, Status, Verdict
from autograder.words import printable
from course.rows import Row

MARKS: dict[Status, tuple[str, str]] = {
    "pass": ("✓", "green"),
    "fail": ("✗", "bold red"),
    "skip": ("·", "dim"),
    "error": ("!", "bold magenta"),
}


def finding(check: Check, source: str = "") -> Group:
    """Write one finding: what was found, the student's own line, and what to try."""
    mark, style = MARKS[check.status]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=2, justify="right")
    row.add_column(width=11, no_wrap=True)
    row.add_column(overflow="fold")
    quiet = "dim" if check.status == "skip" else ""
    row.add_row(Text(mark, style), Text(check.id, style=quiet or "bold"), Text(check.words, quiet))
    if line := quoted(check, source):
        cell = f"cell {check.cell}, " if check.cell else ""
        row.add_row("", "", Text(f"{cell}{check.line:>4} │ {line}", "yellow"))
    if check.hint:
        row.add_row("", "", Text(f"→ {check.hint}", "cyan"))
    return Group(row)


def quoted(check: Check, source: str) -> str:
    """Return the student's own line that a failed check is about, where there is one."""
    lines = lines_of(dict(cells_of(source)).get(check.cell, ""))
    there = check.bad and check.line and check.line <= len(lines)
    return printable(lines[check.line - 1].strip(), 120) if there and check.line else ""


def findings(checks: Sequence[Check], source: str = "") -> list[RenderableType]:
    """Write every finding; checks that were only skipped share a line."""
    shown: list[RenderableType] = [finding(c, source) for c in checks if c.message != SKIPPED]
    skipped = [check.id for check in checks if check.message == SKIPPED]
    if skipped:
        shown.append(beside(Text(" · not reached:", "dim"), Text(", ".join(skipped), "dim")))
    return shown


def layer_table(layers: Sequence[Row], width: int) -> Table:
    """Lay out where parameters go; a bar shows what eats the budget."""
    greedy = max(layers, key=lambda layer: layer.parameters)  # the first place to save
    table = Table(box=None, pad_edge=True, header_style="dim", padding=(0, 1))
    wide = width >= 90
    table.add_column("layer", overflow="fold", max_width=22)
    table.add_column("operation", overflow="fold")
    table.add_column("output", justify="right")
    table.add_column("parameters", justify="right")
    if wide:
        table.add_column("", width=16)
    table.add_column("sees", justify="right")
    if wide:
        table.add_column("multiply-adds", justify="right")
    for layer in layers:
        shape = "×".join(str(side) for side in layer.shape)
        count = f"{layer.parameters:,}" if layer.parameters else ""
        cells: list[str | Text] = [Text(layer.name), Text(layer.operation), shape]
        cells += ["shared" if layer.shared else count]
        cells += [bar(layer.parameters / (greedy.parameters or 1), 16)] if wide else []
        sees = layer.receptive_field
        cells += [f"{sees}×{sees}" if sees else ""]
        cells += [f"{layer.multiply_adds:,}" if layer.multiply_adds else ""] if wide else []
        table.add_row(*cells, style="bold yellow" if layer is greedy else "")
    cells = ["total", "", "", f"{sum(layer.parameters for layer in layers):,}"]
    work = sum(layer.multiply_adds for layer in layers)
    table.add_row(*cells, *(["", "", f"{work:,}"] if wide else [""]), style="bold")
    return table


def bar(share: float, width: int) -> str:
    """Draw a share as a bar of eighths of a letter."""
    # Unicode has a block for each eighth of a letter's width, so a bar can be that exact.
    whole, eighths = divmod(round(share * width * 8), 8)
    return "█" * whole + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths]


def word_for(verdict: Verdict) -> Text:
    """Say in a word how it ended."""
    if not verdict.trained:
        word, style = ("ready to submit", "bold green") if verdict.ok else ("not ready", "bold red")
    elif verdict.passed:
        word, style = ("PASSED", "bold green")
    else:
        word, style = ("not passed", "bold red")
    return Text(f" {word} ", f"reverse {style}")


def one_line(verdict: Verdict) -> Text:
    """Say how it ended in one line, however long."""
    practice = ", on practice digits" if verdict.data == "practice" else ""
    return Text.assemble(word_for(verdict), f" {verdict.headline()}{practice}")


def verdict_lines(verdict: Verdict) -> Group:
    """Say how it ended, in a line or two."""
    bad = verdict.first_bad
    # Its sentence stands right above; it is long, and nothing that a student could mend.
    ours = "a fault of the grader or the machine, which costs you nothing"
    words = ours if bad is not None and bad.status == "error" else verdict.headline()
    lines: list[RenderableType] = [beside(word_for(verdict), Text(words))]
    if verdict.spread is not None:
        lines.append(Text(f"deviation between seeds {100 * verdict.spread:.3f} points", "dim"))
    if verdict.trained and verdict.passed and not verdict.verified:
        little = "one run says little near the line (seeds deviate by about 0.05 points)"
        lines.append(Text(f"{little}: --seeds {VERIFIED_SEEDS} verifies it", "dim"))
    if verdict.trained and verdict.data == "practice":
        said = "drawn by a generator, easier than MNIST: this is NOT a ranked result"
        loud = Text(" PRACTICE DIGITS ", "bold black on yellow")
        lines.append(beside(loud, Text(said, "yellow")))
    if verdict.jail and "landlock" not in verdict.jail:
        weak = f"the jail here is weak ({verdict.jail}): see `autograde doctor`"
        lines.append(Text(weak, "yellow"))
    return Group("", *(Padding(line, (0, 0, 0, 1)) for line in lines))


def beside(label: Text, words: Text) -> Table:
    """Put words beside a label; where they need more lines, these begin below the first."""
    row = Table.grid(padding=(0, 1))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(label, words)
    return row


def labelled(label: str, words: str) -> Table:
    """Write one of the quiet lines at the end of a screen."""
    return beside(Text(f" {label:<8}", "dim"), Text(words, "dim"))


def show_verdict(console: Console, verdict: Verdict, source: str = "") -> None:
    """Show a kept verdict: layers, findings with their lines, every epoch, and how it ended."""
    rules, submission = verdict.assignment, verdict.submission
    file = printable(submission.file, 60)
    console.print(Text(f"{file} · {submission.network or ''} · {rules.name}", "bold"))
    if submission.layers:
        console.print(layer_table(submission.layers, console.width))
    console.print(*findings(verdict.checks, source), sep="\n")
    table = EpochTable(console.width)
    for number, run in enumerate(verdict.runs, start=1):
        console.print(Text(f"\nseed {number} of {len(verdict.runs)}", "bold"))
        console.print(table.head)
        for epoch in run.epochs:
            counts = not verdict.last or epoch.epoch > len(run.epochs) - verdict.last
            console.print(table.row(epoch, rules.needed(epoch.test_total), counts))
    console.print(verdict_lines(verdict))
    console.print(labelled("graded", graded_by(verdict)))


def graded_by(verdict: Verdict) -> str:
    """Say what the numbers depend on: another kind of processor adds in another order."""
    grader = verdict.grader
    parts = [verdict.device, grader.instructions, f"torch {grader.torch}", f"jail {verdict.jail}"]
    return ", ".join(part for part in parts if part)


def doctor_table(findings: Sequence[Found]) -> Table:
    """Lay out what the machine offers, each thing missing with its remedy."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(width=2, justify="right")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for found in findings:
        mark, style = MARKS["pass" if found.fine else "fail"]
        table.add_row(Text(mark, style), Text(found.what, "bold"), Text(found.found))
        if found.fix:
            table.add_row("", "", Text(f"→ {found.fix}", "cyan"))
    return table
