"""How long what of care is kept: said on his page of 我的信息, done by the tidy."""

from __future__ import annotations

from datetime import timedelta

REFUSED_FOR, PAID_FOR = timedelta(days=183), timedelta(days=3 * 365)
# Accounting vouchers are kept thirty years (会计档案管理办法, 2015, annex 1): ledger and receipts stay.
KEPT = (
    ("关爱申请的原因和证明", "没批、撤回的半年，发了的三年，再删掉"),
    ("发钱的账和收条", "照会计档案的规定，三十年"),
    ("走访记录", "三年，再删掉听到的话"),
)
VISIT_FOR = timedelta(days=3 * 365)
