"""Keys of many points are those of each."""

import numpy as np

from benchmarks.province.keys import keys_of
from outreach.tilekey import key_of


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    points = np.random.default_rng(3).uniform((-180, -90), (180, 90), size=(500, 2))
    found = keys_of(points[:, 0], points[:, 1]).tolist()
    assert found == [key_of(lon, lat) for lon, lat in points.tolist()]
