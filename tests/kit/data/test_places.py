"""Where data sets are looked for: what the user names comes first, and is not the only place."""

from pathlib import Path

import pytest

from bench.kit.data.places import VARIABLE, data_folders


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """The user's own data folder."""
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "own")
    return tmp_path / "own"


def test_without_the_variable_there_is_the_users_own_folder(own, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert data_folders() == (own,)


def test_an_empty_variable_names_nothing(own, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert data_folders() == (own,)


def test_the_variable_goes_before_and_may_begin_at_home(own, monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv(VARIABLE, "~/sets")
    assert data_folders() == (Path("/home/somebody/sets"), own)


def test_who_has_no_home_has_what_the_variable_names(monkeypatch):
    def homeless(*_, **__):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_data_path", homeless)
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not any(folder.exists() for folder in data_folders())
    monkeypatch.setenv(VARIABLE, "/sets")
    assert data_folders()[0] == Path("/sets")
