"""Names that are too long for their column can be told apart."""

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from artifact_tui.widgets.distinct_texts import shorten

WHEELS = [
    "wheel-cp311-abi3-macosx_11_0_arm64",
    "wheel-cp311-abi3-macosx_11_0_x86_64",
    "wheel-cp311-abi3-manylinux_2_28_aarch64",
    "wheel-cp311-abi3-manylinux_2_28_x86_64",
    "wheel-cp311-abi3-musllinux_1_2_x86_64",
    "wheel-cp311-abi3-win_amd64",
]


def test_names_that_share_their_start_and_their_end_keep_what_differs() -> None:
    assert shorten(WHEELS, 20) == {
        "wheel-cp311-abi3-macosx_11_0_arm64": "wheel-…macosx…_arm64",
        "wheel-cp311-abi3-macosx_11_0_x86_64": "wheel-…macosx…x86_64",
        "wheel-cp311-abi3-manylinux_2_28_aarch64": "wheel-…manyli…arch64",
        "wheel-cp311-abi3-manylinux_2_28_x86_64": "wheel-…manyli…x86_64",
        "wheel-cp311-abi3-musllinux_1_2_x86_64": "wheel-…muslli…x86_64",
        "wheel-cp311-abi3-win_amd64": "wheel-cp31…win_amd64",
    }


def test_names_that_differ_in_several_places_keep_all_of_them() -> None:
    names = [f"build-{system}-with-all-features-{kind}-x86_64" for system in ("linux", "macos") for kind in "ab"]
    shown = shorten(names, 22)
    assert len(set(shown.values())) == 4
    assert all("lin" in text for name, text in shown.items() if "linux" in name)


def test_names_in_other_scripts_are_told_apart_by_cells() -> None:
    shown = shorten([f"覆盖率报告长长长长长{number}尾巴尾巴尾巴" for number in range(3)], 16)
    assert [text.count(str(number)) for number, text in enumerate(shown.values())] == [1, 1, 1]
    assert {cell_len(text) for text in shown.values()} <= {15, 16}


def test_a_name_that_fits_is_left_alone() -> None:
    assert shorten(["coverage", "test-results-ubuntu-24.04"], 20) == {
        "test-results-ubuntu-24.04": "test-results-…-24.04"
    }


words = st.sampled_from(["wheel", "logs", "linux", "macos", "x86_64", "arm64", "覆盖", "e\N{COMBINING ACUTE ACCENT}"])
names = st.lists(words, min_size=1, max_size=8).map("-".join)


@given(texts=st.sets(names, max_size=12), width=st.integers(1, 40))
@example(texts={"a" * 30 + "1" + "b" * 30, "a" * 30 + "2" + "b" * 30}, width=5)
def test_no_shortened_text_is_wider_than_its_column(texts: set[str], width: int) -> None:
    shown = shorten(texts, width)
    assert all(cell_len(text) <= width for text in shown.values())
    assert shown.keys() == {text for text in texts if cell_len(text) > width}


@given(
    start=st.text("abc-", min_size=20, max_size=40),
    middles=st.sets(st.text("xyz", min_size=1, max_size=3), min_size=2, max_size=9),
    end=st.text("abc-", min_size=20, max_size=40),
)
def test_a_difference_anywhere_is_seen(start: str, middles: set[str], end: str) -> None:
    texts = {f"{start}<{middle}>{end}" for middle in middles}
    assert len(set(shorten(texts, 22).values())) == len(texts)
