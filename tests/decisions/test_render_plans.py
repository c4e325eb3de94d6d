import pytest

from keepwell.decisions.render_plans import plan_name


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("standard", "standard"),
        ("Standard", "standard"),
        ("pro plus", "pro_plus"),
        ("pro_plus", "pro_plus"),
        ("1c-2g", "standard"),
        ("4c-8g", "pro_plus"),
        ("64c-512g", "64c-512g"),
        ("", ""),
    ],
)
def test_a_plan_of_a_service_has_one_name(spelled: str, expected: str):
    assert plan_name(spelled) == expected


@pytest.mark.parametrize(("spelled", "expected"), [("256mb", "starter"), ("1c-2g", "1c-2g")])
def test_a_plan_of_a_store_has_one_name(spelled: str, expected: str):
    assert plan_name(spelled, is_key_value=True) == expected
