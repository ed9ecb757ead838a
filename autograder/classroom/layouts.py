"""Who handed in what: the folders that Canvas, Moodle, nbgrader and people make, as one list.

    for one in hand_ins(Path("submissions"), roster):
        one.student, one.read()

| from     | looks like                                                                      |
|----------|---------------------------------------------------------------------------------|
| Canvas   | lovelaceada_LATE_4711_98765_model.py, all in one folder                         |
| Moodle   | Ada Lovelace_123456_assignsubmission_file_/model.py, or _file_model.py          |
| nbgrader | submitted/ada/12_capstone/model.py, in the class's folder                       |
| Gradescope | submission_12345/model.py, and a list of whose each is (submitters.py)        |
| people   | ada/model.py, ada.py, ada.ipynb                                                 |

Each name is taken apart alone, so a file that somebody put beside the others is in nobody's way.
Everybody is in the list once: who handed in nothing, who is not in the roster, whose file cannot be
told. Nothing has been read of a file so far.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from autograder.classroom.folders import ClassError
from autograder.classroom.owners import Owner, matching, owner_of
from autograder.classroom.picking import NOTEBOOK, listed, pick
from autograder.classroom.places import (
    MOST_ENTRIES,
    MOST_STUDENTS,
    Entry,
    Folder,
    Names,
    Place,
    place_of,
)
from autograder.classroom.roster import Roster, Student
from autograder.classroom.submitters import LIST, submissions
from autograder.job import MOST_BYTES, MOST_NOTEBOOK
from autograder.words import harmless
from course.ordinary import NotReadable, TooLarge

MOST_TIMESTAMP = 200  # bytes
SUBMITTED = "submitted"  # nbgrader's folder for what was handed in
NOTHING = "nothing was handed in"

# missing: nothing was handed in. unusable: something that no file can be chosen from.
# whose: somebody's, and only a person can say whose.
Trouble = Literal["", "missing", "unusable", "whose"]


@dataclass(frozen=True)
class HandIn:
    """What one student handed in; nothing in it has been looked at so far."""

    student: str  # the roster's id, else the name that the layout gives
    name: str  # as people read it
    file: str | None = None
    why: str = ""  # no file could be chosen
    trouble: Trouble = ""
    late: bool = False  # the LMS says so, and not by how much
    handed_in: datetime | None = None  # with its zone, where it is known
    unlisted: bool = False  # the roster has nobody of this name
    lms_id: str = ""
    email: str = ""
    place: Place | None = field(default=None, repr=False, compare=False)
    path: Names = ()  # of the file in its place

    def read(self) -> bytes:
        """Read the file, or say what is there instead."""
        if self.place is None or self.file is None:
            raise ClassError(self.why or NOTHING)
        most = MOST_NOTEBOOK if self.file.endswith(NOTEBOOK[-6:]) else MOST_BYTES
        file = harmless(self.file, keep="")
        try:
            return self.place.read(self.path, most)
        except FileNotFoundError:
            raise ClassError(f"expected {file}, found that it has gone") from None
        except NotReadable as found:
            expected = "a smaller" if isinstance(found, TooLarge) else "an ordinary file"
            raise ClassError(f"expected {expected} {file}, found {found}") from None


@dataclass
class Pile:
    """Everything that lies there of one owner."""

    owner: Owner
    late: bool = False
    handed_in: datetime | None = None  # where a list says so
    files: dict[str, tuple[Names, Entry]] = field(default_factory=dict)  # by its own name
    folder: Names | None = None  # where all of it lies, if it is a folder


def hand_ins(
    folder: Path, roster: Roster | None = None, assignment: str | None = None
) -> list[HandIn]:
    """List what each student handed in, by student."""
    place = place_of(folder)
    inside, place = within(place, folder)
    found = [chosen(place, pile, inside) for pile in piles(place, inside, roster, assignment)]
    everybody = of_roster(found, roster) if roster is not None else [one for _, one in found]
    return sorted(distinct(everybody), key=lambda one: one.student)


def within(place: Place, folder: Path) -> tuple[bool, Place]:
    """Say whether this is nbgrader's folder of hand-ins, going there from the class's folder."""
    if isinstance(place, Folder) and (folder / SUBMITTED).is_dir():
        return True, Folder(folder / SUBMITTED)
    return folder.resolve().name == SUBMITTED, place


# ---- sorting by owner ---------------------------------------------------------------------------


def piles(
    place: Place, submitted: bool, roster: Roster | None, assignment: str | None
) -> list[Pile]:
    """Sort what lies there by its owner."""
    above, entries = top(place)
    known = submissions(place, above)
    found: dict[Owner, Pile] = {}
    for entry in entries:
        if (one := known.get(entry.name)) is not None:
            for owner in one.owners:
                found[owner] = Pile(owner, handed_in=one.handed_in, folder=(*above, entry.name))
            continue
        who, late, file = owner_of(entry, roster)
        if who is None:
            continue
        pile = found.setdefault(who, Pile(who))
        pile.late |= late
        if entry.is_folder:
            pile.folder = (*above, entry.name)
        else:
            pile.files[file] = (*above, entry.name), entry
    if submitted:
        of_one_assignment(place, list(found.values()), assignment)
    return list(found.values())


def top(place: Place) -> tuple[Names, list[Entry]]:
    """List the outermost folder; Gradescope's zip has one folder around everything."""
    try:
        entries = place.entries((), MOST_STUDENTS)
        if len(entries) == 1 and entries[0].is_folder:
            inner = place.entries((entries[0].name,), MOST_STUDENTS)
            if any(entry.name == LIST for entry in inner):
                return (entries[0].name,), inner
    except (FileNotFoundError, NotReadable) as error:
        raise ClassError(f"expected a folder with hand-ins, found {error}") from None
    return (), entries


def of_one_assignment(place: Place, found: Sequence[Pile], assignment: str | None) -> None:
    """Go from each student's folder into the assignment's, where there are such."""
    inner = {pile.owner: folders(place, pile) for pile in found}
    names = sorted(set().union(*inner.values()))
    if assignment is None and len(names) > 1:
        raise ClassError(
            f"expected one assignment in {SUBMITTED}, found {', '.join(names)}: name one of them"
        )
    wanted = assignment or next(iter(names), None)
    if assignment is not None and names and assignment not in names:
        raise ClassError(f"expected an assignment ({', '.join(names)}), found {assignment}")
    for pile in found:
        if wanted is not None and pile.folder is not None:
            there = wanted in inner[pile.owner]
            pile.folder = (*pile.folder, wanted) if there else None


def folders(place: Place, pile: Pile) -> set[str]:
    """Return the folders in a student's folder that hold something."""
    if pile.folder is None:
        return set()
    try:
        inside = place.entries(pile.folder, MOST_ENTRIES)
        return {one.name for one in inside if not one.is_file}
    except (FileNotFoundError, NotReadable):
        return set()


# ---- choosing a file ----------------------------------------------------------------------------


def chosen(place: Place, pile: Pile, submitted: bool) -> tuple[Owner, HandIn]:
    """Choose a student's file."""
    owner = pile.owner
    shown = harmless(owner.name, keep="")
    one = HandIn(shown, shown, late=pile.late, lms_id=owner.lms_id)
    try:
        inside = {entry.name: (path, entry) for path, entry in list_folder(place, pile.folder)}
        if not pile.files and not inside:
            return owner, replace(one, why=NOTHING, trouble="missing")
        path, entry = (pile.files | inside)[chosen_name(pile, [one for _, one in inside.values()])]
    except (ClassError, NotReadable) as found:
        why = str(found) if isinstance(found, ClassError) else f"expected a folder, found {found}"
        return owner, replace(one, why=why, trouble="unusable")
    when = pile.handed_in or time_of(place, path, owner, submitted)
    return owner, replace(
        one, file=harmless(entry.name, keep=""), place=place, path=path, handed_in=when
    )


def list_folder(place: Place, folder: Names | None) -> Iterator[tuple[Names, Entry]]:
    """List a student's folder."""
    if folder is None:
        return
    try:
        entries = place.entries(folder, MOST_ENTRIES)
    except FileNotFoundError:  # it was deleted meanwhile
        return
    for entry in entries:
        if entry.name != "timestamp.txt":
            yield (*folder, entry.name), entry


def chosen_name(pile: Pile, inside: Sequence[Entry]) -> str:
    """Return the name of the file to grade, of what lies in a student's folder and beside it."""
    loose = [entry for _, entry in pile.files.values()]
    if len(loose) == 1 and not inside and not loose[0].is_file:
        raise ClassError(f"expected a folder or a file, found {loose[0].kind}")
    if pile.owner.layout == "plain" and loose and len(loose) + len(inside) > 1:
        raise ClassError(f"expected one hand-in, found {listed([*loose, *inside])}")
    return pick([*(replace(entry, name=name) for name, (_, entry) in pile.files.items()), *inside])


def time_of(place: Place, path: Names, owner: Owner, submitted: bool) -> datetime | None:
    """Tell when a file was handed in.

    What Canvas and Moodle give for download has the times of the download.
    """
    if owner.layout != "plain":
        return None
    if submitted:
        try:
            said = place.read((*path[:-1], "timestamp.txt"), MOST_TIMESTAMP).decode()
            if (when := timestamp(said)) is not None:
                return when
        except (FileNotFoundError, NotReadable, UnicodeDecodeError):
            pass
    return place.changed(path)


def timestamp(text: str) -> datetime | None:
    """Read nbgrader's `2026-12-01 23:58:01.5 UTC`, with a zone's name or what clocks there show."""
    said, _, zone = text.strip().rpartition(" ")
    try:
        if re.fullmatch(r"[A-Za-z]\S*", zone):
            return in_zone(datetime.fromisoformat(said), zone)
        when = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo is not None else None


def in_zone(moment: datetime, zone: str) -> datetime | None:
    """Give a moment its zone, where the zone's name can mean one time alone.

    `Europe/Berlin` and `UTC` are names of zones; nbgrader writes what clocks show there, such as
    `CEST`. All who show CEST are two hours before UTC, but CST is shown in Chicago and in Shanghai:
    then it is this machine's own, if that shows it.
    """
    with suppress(ValueError, OSError, ZoneInfoNotFoundError):
        return moment.replace(tzinfo=ZoneInfo(zone))
    here = moment.astimezone()
    if here.tzname() == zone:
        return here
    there = (moment.replace(tzinfo=ZoneInfo(name)) for name in available_timezones())
    offsets = {one.utcoffset() or timedelta() for one in there if one.tzname() == zone}
    return moment.replace(tzinfo=timezone(offsets.pop())) if len(offsets) == 1 else None


# ---- the roster ---------------------------------------------------------------------------------


def of_roster(found: Iterable[tuple[Owner, HandIn]], roster: Roster) -> list[HandIn]:
    """Give each hand-in its student, and each student of the roster a hand-in."""
    theirs: dict[str, list[HandIn]] = defaultdict(list)
    others: list[HandIn] = []
    unclear: dict[str, str] = {}
    for owner, one in found:
        candidates = matching(owner, roster)
        if len(candidates) == 1:
            theirs[candidates[0].id].append(one)
            continue
        if candidates:
            ids = ", ".join(student.id for student in candidates)
            why = f"expected one student of the name {one.name}, found {ids} in the roster"
            one = replace(one, file=None, why=why, trouble="whose")
            unclear |= dict.fromkeys((student.id for student in candidates), why)
        others.append(replace(one, unlisted=True))
    students = [
        for_student(student, theirs[student.id], unclear.get(student.id, ""))
        for student in roster.students
    ]
    return students + others


def for_student(student: Student, found: Sequence[HandIn], unclear: str) -> HandIn:
    """Return a student's hand-in, also where there is none or more than one."""
    named = HandIn(student.id, student.name, email=student.email, lms_id=student.lms_id)
    there = [one for one in found if one.trouble != "missing"]
    if len(there) > 1:
        why = f"expected one hand-in, found {' and '.join(one.name for one in there)}"
        return replace(named, why=why, trouble="whose")
    if not there:
        trouble: Trouble = "whose" if unclear else "missing"
        return replace(named, why=unclear or NOTHING, trouble=trouble)
    lms_id = there[0].lms_id or student.lms_id
    return replace(
        there[0], student=student.id, name=student.name, email=student.email, lms_id=lms_id
    )


def distinct(found: Iterable[HandIn]) -> Iterator[HandIn]:
    """Give each a name of its own: Canvas may have two of one name where there is no roster."""
    taken: set[str] = set()
    for one in sorted(found, key=lambda one: (one.unlisted, one.student, one.lms_id)):
        name, number = one.student, 1
        while name in taken:
            number += 1
            name = f"{one.student} {one.lms_id or number}" if number == 2 else f"{name} {number}"
        taken.add(name)
        yield replace(one, student=name)
