"""How property tests choose their examples."""

import os

import hypothesis


def test_property_tests_repeat_their_examples_and_store_none_unless_fresh_ones_are_asked_for() -> None:
    chosen = hypothesis.settings(max_examples=1)
    assert chosen.derandomize is (os.environ.get("HYPOTHESIS_PROFILE", "repeatable") != "random")
    assert chosen.database is None
