"""Prices drawn from ids: the same for ever, in their range, and different from one another as chance has it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from allokering.solvers.canonical import drawn

STABLE = {
    ("alis-1", "fjord", 3): 491_199,
    ("alis-2", "fjord", 3): 408_000,
    (): 932_621,
    ("Ål",): 48_642,
    (-7,): 805_165,
}


@pytest.mark.parametrize(("ids", "expected"), STABLE.items())
def test_the_same_for_ever(ids: tuple[str | int, ...], expected: int) -> None:
    """A published plan stands on these values: they may never change."""
    assert drawn(*ids) == expected


def test_more_bits_are_the_same_draw_refined() -> None:
    """Fewer bits are the first of the same sequence."""
    assert {bits: drawn("alis-1", "fjord", 3, bits=bits) for bits in (1, 8, 20, 40)} == {
        1: 1,
        8: 120,
        20: 491199,
        40: 515058574700,
    }


def test_another_process_draws_the_same() -> None:
    """Nothing of Python's own hashes enters, which differ from process to process."""
    code = "from allokering.solvers.canonical import drawn; print([drawn('alis-1', n) for n in range(5)])"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }

    assert told == {f"{[drawn('alis-1', number) for number in range(5)]}\n"}


@pytest.mark.parametrize("bits", [1, 2, 8, 20, 64, 256])
def test_within_its_range(bits: int) -> None:
    """From 1 to 2**bits, ends included where there are few values."""
    values = {drawn("range", number, bits=bits) for number in range(2_000)}

    assert min(values) >= 1
    assert max(values) <= 2**bits
    if bits <= 8:
        assert values == set(range(1, 2**bits + 1))


@pytest.mark.parametrize("bits", [0, -1, 257])
def test_bits_that_sha256_does_not_have(bits: int) -> None:
    """No more can be drawn than a digest holds, and no fewer than one."""
    with pytest.raises(ValueError, match="bits can be drawn"):
        drawn("range", bits=bits)


def test_thousands_of_ids_meet_no_oftener_than_chance_has_it() -> None:
    """20,000 draws of 64 bits are all different; of 20 bits, about n**2 / 2**21 = 191 pairs meet (190.7 +- 14)."""
    ids = [(f"trainee-{number % 200}", f"position-{number // 200}") for number in range(20_000)]

    assert len({drawn(*each, bits=64) for each in ids}) == 20_000
    assert 20_000 - 250 <= len({drawn(*each) for each in ids}) <= 20_000 - 130


def test_ids_that_look_alike_are_not() -> None:
    """Neither where one ends and the next begins, nor their number, nor their order, nor their type is lost."""
    alike = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc",),
        ("c", "ab"),
        ("1",),
        (1,),
        ("1", ""),
        (11,),
        (1, 1),
        ("a1:b",),
        ("a", "b"),
        (),
    ]

    assert len({drawn(*ids, bits=64) for ids in alike}) == len(alike)
