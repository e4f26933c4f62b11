"""The queue of jobs: one row for each occurrence, and the marks that keep an effect from taking place twice.

It lies beside the data, so that what is to be done is committed together with the reason for it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, String, Table

from fairgo.core.jobs import RunState
from fairgo.store.schema import Moment, insert_unless_there, metadata

schedule = Table(
    "job_schedule",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("expression", String(64), nullable=False),
    # Occurrences up to here are in the queue, or were passed over by the job's own rule.
    Column("seen_until", Moment, nullable=False),
)
run = Table(
    "job_run",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("job", String(64), nullable=False),
    Column("reference", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    # Attempts that failed by themselves, and those that ended with their worker: each has its own limit.
    Column("attempt", Integer, nullable=False),
    Column("losses", Integer, nullable=False),
    Column("worker", BigInteger, nullable=True),
    # The job's name while it runs alone: unique, so that no two of its occurrences run beside each other.
    Column("turn", String(64), nullable=True, unique=True),
    Column("started_at", Moment, nullable=True),
    Column("deadline", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    Column("problem", String(64), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("of", BigInteger, nullable=False),
    Column("cancel_asked", Boolean, nullable=False),
    Index("ix_job_run_state_not_before", "state", "not_before"),
    Index("ix_job_run_job_due_at", "job", "due_at"),
)
effect = Table(
    "job_effect",
    metadata,
    Column("run", String(128), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("made_at", Moment, nullable=False),
)


def put(
    connection: Connection,
    job: str,
    key: str,
    *,
    due: datetime,
    reference: str = "",
    not_before: datetime | None = None,
) -> bool:
    """Put an occurrence of a job into the queue, under `job/key`. False when it is there already: it stays as it is.

    `connection` is the caller's transaction: what is asked for is committed with the reason for it. `reference` says
    what it is about, as an id; nothing else is handed over.
    """
    values = {
        "id": f"{job}/{key}",
        "job": job,
        "reference": reference,
        "state": RunState.QUEUED,
        "due_at": due,
        "not_before": not_before or due,
        "attempt": 0,
        "losses": 0,
        "problem": "",
        "done": 0,
        "of": 0,
        "cancel_asked": False,
    }
    return insert_unless_there(connection, run, values)
