"""One name for each of Render's plans: Blueprints, the API and the sizes of 2026 spell them apart.

Which plan a service may have is a policy's business (`policies/plans.py`).
"""

from collections.abc import Mapping

_SERVICES: Mapping[str, str] = {
    "0.5c-512mb": "starter",
    "1c-2g": "standard",
    "2c-4g": "pro",
    "4c-8g": "pro_plus",
    "4c-16g": "pro_max",
    "8c-32g": "pro_ultra",
}
_KEY_VALUES: Mapping[str, str] = {
    "256mb": "starter",
    "1g": "standard",
    "5g": "pro",
    "10g": "pro_plus",
}


def plan_name(spelled: str, *, is_key_value: bool = False) -> str:
    """The API's name of a plan, whichever way it is spelled: "pro plus" and "4c-8g" are "pro_plus".

    A size takes the name that plans of that size had before; an unknown plan keeps its spelling.

    Sources: https://render.com/docs/blueprint-spec, https://render.com/docs/compute-plans,
    https://render.com/docs/key-value (read 2026-11).
    """
    plain = spelled.strip().lower().replace(" ", "_")
    return (_KEY_VALUES if is_key_value else _SERVICES).get(plain, plain)
