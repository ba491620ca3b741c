"""Does the driver speak of a fine or a held car? Then the 60-day 复议 date must stand there at once.

行政复议法 (2023) Art 20: within 60 days from the day one learns of the act.
"""

import re

_FINE = re.compile(r"罚(?!球)|处罚|扣(了|着|我|俺|下)*车|车.{0,6}扣|罚单|决定书|暂扣|抓拍|超限|超载")


def speaks_of_fine(text: str) -> bool:
    """A generous look at the words; the router decides later and takes the date away where it is wrong."""
    return bool(_FINE.search(text))
