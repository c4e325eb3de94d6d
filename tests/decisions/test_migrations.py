import pytest

from keepwell.decisions.migrations import judge_migrations, newest_version


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], ""),
        (
            ["20260101000000_a.sql", "20260301000000_b.sql", "20260201000000_c.sql"],
            "20260301000000",
        ),
        (["README.md", "seed.sql", "20260101000000_a.sql.bak"], ""),
    ],
)
def test_the_newest_file_is_known_by_its_version(files: list[str], expected: str):
    assert newest_version(files) == expected


@pytest.mark.parametrize(
    ("head", "newest", "message", "hint"),
    [
        ("1", "2", "the database is at 1, and the newest file is 2", "run `supabase db push`"),
        ("", "2", "the database is at no migration, and the newest file is 2", "run `supabase"),
        ("2", "1", "the database is at 2, and the newest file is 1", "bring the file"),
        ("2", "", "the database is at 2, and there are no files", "bring the file"),
    ],
)
def test_another_head_is_told(head: str, newest: str, message: str, hint: str):
    (found,) = judge_migrations(head, newest=newest)
    assert found.message == message
    assert found.hint.startswith(hint)


@pytest.mark.parametrize("version", ["", "20260101000000"])
def test_the_same_head_is_not_worth_a_word(version: str):
    assert list(judge_migrations(version, newest=version)) == []
