"""What a hostile child could send is graded or refused in words, and a network has one form."""

import time
import warnings
from pathlib import Path

import pytest

from autograder.checks import order
from autograder.checks.study import Study
from autograder.verdict import Check
from tests.fuzz import corpus
from tests.fuzz.grading import STAGES, Graded, Grading
from tests.fuzz.mutants import judged, make, replayed

SEED = 1
SECONDS = 25.0  # of this process's work, or as long as it takes for the least
ENOUGH, LEAST = 150, 40  # mutants: to stop before the time is over, and to say anything at all
LEAST_TRAINED = 2


@pytest.fixture(scope="module")
def grading() -> Grading:
    return Grading()


def test_mutants_are_graded_or_refused_in_words(grading: Grading) -> None:
    files = corpus.paths()
    seeds = corpus.captured({name: files[name] for name in corpus.FEW})
    assert len(seeds) == len(corpus.FEW)
    graded: list[Graded] = []
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while len(graded) < ENOUGH and (
            len(graded) < 2 * LEAST or time.process_time() - begun < SECONDS
        ):
            mutant = make(seeds, SEED, len(graded))
            graded.append(judged(mutant, grading))
            assert not graded[-1].faults, f"{mutant} (seed {SEED}, number {len(graded) - 1})"
    reached = {
        stage: sum(STAGES.index(g.stage) >= at for g in graded) for at, stage in enumerate(STAGES)
    }
    assert reached["checked"] >= LEAST, reached
    assert reached["runs"] >= LEAST / 2, reached
    assert reached["trained"] >= LEAST_TRAINED, reached


def test_the_same_number_makes_the_same_mutant() -> None:
    files = corpus.paths()
    seeds = corpus.captured({name: files[name] for name in corpus.FEW[:4]})
    assert [make(seeds, 3, n).data for n in range(12)] == [
        make(seeds, 3, n).data for n in range(12)
    ]


@pytest.mark.parametrize("path", corpus.found(), ids=lambda path: path.stem)
def test_what_was_found_once_stays_mended(path: Path, grading: Grading) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert replayed(path.read_bytes(), grading).faults == []


def test_a_check_that_fails_with_an_exception_is_noticed(
    grading: Grading, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(study: Study) -> Check:
        raise KeyError("no such row")

    monkeypatch.setattr(order, "ORDER", (("interface", broken, ()),))
    faults = replayed(corpus.found()[0].read_bytes(), grading).faults
    assert any("KeyError" in words for words in faults), faults
