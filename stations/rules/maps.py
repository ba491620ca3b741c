"""Where a house lies, in the coordinates that each map speaks, and the links that lead there. Pure.

A stored position is WGS-84: what the GPS of a phone gives, so that "near me" compares like with like. Maps of mainland
China are drawn in GCJ-02, which lies up to 700 m beside it; 高德, 百度 and 腾讯 take GCJ-02 in their links (百度 when
`coord_type=gcj02` says so). `geo:` (RFC 5870) is WGS-84. The conversion is the published series on the Krasovsky
ellipsoid; it needs no service and errs by less than a metre or two. Links only: no page of ours loads these hosts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from urllib.parse import quote, urlencode

AXIS, ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943  # Krasovsky 1940: metres, squared
SOURCE = "hongyun"  # the maps want to know who sends him


@dataclass(frozen=True)
class Way:
    """A link to one map app. `app` is a key for words, `url` leads there."""

    app: str
    url: str


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """WGS-84 degrees as GCJ-02 degrees, (latitude, longitude). Only meant for mainland China."""
    x, y = longitude - 105.0, latitude - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x, y, (160.0, 320.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x, x, (150.0, 300.0))
    radians = latitude / 180.0 * pi
    bend = 1 - ECCENTRICITY * sin(radians) ** 2
    north = north * 180.0 / (AXIS * (1 - ECCENTRICITY) / (bend * sqrt(bend)) * pi)
    east = east * 180.0 / (AXIS / sqrt(bend) * cos(radians) * pi)
    return latitude + north, longitude + east


def _waves(x: float, along: float, longest: tuple[float, float]) -> float:
    """The three pairs of sines of the series; the last pair differs between north and east."""
    short = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    middle = 20.0 * sin(along * pi) + 40.0 * sin(along / 3.0 * pi)
    long = longest[0] * sin(along / 12.0 * pi) + longest[1] * sin(along / 30.0 * pi)
    return (short + middle + long) * 2.0 / 3.0


def ways(latitude: float, longitude: float, *, name: str, address: str) -> list[Way]:
    """Links that lead to this WGS-84 position, the map most phones have first."""
    north, east = (f"{degrees:.6f}" for degrees in to_gcj02(latitude, longitude))
    here, plain = quote(name, safe=""), f"{latitude:.6f},{longitude:.6f}"
    return [
        Way("amap", f"https://uri.amap.com/navigation?to={east},{north},{here}&mode=car&callnative=1&src={SOURCE}"),
        Way("baidu", "https://api.map.baidu.com/marker?" + _query(
            location=f"{north},{east}", title=name, content=address or name, output="html", coord_type="gcj02", src=SOURCE,
        )),
        Way("tencent", "https://apis.map.qq.com/uri/v1/routeplan?" + _query(type="drive", to=name, tocoord=f"{north},{east}", referer=SOURCE)),
        Way("geo", f"geo:{plain}?q={plain}({here})"),
    ]  # fmt: skip


def _query(**values: str) -> str:
    """Blanks as %20: an app that shows a name would show the plus."""
    return urlencode(values, quote_via=quote)
