"""list_moves: the table of legal moves as Markdown; docs/moves.md is made by it."""

from django.core.management.base import BaseCommand

from appeals.rules.life import STATE_WORDS, State
from appeals.rules.moves import MOVES, may_happen_next

ACTOR_WORDS = {
    "driver": "司机", "system": "系统", "clerk": "大厅收件员", "lead_member": "承办单位的人", "lead_head": "承办单位负责人",
    "desk": "分拨员", "duty": "值班长", "supervisor": "督办", "call_back": "回访员", "discipline": "纪检回避专员",
}  # fmt: skip


def as_markdown() -> str:
    """The table, and what the driver reads in each state."""
    lines = [
        "# 诉求的每一步 · legal moves",
        "",
        "Made by `manage.py list_moves` from `appeals/rules/moves.py`; a test compares. Numbers are those of the bar.",
        "",
        "| # | move | 按钮 | 从 | 到 | 谁 | 要填 | 条件 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for move, legal in MOVES.items():
        frm = "、".join(STATE_WORDS[state] for state in State if state in legal.frm) or "–"
        who = "、".join(word for actor, word in ACTOR_WORDS.items() if actor in legal.by)
        guards = "、".join(getattr(guard, "__name__", "").replace("<lambda>", "request") for guard in legal.guards)
        to = STATE_WORDS[legal.to] if legal.to else "不变"
        lines.append(
            f"| {legal.number} | `{move}` | {legal.word} | {frm} | {to} | {who} | {'、'.join(sorted(legal.needs))} | {guards} |"
        )
    lines += ["", "## 司机在每个状态能看到的“接下来会怎样”", ""]
    for state in State:
        said = may_happen_next(state)
        lines.append(f"- **{STATE_WORDS[state]}**：{'；'.join(said) if said else '没有下一步'}")
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    help = "Print the table of legal moves as Markdown."

    def handle(self, *args, **options):
        self.stdout.write(as_markdown(), ending="")
