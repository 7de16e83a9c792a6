"""Links that hand a destination to a navigation app, each in its own datum.

The name in a link is the village's, never the customer's. WeChat and 企业微信
block app schemes in their browsers: they get the https forms.
"""

from dataclasses import dataclass
from urllib.parse import quote

from whitelist.geocoding.datum import wgs84_to_gcj02

APP = "marketing-map"


@dataclass(frozen=True)
class Link:
    """One app to choose."""

    app: str  # amap, baidu, tencent, geo
    url: str


def links_to(lon: float, lat: float, *, name: str, region: str = "", agent: str = "") -> list[Link]:
    """The apps that can lead to a WGS-84 point, for the browser that asks.

    Args:
        name: of the village, shown as the destination.
        region: of the city, which Baidu's web form wants.
        agent: the browser's User-Agent.
    """
    in_wechat = "MicroMessenger" in agent or "wxwork" in agent
    android = "Android" in agent and not in_wechat
    apple = any(device in agent for device in ("iPhone", "iPad")) and not in_wechat
    links = [Link("amap", amap(lon, lat, name))]
    if android or apple:
        links.append(Link("baidu", baidu_app(lon, lat, name, "bdapp" if android else "baidumap")))
    else:
        links.append(Link("baidu", baidu_web(lon, lat, name, region)))
    links.append(Link("tencent", tencent(lon, lat, name)))
    if android:
        links.append(Link("geo", geo(lon, lat, name)))
    return links


def amap(lon: float, lat: float, name: str) -> str:
    """高德, by https in every browser: `callnative` opens the app. GCJ-02, lon first."""
    lon, lat = wgs84_to_gcj02(lon, lat)
    to = f"{lon:.6f},{lat:.6f},{_clean(name)}"
    return (
        f"https://uri.amap.com/navigation?to={quote(to, safe=',')}"
        f"&mode=car&policy=1&src={APP}&callnative=1"
    )


def baidu_app(lon: float, lat: float, name: str, scheme: str) -> str:
    """百度's app (`bdapp` on Android, `baidumap` on iOS). It converts WGS-84 itself; lat first."""
    to = f"name:{_clean(name)}|latlng:{lat:.6f},{lon:.6f}"
    source = "andr.bank.marketing-map" if scheme == "bdapp" else "ios.bank.marketing-map"
    return (
        f"{scheme}://map/direction?destination={quote(to, safe=':,')}"
        f"&coord_type=wgs84&mode=driving&src={source}"
    )


def baidu_web(lon: float, lat: float, name: str, region: str) -> str:
    """百度 by https. GCJ-02, lat first; it wants an origin and a region."""
    lon, lat = wgs84_to_gcj02(lon, lat)
    to = f"latlng:{lat:.6f},{lon:.6f}|name:{_clean(name)}"
    return (
        f"https://api.map.baidu.com/direction?origin={quote('我的位置')}"
        f"&destination={quote(to, safe=':,')}&mode=driving&region={quote(_clean(region))}"
        f"&output=html&coord_type=gcj02&src=webapp.bank.marketing-map"
    )


def tencent(lon: float, lat: float, name: str) -> str:
    """腾讯, by https. `coord_type=1`: it takes GPS (WGS-84) points; lat first."""
    return (
        f"https://apis.map.qq.com/uri/v1/routeplan?type=drive&to={quote(_clean(name))}"
        f"&tocoord={lat:.6f},{lon:.6f}&coord_type=1&referer={APP}"
    )


def geo(lon: float, lat: float, name: str) -> str:
    """Whatever app the phone has for ``geo:`` (RFC 5870: WGS-84, lat first)."""
    point = f"{lat:.6f},{lon:.6f}"
    return f"geo:{point}?q={point}({quote(_clean(name))})"


def _clean(name: str) -> str:
    """Without the characters that separate the parts of such links."""
    return "".join(" " if mark in ",|:()&?#" else mark for mark in name).strip()
