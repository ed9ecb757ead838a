"""One file per way to cheat, one per odd but honest network: each gets the answer it deserves."""

from collections import Counter

import pytest

from autograder.assignment import load
from autograder.graph.network import Network
from tests.attacks import suite
from tests.attacks.suite import Attack, attacks, controls, judge
from tests.helpers.gradings import practise


def named(found: list[Attack]) -> list[object]:
    """Give each file's test its kind and name; what a start reads takes real digits."""
    return [pytest.param(one, id=one.name, marks=marks(one)) for one in found]


def marks(attack: Attack) -> list[pytest.MarkDecorator]:
    """Mark what takes real digits, and what several tests capture: one process does that once."""
    digits = [pytest.mark.mnist] if attack.form == "start" else []
    twice = attack.form in ("start", "counts")
    return digits + [pytest.mark.xdist_group(attack.name)] * twice


@pytest.mark.parametrize("attack", named(attacks()))
def test_an_attack_gets_the_answer_it_deserves(attack: Attack) -> None:
    answer = judge(attack)
    assert answer.right, f"expected: {attack.expected}; found: {answer.found}"


@pytest.mark.parametrize("control", named(controls()))
def test_an_odd_but_honest_network_passes_every_check(control: Attack) -> None:
    answer = judge(control)
    assert answer.right, f"expected: {control.expected}; found: {answer.found}"


def test_the_suite_is_large() -> None:
    kinds = Counter(attack.kind for attack in attacks())
    assert set(kinds) >= {"bounds", "jail", "one_network", "seeds", "size", "start"}
    assert sum(kinds.values()) >= 60
    assert min(kinds.values()) >= 10


# An attack that is none would prove nothing. These see that the files of two kinds hold what they
# hide: more numbers than they store, and a start that reads digits.


@pytest.mark.parametrize("attack", named([a for a in attacks() if a.form == "counts"]))
def test_a_file_that_hides_numbers_stores_fewer_than_it_holds(attack: Attack) -> None:
    study = suite.check(attack.path).study
    assert study is not None
    stored = sum(tensor.numel() for tensor in study.graph.stored().values())
    assert stored < int(attack.words["number"].replace(",", ""))


@pytest.mark.parametrize("attack", named([a for a in attacks() if a.form == "start"]))
def test_a_pretrained_start_reads_digits_as_it_comes(attack: Attack) -> None:
    study = suite.check(attack.path).study
    assert study is not None
    assert suite.share_read(Network(study.graph)) > 0.5


def test_a_network_that_reads_digits_before_its_first_step_ends_as_failed() -> None:
    path = suite.HERE / "models/start/numbers_written_into_forward.py"
    verdict = practise(path, load("under-8k"))
    bad = verdict.first_bad
    assert bad is not None
    assert (bad.id, bad.status, verdict.exit_code) == ("training", "fail", 1)
    assert "of the digits before its first step" in bad.message
    assert verdict.runs == ()
