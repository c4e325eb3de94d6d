import pytest

from keepwell.health import DiskFree, ErrorClass, Scope
from tests.health.asking import outcome

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("free_share", "expected"), [(0.0, None), (1.0, ErrorClass.DISK_FULL)])
async def test_a_disk_needs_room(tmp_path, free_share, expected):
    assert await outcome(DiskFree(str(tmp_path), free_share=free_share)) is expected


async def test_a_disk_that_is_not_there_is_unreachable(tmp_path):
    assert await outcome(DiskFree(str(tmp_path / "nowhere"))) is ErrorClass.UNREACHABLE


def test_it_is_a_fault_of_this_instance():
    assert DiskFree().scope is Scope.LOCAL
