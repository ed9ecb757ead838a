"""The diary keeps every trial, and bears what others do to its file."""

from course.kept.diary import Diary

TRIAL = ("pools early", "8 p 16 gap", 3_418, 941, 1_000, 0, "sees <all> at once, cheaply")


def test_trials_are_kept_between_kernels_and_none_twice(tmp_path):
    file = tmp_path / "trials.csv"
    diary = Diary(file)
    diary.add(*TRIAL)
    diary.add(*TRIAL)
    diary.add(*TRIAL[:3], 930, 1_000, 1, "")
    again = Diary(file)
    assert again.trials == diary.trials
    assert [trial.read for trial in again.trials] == [941, 930]
    assert "<td>sees &lt;all&gt; at once, cheaply</td>" in again._repr_html_()
    assert repr(again).startswith("2 trials\n")


def test_lines_that_are_no_trials_are_left_out(tmp_path):
    file = tmp_path / "trials.csv"
    Diary(file).add(*TRIAL)
    file.write_text(file.read_text() + "x,y,many,1,2,3,z\nshort\n")
    assert len(Diary(file).trials) == 1
    file.write_bytes(b"\xff\xfe\x00")
    assert Diary(file).trials == []


def test_where_nothing_can_be_written_trials_last_as_long_as_the_kernel(tmp_path):
    diary = Diary(tmp_path / "no" / "trials.csv")
    diary.add(*TRIAL)
    assert len(diary.trials) == 1
