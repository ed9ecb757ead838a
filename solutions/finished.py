"""What the course's last network has learned: its weights, and the test digits that it misreads.

    autograde submit solutions/under_8k/model.py --seeds 10
    python -m solutions.finished             # keeps what that grading found beside the network

The grader keeps weights and answers of every seed; here those of the submission with most seeds are
copied into solutions/under_8k, where lessons find them (course/kept/finished.py). The weights are
its first seed's.
"""

import json
import sys

from autograder.handout.misread import Seen
from autograder.results import archive
from autograder.results.leaderboard import Leaderboard
from course.files import write_whole
from course.records import recorded


def main() -> None:
    """Write the two files, or say what is missing."""
    model, record = recorded("under_8k")
    same = [
        entry
        for entry in Leaderboard().entries()
        if entry.data == "mnist" and entry.fingerprint == record["submission"]["fingerprint"]
    ]
    if not same:
        sys.exit(
            "expected a submission of solutions/under_8k on this machine, found none:"
            " autograde submit solutions/under_8k/model.py --seeds 10"
        )
    entry = max(same, key=lambda one: (len(one.verdict.runs), one.id))
    seen = Seen.by(entry)
    rows = [[one.place, one.label, one.read, round(one.sure, 3), one.misses] for one in seen.found]
    text = json.dumps({"seeds": seen.seeds, "misread": rows}, separators=(",", ":"))
    write_whole(model.with_name("misread.json"), text.replace("],[", "],\n[").encode() + b"\n")
    first = entry.verdict.runs[0].seed
    write_whole(model.with_name("weights.safetensors"), archive.weights(entry, first))
    print(f"{seen}; weights of seed {first}")


if __name__ == "__main__":
    main()
