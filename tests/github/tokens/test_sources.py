"""Where a token comes from: the first source that has one, and a plain sentence for each that cannot say."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from artifact_tui.github.hosts import host_named, read_host
from artifact_tui.github.tokens.credentials import Token
from artifact_tui.github.tokens.gh import NoGhAnswer, token_of_gh
from artifact_tui.github.tokens.sources import KeepingError, TokenSources
from artifact_tui.github.tokens.token_file import TokenFile

GITHUB = host_named("github.com")
GHES = host_named("ghe.acme.example")
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
NONE_HERE = "No keyring available."


def program(folder: Path, text: str) -> Path:
    """A program called gh."""
    folder.mkdir(exist_ok=True)
    path = folder / "gh"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\nhere = {str(folder)!r}\n{text}\n")
    path.chmod(0o700)
    return path


def environ(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": f"{home}/bin:/usr/bin:/bin"} | NO_KEYRING | more


def sources(home: Path, more: Mapping[str, str] = {}, host: str = "github.com") -> TokenSources:
    return TokenSources(read_host(host), environ(home) | dict(more), home / "data" / "tokens")


def test_without_any_source_there_is_no_token_and_that_is_said(tmp_path: Path) -> None:
    finding = sources(tmp_path).find()
    assert (finding.credential, finding.notes) == (None, (NONE_HERE,))


def test_each_source_stands_in_for_the_one_before_it(tmp_path: Path) -> None:
    program(tmp_path / "bin", "print('token-of-the-program')")
    TokenFile(tmp_path / "data" / "tokens").set(GITHUB, "token-of-the-file")
    asked = {"GH_TOKEN": "token-of-variable-1", "GITHUB_TOKEN": "token-of-variable-2"}
    found = []
    for gone in ("", "GH_TOKEN", "GITHUB_TOKEN", "PATH"):
        asked = {name: value for name, value in asked.items() if name != gone}
        finding = sources(tmp_path, asked | ({"PATH": "/usr/bin"} if gone == "PATH" else {})).find()
        assert finding.credential is not None
        found.append((finding.credential.source, finding.credential.token.reveal()))
    assert found == [
        ("GH_TOKEN", "token-of-variable-1"),
        ("GITHUB_TOKEN", "token-of-variable-2"),
        ("gh", "token-of-the-program"),
        ("file", "token-of-the-file"),
    ]


def test_gh_is_asked_for_the_host_in_a_session_of_its_own(tmp_path: Path) -> None:
    """With prompts off, nothing to read, no token of the environment and no terminal."""
    program(
        tmp_path / "bin",
        "open(here + '/asked', 'w').write(repr((sys.argv[1:], os.getsid(0) == os.getpid(), sys.stdin.read(),"
        " sorted(n for n in os.environ if 'TOKEN' in n or n.startswith('GH_')))))\n"
        "try:\n    os.open('/dev/tty', os.O_RDWR)\nexcept OSError:\n    print('token-of-the-program')",
    )
    tokens = {"GH_TOKEN": "token-of-github-com", "GITHUB_TOKEN": "another-token", "GH_DEBUG": "api"}
    finding = sources(tmp_path, tokens, "ghe.acme.example").find()
    assert finding.credential is not None
    assert finding.credential.token.reveal() == "token-of-the-program"
    names = ["GH_NO_UPDATE_NOTIFIER", "GH_PROMPT_DISABLED", "GH_TELEMETRY"]
    expected = (["auth", "token", "--hostname", "ghe.acme.example"], True, "", names)
    assert (tmp_path / "bin" / "asked").read_text() == repr(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sys.exit('no oauth token')", None),
        ("print('')", None),
        ("print('two words')", "gh did not return a valid token."),
        ("time.sleep(60)", "gh did not answer within 0.5 seconds."),
        ("os.fork() and time.sleep(60); time.sleep(60)", "gh did not answer within 0.5 seconds."),
    ],
)
def test_gh_without_an_answer(tmp_path: Path, text: str, said: str | None) -> None:
    program(tmp_path / "bin", text)
    if said is None:
        assert token_of_gh(GITHUB, environ(tmp_path)) is None
        return
    with pytest.raises(NoGhAnswer) as error:
        token_of_gh(GITHUB, environ(tmp_path), seconds=0.5)
    assert str(error.value) == said


def test_a_gh_that_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(NoGhAnswer) as error:
        token_of_gh(GITHUB, environ(tmp_path, GH_PATH=str(tmp_path)))
    assert str(error.value) == "gh could not be started."


def test_the_file_is_its_owners_alone_and_has_a_line_for_each_host(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "data" / "tokens")
    file.set(GITHUB, "token-of-github")
    file.set(GHES, "token-of-the-server")
    assert file.path is not None
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert file.path.read_text() == "github.com token-of-github\nghe.acme.example token-of-the-server\n"
    assert list(file.path.parent.iterdir()) == [file.path]
    assert file.delete(GITHUB)
    assert (file.get(GITHUB), file.get(GHES)) == ("", "token-of-the-server")
    assert file.delete(GHES)
    assert not file.path.exists()
    assert not file.delete(GHES)


def test_a_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    kept = sources(tmp_path)
    kept.keep(Token("token-of-the-file"), "file")
    path = tmp_path / "data" / "tokens"
    path.chmod(0o640)
    finding = kept.find()
    assert finding.credential is None
    sentence = f"{path} is readable by other users and is ignored. Run chmod 600 {path}."
    assert finding.notes == (NONE_HERE, sentence)
    with pytest.raises(KeepingError) as error:
        kept.keep(Token("another-token"), "file")
    assert str(error.value) == sentence


def test_a_link_or_a_folder_in_its_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("github.com token-of-somebody\n")
    elsewhere.chmod(0o600)
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "tokens"
    path.symlink_to(elsewhere)
    assert sources(tmp_path).find().notes[1] == f"{path} is a symbolic link and is ignored. Delete it."
    path.unlink()
    path.mkdir()
    assert sources(tmp_path).find().notes[1] == f"{path} is not a regular file and is ignored. Delete it."


def test_forgetting_takes_it_out_of_the_file(tmp_path: Path) -> None:
    kept = sources(tmp_path)
    assert kept.forget() == ()
    kept.keep(Token("token-of-the-file"), "file")
    assert kept.forget() == ("file",)
    assert kept.find().credential is None


def test_keeping_where_there_is_no_keyring_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeepingError) as error:
        sources(tmp_path).keep(Token("a-pasted-token"), "keyring")
    assert str(error.value) == NONE_HERE


@pytest.mark.parametrize("source", ["GH_TOKEN", "gh"])
def test_the_keyring_is_not_loaded_when_an_earlier_source_answers(tmp_path: Path, source: str) -> None:
    """The backend named here says when it is imported."""
    (tmp_path / "telltale.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w').close()\n")
    program(tmp_path / "bin", "print('token-of-the-program')")
    telltale = {"PYTHON_KEYRING_BACKEND": "telltale.Keyring", "PYTHONPATH": str(tmp_path)}
    earlier = {source: "token-of-variable"} if source == "GH_TOKEN" else {}
    finding = sources(tmp_path, telltale | earlier).find()
    assert finding.credential is not None
    assert finding.credential.source == source
    assert not (tmp_path / "loaded").exists()
    without = sources(tmp_path, telltale | {"PATH": "/usr/bin"}).find()
    assert without.notes == ("PYTHON_KEYRING_BACKEND does not name a usable keyring.",)
    assert (tmp_path / "loaded").exists()
    assert "keyring" not in sys.modules


def test_a_gh_that_leaves_something_behind_is_not_waited_for(tmp_path: Path) -> None:
    """What it started holds its output open and is in a session of its own."""
    program(tmp_path / "bin", "os.setsid() if os.fork() == 0 else None\ntime.sleep(60)")
    with pytest.raises(NoGhAnswer):
        token_of_gh(GITHUB, environ(tmp_path), seconds=0.3)


def test_a_file_of_another_user_is_not_used(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only the administrator can give a file away")
    kept = sources(tmp_path)
    kept.keep(Token("token-of-the-file"), "file")
    path = tmp_path / "data" / "tokens"
    os.chown(path, 65534, 65534)
    finding = kept.find()
    sentence = f"{path} belongs to another user and is ignored. Delete it."
    assert (finding.credential, finding.warning) == (None, sentence)


def test_a_file_that_others_can_read_is_told_of_whatever_source_answers(tmp_path: Path) -> None:
    kept = sources(tmp_path, {"GH_TOKEN": "token-of-variable"})
    assert kept.find().warning == ""
    kept.keep(Token("token-of-the-file"), "file")
    assert kept.find().warning == ""
    path = tmp_path / "data" / "tokens"
    path.chmod(0o604)
    finding = kept.find()
    assert finding.credential is not None
    assert (finding.credential.source, finding.notes) == ("GH_TOKEN", ())
    assert finding.warning == f"{path} is readable by other users and is ignored. Run chmod 600 {path}."


def test_each_account_has_its_own_token_in_the_file(tmp_path: Path) -> None:
    names = ("github.com", "work@github.com", "home@github.com")
    for name in names:
        sources(tmp_path, host=name).keep(Token(f"token-of-{name}"), "file")
    for name in (*names, "WORK@github.com"):
        found = sources(tmp_path, host=name).find().credential
        assert found is not None
        assert found.token.reveal() == f"token-of-{name.lower()}"
    assert sources(tmp_path, host="work@github.com").forget() == ("file",)
    assert sources(tmp_path, host="work@github.com").find().credential is None
    assert sources(tmp_path, host="other@github.com").find().credential is None
    assert sources(tmp_path).find().credential is not None


def test_an_account_that_is_named_is_asked_of_gh_and_never_of_the_environment(tmp_path: Path) -> None:
    """A variable does not name an account, and another account's must not be used unnoticed."""
    program(tmp_path / "bin", "sys.argv[1:] == ['auth', 'token', '--hostname', 'github.com', '--user', 'Work'] and "
            "print('token-of-work')")  # fmt: skip
    finding = sources(tmp_path, {"GITHUB_TOKEN": "token-of-somebody"}, "Work@github.com").find()
    assert finding.credential is not None
    assert (finding.credential.source, finding.credential.token.reveal()) == ("gh", "token-of-work")
    assert finding.notes[0] == "GITHUB_TOKEN does not name an account and is ignored for Work."
    assert "token-of-somebody" not in repr(finding)
