"""Names, phones and plates put together from lists. Nobody real is meant."""

from __future__ import annotations

from random import Random
from uuid import UUID

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_ONE = "强磊军勇杰涛明超刚平辉鹏斌波亮飞建伟峰虎林浩东健凯松宁海兵健彬坤雷震庆顺福祥义成喜根柱"
GIVEN_TWO = "国建志永文长德光新春玉家金云宝书成广庆同立传兴维培效学士守怀"
WOMEN_ONE = "敏静丽艳娟霞燕玲芳红梅洁蕾颖莉萍雪慧倩婷"
SEED = "hongyun-demo-1"


def chance(*parts: object) -> Random:
    """A generator of its own for each thing, so that adding one thing moves no other."""
    return Random("|".join((SEED, *map(str, parts))))  # noqa: S311 - invented data, no secret


def key(*parts: object) -> UUID:
    """The same UUID at each load."""
    return UUID(int=chance("key", *parts).getrandbits(128), version=4)


def number(*parts: object) -> str:
    """A receipt number of 16 digits that does not start with 0, the same at each load."""
    return str(chance("number", *parts).randrange(10**15, 10**16))


def full_name(*parts: object, woman: float = 0.1) -> str:
    """A surname and one or two signs."""
    draw = chance("name", *parts)
    surname = draw.choice(SURNAMES)
    if draw.random() < woman:
        return surname + draw.choice(("", *"小晓春玉秀")) + draw.choice(WOMEN_ONE)
    given = draw.choice(GIVEN_ONE)
    return surname + (draw.choice(GIVEN_TWO) if draw.random() < 0.6 else "") + given


def phone(n: int) -> str:
    """The n-th invented mobile number; 138…5678 belongs to the demo driver."""
    return f"1380{100_000 + n:07d}"


def plate(n: int) -> str:
    """The n-th plate of a lorry of these parts."""
    draw = chance("plate", n)
    return "苏C" + draw.choice("ABDEFGHJKL") + "".join(draw.choice("0123456789") for _ in range(4))
