"""Whatever is sent, no answer is a failure of ours, and nothing of another student's comes out."""

from tests.autograder.server.hostile import attack, victim
from tests.helpers.classes import Served

REQUESTS = 1_500


def test_hostile_requests_find_no_failure_and_no_secret(there: Served) -> None:
    victim(there)
    codes, wrong = attack(there, REQUESTS, seed=1)
    assert wrong == []
    assert {200, 303, 400, 401, 403, 404, 405} <= set(codes)
    assert there.client().get("/healthz").status_code in (200, 503)  # nothing grades in this test
