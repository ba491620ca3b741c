"""Examples for the document, in the words people use."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

_FILED = {
    "number": "6207441890352716",
    "code": "381602",
    "received_at": "2026-11-23T14:36:00+08:00",
    "dates": {
        "hand_over": "2026-11-23T16:36:00+08:00",
        "progress": "2026-11-25T17:30:00+08:00",
        "answer": "2026-11-30T17:30:00+08:00",
        "review": None,
        "provisional": False,
    },
}
FILING = [
    OpenApiExample(
        "运费没给", request_only=True,
        value={
            "text": "给柳新一个料场拉了半个月石子，说好月底结，现在电话不接微信拉黑，八千六运费咋要",
            "place": "320312103", "spot": "料场门口", "about": "unknown", "phone": "13800000001", "tell_unit": False,
        },
    ),
    OpenApiExample(
        "说一个中队", request_only=True,
        value={"text": "执法三中队有个人拦下我就骂，证件也不亮，手机录像还给我打掉了", "units": ["squad-03"], "happened": "昨天下午 3 点"},
    ),
]  # fmt: skip
RECEIPT = [OpenApiExample("收到了", response_only=True, value=_FILED)]
TRACK = [OpenApiExample("编号和查询码", request_only=True, value={"number": "6207 4418 9035 2716", "code": "381602"})]
FOLLOWED = [
    OpenApiExample(
        "正在办", response_only=True,
        value={
            "number": "6207441890352716", "state": "in_hand", "state_word": "办理中", "round": 1, "section": "运输科",
            "received_at": "2026-11-23T14:36:00+08:00", "first_due": "2026-11-30T17:30:00+08:00",
            "due": "2026-11-30T17:30:00+08:00", "provisional": False,
            "next": {"what": "告诉您办到哪一步", "due": "2026-11-25T17:30:00+08:00", "provisional": False},
            "dates": _FILED["dates"],
            "steps": [
                {"at": "2026-11-23T14:36:00+08:00", "round": 1, "what": "收到了", "words": ""},
                {"at": "2026-11-23T14:36:02+08:00", "round": 1, "what": "转给运输科", "words": ""},
                {"at": "2026-11-23T15:10:00+08:00", "round": 1, "what": "运输科接下了", "words": ""},
            ],
            "question": None, "answer": None, "rating": None,
            "may_happen_next": ["单位告诉您办到哪一步", "写好答复，送别人审"],
            "moves": [
                {"move": "nudge", "word": "催一下", "url": "/api/v1/appeals/6207441890352716/nudge/", "needs": [], "why_not": ""}
            ],
        },
    )
]  # fmt: skip
WORDS = [OpenApiExample("补充", request_only=True, value={"words": "装货单找到了，一共 12 车", "code": "381602"})]
ACCUSE = [OpenApiExample("说的是三中队", request_only=True, value={"unit": "squad-03", "code": "381602"})]
RATE = [
    OpenApiExample("不满意", request_only=True, value={"value": 2, "words": "钱还没到", "solved": False, "code": "381602"}),
    OpenApiExample("好", request_only=True, value={"value": 4, "solved": True, "code": "381602"}),
]
REOPEN = [OpenApiExample("没解决", request_only=True, value={"reason": "说好的 12 月 1 日没有付", "code": "381602"})]
CODE = [OpenApiExample("只带查询码", request_only=True, value={"code": "381602"})]
MOVES = {
    "accept": {"version": 1},
    "progress": {"version": 2, "words": "已经联系上货主，约他明天上午来局里谈"},
    "note": {"version": 2, "note": "货主第二个电话能打通"},
    "ask_driver": {"version": 2, "words": "装货单有没有照片？"},
    "submit_answer": {
        "version": 3, "measure": "11 月 24 日我们约谈了货主，对方认可欠款。", "basis": "运费是承运合同的钱，不是工资。",
        "result": "对方答应 12 月 1 日前付清；到期不付，司法局免费帮您起诉。",
    },
    "send_back_draft": {"version": 4, "reason": "结果里写上几号付、不付怎么办"},
    "ask_hand_back": {"version": 1, "ground": "not_ours", "reason": "是工资不是运费", "proposed": "labour"},
    "ask_extension": {"version": 2, "days": 3, "reason": "货主在外地，周四才能回来"},
    "route_by_hand": {"version": 1, "unit": "transport", "reason": "欠的是运费"},
    "call_back": {"version": 8, "heard": "solved", "satisfied": True, "words": "钱昨天到了"},
}  # fmt: skip
