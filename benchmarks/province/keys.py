"""Tile keys of many points at once (`outreach.tilekey`, on arrays)."""

from typing import Any

import numpy as np

from outreach import tilekey


def keys_of(lon: Any, lat: Any) -> Any:
    """`tilekey.key_of` of arrays of WGS-84 degrees."""
    lat = np.clip(lat, -tilekey.MAX_LAT, tilekey.MAX_LAT)
    x = (lon + 180) / 360
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return _spread(_cell(x)) | _spread(_cell(y)) << 1


def _cell(share: Any) -> Any:
    return np.clip((share * tilekey.SIZE).astype(np.int64), 0, tilekey.SIZE - 1)


def _spread(v: Any) -> Any:
    v = (v | v << 16) & 0x0000FFFF0000FFFF
    v = (v | v << 8) & 0x00FF00FF00FF00FF
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F
    v = (v | v << 2) & 0x3333333333333333
    return (v | v << 1) & 0x5555555555555555
