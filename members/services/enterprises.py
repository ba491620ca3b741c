"""Enterprises by their credit code, or by name where a source gives none; each source keeps its own name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import bulk
from common.errors import DomainError, NotThere
from members.models import Enterprise, EnterpriseName


@dataclass(frozen=True, slots=True)
class New:
    """An enterprise that is not there yet, as a file names it."""

    name: str
    code: str = ""


@dataclass(slots=True)
class Book:
    """The enterprises of the register in memory, for one pass through a file. Two queries, however many rows."""

    source: str
    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int | None] = field(default_factory=dict)  # None: several enterprises bear it
    names: dict[int, str] = field(default_factory=dict)
    said: set[tuple[int, str]] = field(default_factory=set)  # what this source has called whom
    without_code: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, source: str) -> Book:
        book = cls(source)
        for pk, code, name in Enterprise.objects.order_by("pk").values_list("pk", "code", "name"):
            book.keep(pk, name, code or "")
        book.said.update(EnterpriseName.objects.filter(source=source).values_list("enterprise_id", "name"))
        for pk, name in book.said:
            book.by_name.setdefault(name, pk)
        return book

    def keep(self, pk: int, name: str, code: str) -> None:
        self.names[pk] = name
        if code:
            self.by_code[code] = pk
            self.without_code.discard(pk)
        else:
            self.without_code.add(pk)
        self.by_name[name] = pk if self.by_name.get(name, pk) == pk else None

    def find(self, name: str, code: str) -> int | New | None:
        """What a row's words lead to: an enterprise, one to be made, or None when they say too little.

        A code decides; without one the name does, when one enterprise alone bears it."""
        if code:
            if known := self.by_code.get(code):
                return known
            same = self.by_name.get(name) if name else None
            if same in self.without_code:
                return same  # the code of an enterprise that was known by its name alone
            return New(name, code) if name else None
        if not name:
            return None
        return self.by_name[name] or None if name in self.by_name else New(name)

    def make(self, wanted: list[New], *, place_of: Callable[[New], int | None] = lambda new: None) -> dict[New, int]:
        """Make those that are not there, in one statement. The same name with and without a code is one enterprise."""
        coded = {new.name: new for new in wanted if new.code}
        means = {new: new if new.code else coded.get(new.name, new) for new in wanted}
        fresh = list(dict.fromkeys(means.values()))
        pks = bulk.reserve_ids(Enterprise, len(fresh))
        bulk.insert(
            Enterprise,
            ("id", "code", "name", "place_id", "in_union", "union_since", "union_chair"),
            ((pk, new.code or None, new.name, place_of(new), False, None, "") for pk, new in zip(pks, fresh, strict=True)),
        )
        for pk, new in zip(pks, fresh, strict=True):
            self.keep(pk, new.name, new.code)
        made = dict(zip(fresh, pks, strict=True))
        return {new: made[meant] for new, meant in means.items()}

    def note(self, seen: set[tuple[int, str, str]], *, now: datetime) -> None:
        """Write down what this source calls them, and codes that were missing: (enterprise, name, code)."""
        codes = {pk: code for pk, _name, code in seen if code and pk in self.without_code}
        bulk.update(Enterprise, ("code",), list(codes.items()))
        for pk, code in codes.items():
            self.keep(pk, self.names[pk], code)
        fresh = {(pk, name) for pk, name, _code in seen if name and (pk, name) not in self.said}
        self.said |= fresh
        bulk.insert(
            EnterpriseName,
            ("enterprise_id", "name", "source", "seen_at"),
            ((pk, name, self.source, now) for pk, name in sorted(fresh)),
        )


@transaction.atomic
def settle_name(*, enterprise: Enterprise, name: str, by: Viewer, now: datetime) -> Enterprise:
    """A person says what the enterprise is called; what the sources call it stays beside. Raises NotThere, DomainError."""
    if not by.has_role(Role.REGISTRAR, Role.UNION) or not by.second_factor:
        raise NotThere
    name = name.strip()[:80]
    if len(name) < 2:
        raise DomainError(_("写上企业名称"), field="name")
    enterprise = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    old, enterprise.name = enterprise.name, name
    try:
        with transaction.atomic():
            enterprise.save(update_fields=["name"])
    except IntegrityError as error:
        raise DomainError(_("另一家没有信用代码的企业也叫这个名字"), field="name") from error
    EnterpriseName.objects.update_or_create(
        enterprise=enterprise, name=name, source=EnterpriseName.Source.PERSON,
        defaults={"seen_at": now, "settled_by_id": by.person_id, "settled_at": now},
    )  # fmt: skip
    audit.write(act="enterprise.name", by=by, about=enterprise, old={"name": old}, new={"name": name}, now=now)
    return enterprise


def update_union_columns(rows: list[tuple[int, date | None, str]]) -> int:
    """(enterprise, 建会日期, 工会主席) as the union's register says."""
    return bulk.update(Enterprise, ("in_union", "union_since", "union_chair"), [(pk, True, since, chair) for pk, since, chair in rows])
