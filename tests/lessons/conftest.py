"""What several tests share: a class as lessons/nbgrader_config.py sets it up, and the site."""

import shutil
from pathlib import Path

import pytest

from lessons import build, pages
from tests.lessons.classes import NAME, Classroom, open_class


@pytest.fixture(scope="module")
def classroom(tmp_path_factory) -> Classroom:
    """Build, generate and release the small assignment."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copy(Path(__file__).with_name("tiny.py"), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "BUILD", folder / "build")
        build.build(folder / "tiny.py", say=lambda word: None)
    made = open_class(folder / "course", folder / "build" / "source")
    made.root.mkdir()
    result = made.api.generate_assignment(NAME)
    assert result["success"], result
    return made


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Build the site from lessons that were not executed: figures are test_build.py's."""
    folder = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "BUILD", folder)
        for path in build.sources():
            build.write(build.solved(build.read(path)), "solved", path.stem)
        return pages.site(folder / "site").parent
