"""The jobs of the house itself: what they delete, and what they leave."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from fairgo.jobs.house import jobs_of
from fairgo.ledger.house import House
from fairgo.staff import accounts, records
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Role
from fairgo.staff.sessions import KEPT_FOR, begin, token_hash
from tests.jobs.labour import fill, work_off
from tests.ledger.ledgers import running

HOUR = timedelta(hours=1)


@pytest.fixture
def database() -> str:
    return ""


def test_an_ended_session_is_known_for_a_day_and_an_old_link_is_not(house: House):
    job = jobs_of([])["staff.sessions"]
    with running(house.ledger):
        with house.ledger.recorded() as tx:
            ada = accounts.create(tx, "Ada", [Grant("main", Role.OWNER)])
            for device, ends in (("new", HOUR), ("late", -HOUR), ("old", -KEPT_FOR - HOUR)):
                begin(tx, member=ada, tenant="main", way="app", device=device, lasts=ends)
            link = {"hash": token_hash("link"), "member": ada, "ends_at": tx.moment - HOUR}
            tx.execute(insert(records.invitation).values(link))
        fill(house, job.name, 1)
        work_off(house, job)
        with house.store.reading() as connection:
            kept = set(connection.scalars(select(records.session.c.device)))
            links = connection.execute(select(records.invitation)).all()
    assert (kept, links) == ({"new", "late"}, [])
