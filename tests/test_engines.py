"""Engines: the same results in the same order, errors that arrive, wrong names refused."""
from __future__ import annotations

import os

import pytest

from pipeline.engines import AHEAD, chosen
from pipeline.errors import DataError, UserError

LOCAL = ("serial", "processes")


def squared(number: int) -> int:
    return number * number


def failing(number: int) -> int:
    if number == 40:
        raise LookupError(str(number))
    return number


def dying(number: int) -> int:
    os._exit(1)


@pytest.mark.parametrize("engine", [None, *LOCAL])
@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 115])
def test_results_come_in_the_order_of_the_items(engine, workers, count):
    assert list(chosen(engine, workers).run(squared, range(count))) == [number * number for number in range(count)]


@pytest.mark.parametrize("engine", LOCAL)
def test_an_error_of_the_function_is_raised(engine):
    with pytest.raises(LookupError, match="40"):
        list(chosen(engine, 2).run(failing, range(100)))


def test_items_are_taken_as_they_are_needed():
    taken = []
    results = chosen("processes", 2).run(squared, (taken.append(number) or number for number in range(10_000)))
    assert next(results) == 0
    assert len(taken) <= 2 * (AHEAD + 1)
    results.close()


def test_a_process_that_dies_is_told():
    with pytest.raises(DataError, match="worker process died"):
        list(chosen("processes", 2).run(dying, range(3)))


@pytest.mark.parametrize(("engine", "workers"), [("cloud", 1), ("serial", 0)])
def test_wrong_calls_are_refused(engine, workers):
    with pytest.raises(UserError):
        chosen(engine, workers)
