"""`/dashboards/siting/`: where to build next, explained. What is asked for stands in the address; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts.admin.pages import render_page
from common import clock
from common.identifiers import small_number
from common.words import short_words, whole_day_words
from dashboards.rules.shield import LIMIT, Shield, Shown
from dashboards.rules.siting import FAR, MOST_CHOSEN, MOST_SHARE, SHARES, WITHIN
from dashboards.selectors.siting import Asked, PlaceLine, Siting, may_site, siting_for
from dashboards.web.siting_map import drawn

WORDS = {"choose": lazy("要几个（连已定的）"), "drivers": lazy("司机住在哪"), "arrivals": lazy("谁来过驿站"), "appeals": lazy("哪里有诉求")}
KEEP = {"yes": lazy("已定的不动"), "no": lazy("都重新选")}
FIRST = 12  # places; the others fold
ROLE_WORDS = {"decided": lazy("已定"), "proposed": lazy("建议")}


def siting_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """GET for leaders of the bureau and whoever leads all stations, second factor passed; else 404, as if there were no page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        viewer = request.viewer
        if not (viewer.is_staff and viewer.second_factor and may_site(viewer)):
            raise Http404
        return require_safe(view)(request, *args, **kwargs)

    guarded.guard = "siting_only"
    return guarded


@siting_only
def siting(request: HttpRequest) -> HttpResponse:
    """The best choice for what is asked; what cannot be read is said at its field, and the usual is reckoned instead."""
    now, (asked, wrong) = clock.now(), _asked(request)
    found = siting_for(request.viewer, asked, now=now)
    assert found is not None  # the guard
    return render_page(
        request, "dashboards/siting.html", title=_("驿站选址"), crumbs=[(_("看板"), None), (_("驿站选址"), None)], lead=_lead(found),
        sentence=_sentence(found), tiles=_tiles(found), fields=_fields(request, asked, wrong, found), wrong=wrong, map=drawn(found),
        keeps=[{"word": word, "url": _address(asked, keep=name), "on": asked.keep == (name == "yes")} for name, word in KEEP.items()],
        keep="yes" if asked.keep else "no", proposals=_proposals(found), places=_places(found)[:FIRST], other_places=_places(found)[FIRST:], told=found.data.appeals is not None,
        data=_data(found), status=400 if wrong else 200,
    )  # fmt: skip


def _asked(request: HttpRequest) -> tuple[Asked, dict[str, str]]:
    """What the address asks for, and what is wrong with it by field."""
    usual, wrong, got = Asked(), dict[str, str](), dict[str, int]()
    if set(request.GET) - {*WORDS, "keep"}:
        wrong["choose"] = _("网址里有不认识的项，没有理它")
    for name in WORDS:
        typed = request.GET.get(name, "").strip()
        low, high = (1, MOST_CHOSEN) if name == "choose" else (0, MOST_SHARE)
        value = small_number(typed) if typed else getattr(usual, name)
        if value is None or not low <= value <= high:
            wrong[name] = _("写 %(low)d 到 %(high)d 的整数") % {"low": low, "high": high}
        else:
            got[name] = value
    if not wrong and not any(got[name] for name in SHARES):
        wrong["drivers"] = _("三项不能都是 0，至少看一样")
    return (usual if wrong else Asked(**got, keep=request.GET.get("keep") != "no")), wrong


def _address(asked: Asked, *, keep: str) -> str:
    numbers = "&".join(f"{name}={getattr(asked, name)}" for name in WORDS)
    return f"{reverse('dashboards:siting')}?{numbers}&keep={keep}"


def _fields(request: HttpRequest, asked: Asked, wrong: dict[str, str], found: Siting) -> list[dict]:
    names = [name for name in WORDS if name != "appeals" or found.data.appeals is not None]
    return [
        {"name": name, "word": WORDS[name], "value": request.GET.get(name, "")[:20] if wrong else getattr(asked, name), "bad": wrong.get(name, "")}
        for name in names
    ]  # fmt: skip


def _lead(found: Siting) -> str:
    return _("截至 %(at)s；直线距离，到镇街驻地；15 公里以内算近") % {"at": short_words(found.data.at)}


def _sentence(found: Siting) -> str:
    if not found.drivers:
        return _("信息库里还没有在册司机，按各镇街一样重来选的；先导入摸排表再看。")
    if not found.chosen:
        return _("已定的够了，没有再选。要再选，把个数写大一点，或者点“都重新选”。")
    return _("从 %(sites)s 个候选点里再选 %(n)s 个，%(ways)s 种选法里这一种离司机最近。") % {
        "sites": found.data.sites, "n": found.chosen, "ways": f"{found.ways:,}",
    } + (_("每一种都算过。") if found.tried == found.ways else _("其余的都证明不会更好，没有逐个算。"))  # fmt: skip


def _tiles(found: Siting) -> list[dict]:
    return [
        {"word": _("15 公里内有驿站的司机，现在"), "main": f"{found.near_before:,}", "beside": _of(found.near_before, found.drivers)},
        {"word": _("加上这几个以后"), "main": f"{found.near_after:,}", "beside": _of(found.near_after, found.drivers)},
        {"word": _("平均离驿站，现在"), "main": _km(found.mean_before), "beside": _("公里") if found.mean_before is not None else ""},
        {"word": _("加上这几个以后"), "main": _km(found.mean_after), "beside": _("公里") if found.mean_after is not None else ""},
    ]  # fmt: skip


def _of(part: int, whole: int) -> str:
    if not whole:
        return _("名")
    return _("/ %(whole)s 名，%(share)s%%") % {"whole": f"{whole:,}", "share": f"{100 * part / whole:.1f}"}


def _km(metres: int | None) -> str:
    return "—" if metres is None or metres >= FAR else f"{metres / 1000:.1f}"


def _proposals(found: Siting) -> list[dict]:
    return [
        {
            "number": number, "row": each, "role": ROLE_WORDS[each.spot.role], "tone": "" if each.spot.role == "decided" else "info",
            "near": f"{each.near:,}", "new": f"{each.new:,}", "served": f"{each.served:,}", "places": "、".join(each.places) or _("没有，别的更近"),
        }
        for number, each in enumerate(found.proposals, 1)
    ]  # fmt: skip


def _places(found: Siting) -> list[dict]:
    """Each place, whoever is farthest today first."""
    order = sorted(found.places, key=lambda each: (-each.before, each.code))
    return [
        {
            "line": each, "drivers": f"{each.drivers:,}", "arrivals": _few(each.arrivals, found.arrivals_shown, each),
            "appeals": _few(each.appeals or 0, found.appeals_shown, each), "before": _km(each.before), "after": _km(each.after),
            "gained": each.near_after and not each.near_before,
        }
        for each in order
    ]  # fmt: skip


def _few(value: int, shown: Shield, line: PlaceLine) -> str:
    """Small cells are not numbered, nor what would tell them by subtraction."""
    how = shown.of(line.code)
    return {Shown.FEW: _("少于 %d") % LIMIT, Shown.MANY: _("%d 以上") % LIMIT}.get(how) or f"{value:,}"


def _data(found: Siting) -> list[tuple[str, str]]:
    """(what, how much and of when) of everything that was used."""
    data, days = found.data, {"from": whole_day_words(found.data.since), "to": whole_day_words(found.data.at)}
    registered = whole_day_words(data.registered_at) if data.registered_at else "—"
    lines = [
        (_("在册司机"), _("%(n)s 名，信息库里登记的镇街；最近一次入库 %(day)s") % {"n": f"{data.drivers:,}", "day": registered}),
        (_("到店"), _("%(from)s 到 %(to)s，%(n)s 人次；知道是哪个镇街司机的 %(known)s 人次，其余的没有用") % {
            **days, "n": f"{data.arrivals:,}", "known": f"{data.arrivals_known:,}"} + (_("，所以这一项没有算") if not data.arrivals_known else "")),
    ]  # fmt: skip
    if data.appeals is not None:
        lines.append((_("诉求"), _("%(from)s 到 %(to)s，%(n)s 件；写了镇街的 %(known)s 件，其余的没有用") % {
            **days, "n": f"{data.appeals:,}", "known": f"{data.appeals_known:,}"}))  # fmt: skip
    listed = whole_day_words(data.listed_on) if data.listed_on else "—"
    lines.append((_("候选点"), _("%(n)s 个，%(day)s 列的；名称和位置是示意，定之前要实地看") % {"n": data.sites, "day": listed}))
    lines.append((_("镇街位置"), _("%(n)s 个，按驻地估的，误差一两公里") % {"n": len(found.places)}))
    if data.without_point:
        lines.append((_("没有用上"), _("%(n)s 名司机的镇街不知道在哪里") % {"n": f"{data.without_point:,}"}))
    lines.append((_("怎么算近"), _("%(km)d 公里直线；路上要走的更远") % {"km": WITHIN // 1000}))
    return lines
