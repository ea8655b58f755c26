"""Files that hold more than one encoding, or do not say which they hold."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artifact_tui.preview.encoding import decode
from tests.examples import examples

BOM = codecs.BOM_UTF16_LE


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


MIXED: dict[str, tuple[bytes, str]] = {
    "lines appended": (
        BOM + wide("Build started\r\n") + b"npm install\r\nok\r\n",
        "Build started\r\nnpm install\r\nok\r\n",
    ),
    "a short line appended": (BOM + wide("Build\r\n") + b"ok\n", "Build\r\nok\n"),
    "a word appended": (BOM + wide("Build\r\n") + b"ok", "Build\r\nok"),
    "an odd number of bytes in between": (
        BOM + wide("Build\r\n") + b"npm\n" + wide("next\r\n") + b"ok\r\n" + wide("end\r\n"),
        "Build\r\nnpm\nnext\r\nok\r\nend\r\n",
    ),
    "UTF-8 appended": (BOM + wide("Bäume…\r\n") + "✓ Bäume\r\n".encode(), "Bäume…\r\n✓ Bäume\r\n"),
    "behind Chinese": (BOM + wide("构建上海\r\n") + b"npm ERR! code 1\n", "构建上海\r\nnpm ERR! code 1\n"),
    "big endian": (b"\xfe\xff" + "Hello\r\n".encode("utf-16-be") + b"plain tail\r\n", "Hello\r\nplain tail\r\n"),
    "appended to bytes": (
        b"first line\n" + wide("by PowerShell\r\n") + b"and back\n",
        "first line\nby PowerShell\r\nand back\n",
    ),
    "a mark behind bytes": (b"first\n" + BOM + wide("Zwölf\r\n"), "first\nZwölf\r\n"),
    "a big endian mark behind bytes": (b"one\n" + b"\xfe\xff" + "Two\r\n".encode("utf-16-be"), "one\nTwo\r\n"),
    "two marks": (BOM + wide("One\r\n") + BOM + wide("Two\r\n"), "One\r\nTwo\r\n"),
    "a Latin line in UTF-8": ("Bäume grün über\n".encode() + "café\n".encode("latin-1"), "Bäume grün über\ncafé\n"),
}


@pytest.mark.parametrize("name", MIXED)
def test_each_part_is_read_in_its_own_encoding(name: str) -> None:
    data, text = MIXED[name]
    assert decode(data, is_cut=False) in [
        (text, f"{both} (guessed)") for both in ("UTF-16 and UTF-8", "UTF-8 and Windows-1252")
    ] + [(text, "UTF-16")]


OTHERS: dict[str, tuple[str, str, str]] = {
    "Western European": ("cp1252", "Windows-1252", "Größe: 3 €, naïve café – “it’s done”\r\n"),
    "apostrophes and quotes only": ("cp1252", "Windows-1252", "it’s “Done” – don’t retry…\r\n"),
    "an unassigned byte": ("latin-1", "Windows-1252", "café \x81 crème\n"),
    "Japanese": ("cp932", "Shift-JIS", "ビルドを開始しました。\r\n第1章 エラー: ファイルが見つかりません\r\n"),
    "Japanese without kana": ("cp932", "Shift-JIS", "[10:42] 処理開始 build.log\n"),
    "Chinese": ("gb18030", "GB18030", "构建失败：找不到文件 main.c，请检查路径。\n"),
    "Chinese in a log": ("gbk", "GB18030", "2026-11-20 08:48 error: 编译错误\n"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_text_that_is_not_unicode_is_readable(name: str) -> None:
    codec, shown, text = OTHERS[name]
    assert decode(text.encode(codec), is_cut=False) == (text, f"{shown} (guessed)")


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "iso8859-7", "big5"])
def test_other_encodings_are_not_taken_for_shift_jis_or_gb18030(codec: str) -> None:
    text = {"iso8859-7": "Η κατασκευή απέτυχε\n", "big5": "建置失敗，找不到檔案\n"}.get(
        codec, "Сборка завершена успешно\n"
    )
    read = decode(text.encode(codec), is_cut=False)
    assert read is not None
    assert read[1] == "Windows-1252 (guessed)"


@pytest.mark.parametrize("codec", ["cp932", "gb18030"])
def test_an_east_asian_character_may_be_cut(codec: str) -> None:
    text = "文字化けの修正" if codec == "cp932" else "修正乱码问题"
    read = decode(text.encode(codec)[:-1], is_cut=True)
    assert read is not None
    assert read[0] == text[:-1]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")))
@settings(max_examples=examples(100))
def test_valid_utf_8_is_never_taken_for_another_encoding(text: str) -> None:
    assert decode(text.encode(), is_cut=False) == (text, "UTF-8")


@pytest.mark.parametrize("text", ["Hello world\r\nand more…\r\n", "Привет мир\r\nещё\r\n", "构建上海\r\n上上上\r\n"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(text: str, codec: str) -> None:
    assert decode(text.encode(codec), is_cut=False) == (text, "UTF-16 (guessed)")


def test_a_few_zeros_do_not_make_a_log_binary() -> None:
    text = "a line of the log, long enough to be one\nanother \0 with a zero\n" * 3
    assert decode(text.encode(), is_cut=False) == (text, "UTF-8")


def test_the_hole_that_log_rotation_leaves_is_told_by_its_size() -> None:
    assert decode(bytes(5000) + b"after it\n", is_cut=False) == ("[5,000 zero bytes]\nafter it\n", "UTF-8")


def test_bytes_that_are_no_text_stay_bytes() -> None:
    assert decode(bytes(range(256)) * 4, is_cut=False) is None
    assert decode(bytes(100_000), is_cut=False) is None


CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("\r\n 1a。"), max_size=80)


@given(CHINESE)
@example("上海" * 20 + "\n")
@settings(max_examples=examples(60))
def test_chinese_is_not_taken_for_bytes_appended(text: str) -> None:
    assert decode(BOM + wide(text), is_cut=False) == (text, "UTF-16")


@given(st.binary(max_size=300), st.sampled_from([b"", BOM, b"\xfe\xff", b"a\0b\0", b"\0a\0b"]), st.booleans())
@settings(max_examples=examples(100))
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes, is_cut: bool) -> None:
    decoded = decode(start + data, is_cut=is_cut)
    assert decoded is None or isinstance(decoded[0].encode(), bytes)
