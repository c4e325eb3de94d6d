"""Who logs in by an address, and who takes turns with it."""

import pytest

from keepwell.decisions.secrets_login import Login, login_of
from keepwell.errors import UsageError

PROJECT = "livestreamsellprodaa"


def login(user: str, *, rest: str = ":p%40ss@db.example:5432/postgres") -> Login:
    return login_of("DATABASE_URL", f"postgresql://{user}{rest}", project=PROJECT)


@pytest.mark.parametrize(
    ("user", "role", "other"),
    [
        ("app_a", "app_a", "app_b"),
        ("app_b", "app_b", "app_a"),
        (f"app_b.{PROJECT}", "app_b", "app_a"),
        ("a_b_a", "a_b_a", "a_b_b"),
        ("api%2Dx_a", "api-x_a", "api-x_b"),
    ],
)
def test_two_roles_take_turns(user: str, role: str, other: str):
    assert login(user) == Login(role=role, other=other, password="p@ss")


def test_a_password_is_in_no_text_of_a_login():
    assert "p@ss" not in repr(login("app_a"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://app:secret@h/d", "logs in as app, which ends neither in _a nor in _b"),
        ("postgresql://_a:secret@h/d", "logs in as _a, which"),
        ("postgresql://app_A:secret@h/d", "logs in as app_A, which"),
        ("postgresql://app_a.other:secret@h/d", "is of the project other, and this stack's is"),
        ("postgresql://app_a@h/d", "is no postgresql:// address with a user and a password"),
        ("postgresql://:secret@h/d", "is no postgresql:// address"),
        ("mysql://app_a:secret@h/d", "is no postgresql:// address"),
        ("postgresql://app_a:[secret@h/d", "is no postgresql:// address"),
        ("secret", "is no postgresql:// address"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(address: str, said: str):
    with pytest.raises(UsageError) as caught:
        login_of("DATABASE_URL", address, project=PROJECT)
    told = f"{caught.value}{caught.value.hint}{caught.value.__context__!r}"
    assert said in told
    assert "secret" not in told
