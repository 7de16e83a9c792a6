"""Navigation links: the exact URLs, each in its app's datum and order.

The village stands at 118.79 E, 36.86 N in WGS-84; in GCJ-02 that is
118.795683 E, 36.860399 N.
"""

from outreach.navigation import links_to

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1"
WECHAT = f"{ANDROID} MicroMessenger/8.0"
WORK_WECHAT = f"{IPHONE} wxwork/4.1"
DESK = "Mozilla/5.0 (Windows NT 10.0) Chrome/120"
# As phones send them: WeChat and 企业微信 on Android, 企业微信 on an iPhone and at the desk.
BUILT_IN = (
    "Mozilla/5.0 (Linux; Android 10; HLK-AL10 Build/HONORHLK-AL10; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/89.0.4389.72 MQQBrowser/6.2 TBS/046011 Mobile "
    "Safari/537.36 MMWEBID/8801 MicroMessenger/8.0.30.2244(0x28001E44) WeChat/arm64 NetType/4G",
    "Mozilla/5.0 (Linux; Android 12; V2055A Build/SP1A.210812.003; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/89.0.4389.116 Mobile Safari/537.36 wxwork/4.1.10 "
    "ColorScheme/Light wxworklocal/3.2.0 MicroMessenger/7.0.1 NetType/4G Language/zh",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 wxwork/4.1.9 MicroMessenger/7.0.1 Language/zh ColorScheme/Light",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/89.0.4389.82 "
    "Safari/537.36 wxwork/4.0.20 (MicroMessenger/6.2) WindowsWechat  MailPlugin_Electron",
)
LIUZHUANG = "%E5%88%98%E5%BA%84%E6%9D%91"

AMAP = (
    f"https://uri.amap.com/navigation?to=118.795683,36.860399,{LIUZHUANG}"
    "&mode=car&policy=1&src=marketing-map&callnative=1"
)
BAIDU_ANDROID = (
    f"bdapp://map/direction?destination=name:{LIUZHUANG}%7Clatlng:36.860000,118.790000"
    "&coord_type=wgs84&mode=driving&src=andr.bank.marketing-map"
)
BAIDU_IOS = (
    f"baidumap://map/direction?destination=name:{LIUZHUANG}%7Clatlng:36.860000,118.790000"
    "&coord_type=wgs84&mode=driving&src=ios.bank.marketing-map"
)
BAIDU_WEB = (
    "https://api.map.baidu.com/direction?origin=%E6%88%91%E7%9A%84%E4%BD%8D%E7%BD%AE"
    f"&destination=latlng:36.860399,118.795683%7Cname:{LIUZHUANG}&mode=driving"
    "&region=%E6%BD%8D%E5%9D%8A%E5%B8%82&output=html&coord_type=gcj02"
    "&src=webapp.bank.marketing-map"
)
TENCENT = (
    f"https://apis.map.qq.com/uri/v1/routeplan?type=drive&to={LIUZHUANG}"
    "&tocoord=36.860000,118.790000&coord_type=1&referer=marketing-map"
)
GEO = f"geo:36.860000,118.790000?q=36.860000,118.790000({LIUZHUANG})"


def urls(agent: str) -> dict[str, str]:
    links = links_to(118.79, 36.86, name="刘庄村", region="潍坊市", agent=agent)
    return {link.app: link.url for link in links}


def test_an_android_phone_is_offered_its_apps() -> None:
    assert urls(ANDROID) == {
        "amap": AMAP,
        "baidu": BAIDU_ANDROID,
        "tencent": TENCENT,
        "geo": GEO,
    }


def test_an_iphone_has_no_geo_scheme() -> None:
    assert urls(IPHONE) == {"amap": AMAP, "baidu": BAIDU_IOS, "tencent": TENCENT}


def test_wechat_and_a_desk_get_https_only() -> None:
    for agent in (WECHAT, WORK_WECHAT, DESK, "", *BUILT_IN):
        assert urls(agent) == {"amap": AMAP, "baidu": BAIDU_WEB, "tencent": TENCENT}


def test_a_name_cannot_add_to_the_link() -> None:
    for link in links_to(118.79, 36.86, name="村|latlng:0,0&src=x#", agent=ANDROID):
        assert link.url.count("latlng") <= 2 and "src=x" not in link.url
        assert "%7Clatlng:0" not in link.url and "#" not in link.url
