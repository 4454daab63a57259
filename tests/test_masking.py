"""What is secret of a command line, by a table of what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import masking

SECRET = [
    "token",
    "hf_token",
    "HF_TOKEN",
    "apiKey",
    "api-key",
    "--db-password",
    "authorization",
    "passwd",
    "private_key",
]
OPEN = [
    "tokens",
    "max_tokens",
    "token_count",
    "key",
    "key_dim",
    "n",
    "forward_pass",
    "private",
    "author",
    "tokenizer",
    "",
]
WORDS = {
    "token=abc": "token=***",
    "token=abc,def,n=3": "token=***,***,n=3",
    "n=8,token=abc": "n=8,token=***",
    " token = abc": " token =***",
    "--param=hf_token=a=b": "--param=hf_token=***",
    "dask:tls://me:pass@host:8786,token=q,workers=2": "dask:tls://***@host:8786,token=***,workers=2",
    "https://abc@host/x?access_token=1&b=2": "https://***@host/x?access_token=***",
    "https://host/x?b=2;sig=1": "https://host/x?b=2;sig=1",
    "tcp://me:pa@ss@host": "tcp://***@host",
    "http://me:pa/ss@host/x": "http://***@host/x",
    "Authorization: Bearer abc def": "Authorization: ***",
    "x=Bearer abc": "x=Bearer ***",
    "ssh://git@host/x": "ssh://git@host/x",
    "https://host/plot@2x.png": "https://host/plot@2x.png",
    "n=8,16": "n=8,16",
    "me@host": "me@host",
    "max_tokens=8": "max_tokens=8",
}


@pytest.mark.parametrize("name", SECRET)
def test_names_of_secrets(name: str) -> None:
    assert masking.is_secret(name)


@pytest.mark.parametrize("name", OPEN)
def test_names_of_none(name: str) -> None:
    assert not masking.is_secret(name)


@pytest.mark.parametrize(("word", "kept"), WORDS.items())
def test_a_word_is_kept_without_its_secret(word: str, kept: str) -> None:
    assert masking.shown(word) == kept
    assert masking.shown(kept) == kept


def test_the_word_behind_an_option_of_a_secret_is_one() -> None:
    assert masking.words(("bench", "--token", "abc", "--seed", "3")) == ("bench", "--token", "***", "--seed", "3")


@given(st.text("abcXYZ0129_-./=:@?&;#%+~ ", min_size=1).filter(str.strip))
def test_no_value_of_a_token_is_kept(secret: str) -> None:
    for word in (f"token={secret}", f"--param=n=1,token={secret}"):
        assert masking.shown(word).endswith("token=***")


@given(st.text("abcXYZ0129_-.=:@%+~", min_size=1))
def test_no_password_of_an_address_is_kept(password: str) -> None:
    assert masking.shown(f"tls://me:{password}@host:8786") == "tls://***@host:8786"


def test_a_case_has_the_mask_and_a_call_the_value() -> None:
    secrets = masking.hidden({"token": ("abcd",), "at": ("http://me:pass@host",), "n": ("8",)})
    kept = {
        name: masking.masked(name, value)
        for name, value in {"token": "abcd", "at": ("http://me:pass@host",), "n": 8}.items()
    }
    assert kept == {"token": "***", "at": ("http://***@host",), "n": 8}
    assert masking.revealed(kept, secrets) == {"token": "abcd", "at": ("http://me:pass@host",), "n": 8}
    assert masking.lacking(kept, secrets) == []
    assert masking.lacking(kept, {}) == ["token", "at"]
    assert masking.without("abcd at http://me:pass@host, or abcdabcd", secrets) == "*** at http://***@host, or ******"


def test_a_secret_that_begins_as_another_leaves_no_end_of_itself() -> None:
    for secrets in (
        {"a_token=***": "abcd", "b_token=***": "abcd-efgh"},
        {"b_token=***": "abcd-efgh", "a_token=***": "abcd"},
    ):
        assert masking.without("abcd-efgh and abcd", secrets) == "*** and ***"


def test_a_number_is_no_secret() -> None:
    assert masking.masked("cls_token", True) is True
    assert masking.masked("token", 3) == 3


@pytest.mark.parametrize("piece", ["a.", "a=", "a://", "://", "a@", "token=", "a ", "?a=", "bearer ", ","])
def test_a_word_of_300_000_letters_is_read_in_linear_time(piece: str) -> None:
    """One that is read in quadratic time does not end within the time that a test has."""
    word = piece * (300_000 // len(piece))
    assert len(masking.shown(word)) <= len(word) + 300_000
