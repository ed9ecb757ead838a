"""What is shown in the terminal: findings, layers, epochs, verdicts, leaderboards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograder.doctor import Found
from autograder.lines import lines_of
from autograder.notebook import cells_of
from autograder.results.rows import EntryRow, RankedRow
from autograder.verdict import SKIPPED, VERIFIED_SEEDS, Check, Status, Verdict
from autograder.words import printable
from course.epoch import Epoch
from course.rows import Row

if TYPE_CHECKING:  # a check shows nothing that is kept, and need not load the database
    from autograder.results.keeping import Kept

MARKS: dict[Status, tuple[str, str]] = {
    "pass": ("✓", "green"),
    "fail": ("✗", "bold red"),
    "skip": ("·", "dim"),
    "error": ("!", "bold magenta"),
}


EPOCH_HEAD = " epoch      rate  train loss  train %  test loss  test %   right  seconds"


def epoch_row(epoch: Epoch, needed: int, counts: bool) -> Text:
    """Write one epoch in a line: a tick where it reaches the line, a cross where it had to."""
    right, enough = epoch.test_correct, epoch.test_correct >= needed
    seconds = epoch.seconds + epoch.test_seconds
    row = Text(f" {epoch.epoch:>5}  {epoch.lr:>8.5f}  {epoch.train_loss:>10.4f}")
    row.append(f"  {100 * epoch.train_accuracy:>7.2f}  {epoch.test_loss:>9.4f}")
    row.append(f"  {100 * epoch.test_accuracy:>6.2f}  {right:>6,}", "green" if enough else "")
    row.append(f"  {seconds:>7.1f} ")
    if counts:
        row.append(*(("✓", "green") if enough else ("✗", "red")))
    return row


def finding(check: Check, source: str = "") -> Group:
    """Write one finding: what was found, the student's own line, and what to try."""
    mark, style = MARKS[check.status]
    # A failure's message says it all; a pass is told by what was found.
    words = check.message or check.found or check.expected
    if check.status == "pass" and check.message and check.found:
        words = f"{check.found} · {check.message}"
    row = Table.grid(padding=(0, 1))
    row.add_column(width=2, justify="right")
    row.add_column(width=11, no_wrap=True)
    row.add_column(overflow="fold")
    quiet = "dim" if check.status == "skip" else ""
    row.add_row(Text(mark, style), Text(check.id, style=quiet or "bold"), Text(words, quiet))
    lines = lines_of(dict(cells_of(source)).get(check.cell, ""))
    if check.bad and check.line and check.line <= len(lines):
        quoted = printable(lines[check.line - 1].strip(), 120)
        cell = f"cell {check.cell}, " if check.cell else ""
        row.add_row("", "", Text(f"{cell}{check.line:>4} │ {quoted}", "yellow"))
    if check.hint:
        row.add_row("", "", Text(f"→ {check.hint}", "cyan"))
    return Group(row)


def findings(checks: Sequence[Check], source: str = "") -> list[RenderableType]:
    """Write every finding; checks that were only skipped share a line."""
    shown: list[RenderableType] = [finding(c, source) for c in checks if c.message != SKIPPED]
    skipped = [check.id for check in checks if check.message == SKIPPED]
    if skipped:
        shown.append(Text(f" · not reached: {', '.join(skipped)}", "dim"))
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


def verdict_lines(verdict: Verdict) -> Text:
    """Say how it ended, in a line or two."""
    if not verdict.trained:
        word, style = ("ready to submit", "bold green") if verdict.ok else ("not ready", "bold red")
    elif verdict.passed:
        word, style = ("PASSED", "bold green")
    else:
        word, style = ("not passed", "bold red")
    text = Text.assemble("\n", (f" {word} ", f"reverse {style}"), " ", verdict.headline())
    if verdict.spread is not None:
        text.append(f"\n spread between seeds {100 * verdict.spread:.3f} points", "dim")
    if verdict.trained and verdict.passed and not verdict.verified:
        text.append("\n one run says little near the line (standard error 0.08 points): ", "dim")
        text.append(f"--seeds {VERIFIED_SEEDS} verifies it", "dim")
    if verdict.trained and verdict.data == "practice":
        text.append("\n PRACTICE DIGITS ", "bold black on yellow")
        text.append(
            " drawn by a generator, easier than MNIST: this is NOT a ranked result", "yellow"
        )
    if verdict.jail and "landlock" not in verdict.jail:
        text.append(f"\n the jail here is weak ({verdict.jail}): see `autograde doctor`", "yellow")
    return text


def board(
    rows: Sequence[RankedRow],
    title: str,
    width: int,
    highlight: int | None = None,
    skipped: int = 0,
) -> Table:
    """Lay out a leaderboard, or the part of it after the first `skipped` places."""
    table = Table(title=title, title_style="bold", title_justify="left", header_style="dim")
    table.box, table.collapse_padding, table.pad_edge = None, True, False
    columns = ["", "handle", "parameters", "last epochs", "± seeds", "tries"]
    extra = (("seconds", 76), ("device", 96), ("date", 66))  # and the width from which they fit
    columns += [*(name for name, room in extra if width >= room), "id"]
    for name in columns:
        left = name in ("handle", "device", "date")
        # Where it is narrow, long handles are cut: of all columns theirs alone may shrink.
        keeps = name != "handle"
        table.add_column(name, justify="left" if left else "right", no_wrap=keeps)
    for place, row in enumerate(rows, start=skipped + 1):
        # Handles and devices are other people's text: no markup is read in it.
        spread = f"{100 * row['spread']:.2f}" if row["spread"] is not None else ""
        mean = f"{100 * row['mean_accuracy']:.2f}%" if row["mean_accuracy"] is not None else ""
        cells: dict[str, str | Text] = {
            "": str(place),
            "handle": Text(printable(row["handle"], 40), no_wrap=True, overflow="ellipsis"),
            "parameters": f"{row['parameters']:,}",
            "last epochs": f"{mean} {seal(row):<3}",
            "± seeds": f"{spread} ({row['seeds']})",
            "tries": f"{row['tries']:,}",
            "id": str(row["id"]),
            "date": row["date"][:10],
            "seconds": f"{row['seconds']:.0f}",
            "device": Text(row["device"]),
        }
        style = "bold green" if row["id"] == highlight else ""
        table.add_row(*(cells[name] for name in columns), style=style)
    return table


def seal(row: EntryRow) -> str:
    """Mark what is more than one passed run: verified, confirmed by fresh seeds, or not by them."""
    if row["confirmed"] is not None:
        return "✓✓✓" if row["confirmed"] else "✗"
    return "✓✓" if row["verified"] else ""


def confirmed_line(row: EntryRow) -> Text | None:
    """Say what fresh seeds made of an entry, if anybody asked."""
    if row["confirmed"] is None:
        return None
    word, style = ("confirmed", "green") if row["confirmed"] else ("not confirmed", "bold red")
    said = f": {row['confirmation']} fresh seeds passed"
    return Text.assemble(" ", (word, style), said)


def history_table(rows: Sequence[EntryRow]) -> Table:
    """Lay out one's own submissions, oldest first."""
    table = Table(box=None, header_style="dim")
    for name in (
        "id",
        "date",
        "assignment",
        "network",
        "parameters",
        "last epochs",
        "seeds",
        "verdict",
    ):
        right = name in ("id", "parameters", "last epochs", "seeds")
        table.add_column(name, justify="right" if right else "left")
    for row in rows:
        mean = f"{100 * row['mean_accuracy']:.2f}%" if row["mean_accuracy"] is not None else ""
        word = "verified" if row["verified"] else "passed" if row["passed"] else "not passed"
        if row["confirmed"] is not None:
            word = f"{'' if row['confirmed'] else 'not '}confirmed ({row['confirmation']})"
        word += " (practice)" if row["data"] == "practice" else ""
        table.add_row(
            *(str(row["id"]), row["date"][:16].replace("T", " "), row["assignment"]),
            *(Text(row["network"]), f"{row['parameters']:,}", mean, str(row["seeds"]), word),
        )
    return table


def show_verdict(console: Console, verdict: Verdict) -> None:
    """Show a kept verdict: layers, findings, every epoch, and how it ended."""
    rules, submission = verdict.assignment, verdict.submission
    file = printable(submission.file, 60)
    console.print(Text(f"{file} · {submission.network or ''} · {rules.name}", "bold"))
    if submission.layers:
        console.print(layer_table(submission.layers, console.width))
    console.print(*findings(verdict.checks), sep="\n")
    for number, run in enumerate(verdict.runs, start=1):
        console.print(Text(f"\nseed {number} of {len(verdict.runs)}", "bold"))
        console.print(Text(EPOCH_HEAD, "dim"))
        for epoch in run.epochs:
            counts = not verdict.last or epoch.epoch > len(run.epochs) - verdict.last
            console.print(epoch_row(epoch, rules.needed(epoch.test_total), counts))
    console.print(verdict_lines(verdict))
    console.print(Text(graded_by(verdict), "dim"))


def graded_by(verdict: Verdict) -> str:
    """Say what the numbers depend on: another kind of processor adds in another order."""
    grader = verdict.grader
    parts = [verdict.device, grader.instructions, f"torch {grader.torch}", f"jail {verdict.jail}"]
    return f" graded   {', '.join(part for part in parts if part)}"


def print_kept(console: Console, kept: "Kept", verdict: Verdict) -> None:
    """Say where a verdict is kept, and where it stands among its neighbours."""
    number = kept.number
    if kept.place is not None:
        console.print(
            f" place    {kept.place} of {len(kept.board)} (number {number} in your history)\n"
        )
        before, rows = kept.neighbours()
        own = kept.board[kept.place - 1]["id"]
        console.print(board(rows, verdict.assignment.name, console.width, own, before))
    elif number is not None:
        console.print(f" kept     as number {number} in your history (autograde show {number})")
        if verdict.ranked and kept.best is not None:
            best = f"{kept.best['rank']} of {len(kept.board)}, by number {kept.best['id']}"
            console.print(f" place    {best}: it ranks higher, and each student has one place")
    if kept.curves is not None:
        console.print(Text(f" curves   {kept.curves}"), soft_wrap=True)
    if kept.failed:
        console.print(Text(f" not everything could be kept: {kept.failed}", "yellow"))


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
