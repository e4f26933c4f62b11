"""The range of a pack: as asked for, whole, and proven whatever the size of the log."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairgo.core.errors import BadRequest, FairgoError, NotFound
from tests.ledger.packing import check, faults, kept, members


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_range_of_any_size_verifies_and_is_whole(tmp_path, data):
    size = data.draw(st.sampled_from([1, 2, 255, 256, 257, 511, 512, 513, 700]))
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    with kept(folder) as house:
        for part in (size // 2, size - size // 2):
            if part:
                house.turns(part)
                house.sign()
        house.pack(folder / "pack.zip", first, last)
    seen: list[int] = []
    found = check(
        folder / "pack.zip",
        leaves=lambda start, entries, _told: seen.extend(range(start, start + len(entries))),
    )
    assert not found.faults
    assert seen == list(range(first, last + 1))


def test_a_large_log_is_proven_by_a_few_tiles(tmp_path):
    with kept(tmp_path / "data") as house:
        house.turns(66_000)
        house.sign()
        house.pack(tmp_path / "pack.zip", 40_000, 40_100)
    names = [name for name in members(tmp_path / "pack.zip") if name.startswith("tile/")]
    assert names == [
        "tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/156", "tile/0/257.p/208", "tile/entries/156",
    ]  # fmt: skip
    assert not faults(tmp_path / "pack.zip")


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("0", "699", (0, 699)),
        ("5", "5", (5, 5)),
        ("2026-11-23", "2026-11-23", (0, 699)),
        ("2026-11-23T09:01Z", "2026-11-23T09:02Z", (100, 499)),
        ("2026-11-23T20:01+11:00", "2026-11-23T20:01:59+11:00", (100, 299)),
        ("2026-11-23T09:02Z", "600", (300, 600)),
        ("20", "2026-11-23T09:00Z", (20, 99)),
        ("2020-01-01", "2026-11-23T09:00Z", (0, 99)),
        ("2026-11-23T09:03Z", "2030-01-01", (500, 699)),
    ],
)
def test_both_ends_are_included(tmp_path, start, end, found):
    with kept(tmp_path / "data") as house:
        house.turns(100)
        for _ in range(3):
            house.clock.step()
            house.turns(200)
        house.sign()
        made = house.pack(tmp_path / "pack.zip", start, end)
    assert (made.manifest["first"], made.manifest["last"]) == found
    assert made.manifest["asked"] == {"from": start, "to": end}


def test_a_clock_that_runs_backwards_leaves_nothing_out(tmp_path):
    with kept(tmp_path / "data") as house:
        for step in (5, -3, 4, -5):
            house.clock.step(step)
            house.turns(10)
        house.sign()
        made = house.pack(tmp_path / "pack.zip", "2026-11-23T09:02Z", "2026-11-23T09:05Z")
    assert (made.manifest["first"], made.manifest["last"]) == (0, 19)


@pytest.mark.parametrize(
    ("start", "end", "more", "error", "said"),
    [
        ("5", "4", {}, BadRequest, "the range runs backwards"),
        ("2026-11-24", "2026-11-23", {}, BadRequest, "the range runs backwards"),
        ("0", "1000000", {}, NotFound, "--to 1000000 is beyond the log"),
        ("2030-01-01", "2030-12-31", {}, NotFound, "no signed leaf lies in that range"),
        ("600", "2026-11-23T09:00Z", {}, NotFound, "no signed leaf lies in that range"),
        ("yesterday", "5", {}, BadRequest, "neither a position nor a time with its zone"),
        ("2026-11-23T09:00", "5", {}, BadRequest, "neither a position nor a time with its zone"),
        ("-1", "5", {}, BadRequest, "neither a position"),
        ("0", "9", {"system": "assistent"}, NotFound, "no leaf in the range is of the system 'assistent'"),
        ("0", "9", {"purpose": "Why not?"}, BadRequest, "is not a code"),
        ("0", "9", {"opened": ("0" * 16 + ".1",)}, NotFound, "no leaf '0000000000000000.1' is in the tree"),
        ("0", "9", {"audits": (Path("absent.json"),)}, BadRequest, "absent.json cannot be read"),
        ("0", "9", {"past_policies": (Path("absent"),)}, FairgoError, "absent"),
    ],
)
def test_what_cannot_be_given_is_said_and_nothing_is_written(full, tmp_path, start, end, more, error, said):
    with pytest.raises(error) as wrong:
        full.pack(tmp_path / "pack.zip", start, end, **more)
    assert said in wrong.value.message
    assert wrong.value.hint
    assert not list(tmp_path.iterdir())
