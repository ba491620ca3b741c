"""The words of one message, or of several that leave as one."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from notices import registry
from notices.models import Notice
from notices.rules.states import Audience, Channel
from notices.rules.words import fill


def text_of(rows: Sequence[Notice]) -> str:
    """What goes out for these rows: their own words for one, a count for several.

    Raises KeyError, NotPlainData or AttributeError where a row does not fit its template."""
    with override("zh-hans"):
        if len(rows) == 1:
            row = rows[0]
            return fill(str(registry.template(row.template).words), row.data, due=row.due, body=row.body or "")
        if any(row.urgent for row in rows):
            return _("特急：您有 %(n)d 件待办，请马上登录") % {"n": len(rows)}
        return _("您有 %(n)d 件待办，请登录查看") % {"n": len(rows)}


def groups(rows: Sequence[Notice]) -> list[list[Notice]]:
    """Rows that leave together, in the order of the first of each.

    Staff get one message a person; what left together once stays together, so that its out-id still
    means the same; a driver's messages leave one by one."""
    found: dict[tuple, list[Notice]] = {}
    for row in rows:
        known = registry.template(row.template)
        staff = known is not None and known.audience == Audience.STAFF and row.recipient_id is not None
        if row.out_id:
            key: tuple = ("out", row.out_id)
        elif staff and row.channel == Channel.SMS:
            key = ("person", row.recipient_id)
        else:
            key = ("row", row.pk)
        found.setdefault(key, []).append(row)
    return list(found.values())
