"""What most stories of valuing and appraising begin with: a registered result, and a manager engaged for it."""

import pytest

from tests.support.appraisal_bodies import an_engaged_manager
from tests.support.desk import Desk


@pytest.fixture
def desk(house):
    return Desk(house).registered()


@pytest.fixture
def manager(house, desk):
    return an_engaged_manager(house, desk)
