import threading

import pytest

from core.review.queues import course_cache
from core.review.queues.course import Course
from core.review.queues.course_cache import CourseCache
from core.store import Order, StoreUnavailable

FIRST, SECOND = Order("fit", 20), Order("fit", 40)


@pytest.fixture
def cache():
    return CourseCache()


def made(*ids):
    return lambda: Course(ids)


def never():
    raise AssertionError("it was made again")


def test_course_stays_until_the_order_changes(cache):
    course = cache.course("queue", FIRST, made("a", "b"))
    assert cache.course("queue", FIRST, never) is course


def test_nobody_waits_for_a_new_order(cache):
    before = cache.course("queue", FIRST, made("a", "b"))
    begin, asked = threading.Event(), []

    def make():
        asked.append(1)
        begin.wait(10)
        return Course(["b", "a"])

    assert cache.course("queue", SECOND, make) is before
    assert cache.course("queue", SECOND, make) is before
    begin.set()
    cache.wait()
    assert cache.course("queue", SECOND, never).ids == ["b", "a"]
    assert asked == [1]


def test_queue_that_nobody_goes_through_is_shown_in_its_new_order_at_once(cache, monkeypatch):
    cache.course("queue", FIRST, made("a", "b"))
    monkeypatch.setattr(course_cache, "SECONDS_IN_USE", 0.0)
    assert cache.course("queue", SECOND, made("b", "a")).ids == ("b", "a")


def test_new_order_that_cannot_be_read_is_tried_again(cache):
    before = cache.course("queue", FIRST, made("a", "b"))

    def fail():
        raise StoreUnavailable("The disk is away.")

    assert cache.course("queue", SECOND, fail) is before
    cache.wait()
    assert cache.course("queue", SECOND, made("b", "a")) is before
    cache.wait()
    assert cache.course("queue", SECOND, never).ids == ("b", "a")


def test_courses_of_queues_that_nobody_goes_through_are_let_go(cache, monkeypatch):
    cache.course("left", FIRST, made("a"))
    monkeypatch.setattr(course_cache, "SECONDS_IN_USE", 0.0)
    cache.course("queue", SECOND, made("a"))
    assert cache.course("left", SECOND, made("b")).ids == ("b",)
    assert len(cache._entries) == 2
