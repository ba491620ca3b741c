"""摸排导入 on the page: one hands in, another writes; questions, remarks, dropping, taking back, conflicts, coverage."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditLine, Posting, Unit
from common import clock
from common.errors import DomainError, NotThere, Stale
from common.stored_files import SEALED, store_sealed
from members import import_wiring
from members.models import Conflict, Declaration, Driver, FieldChange, HeaderWord, StagedRow, Upload
from members.selectors import uploads as uploads_selectors
from members.services import apply, staging
from members.services import uploads as services
from notices.models import Notice
from tests.cast import make_cast
from tests.house.walking import signed_in
from tests.members.books import HEADER, book, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast("registrar", "second_registrar", "secretary", "union_officer", "leader", "handler")


def hand_in(client, content: bytes, name: str = "棠张镇.xlsx") -> Upload:
    answer = client.post("/admin/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    upload = Upload.objects.latest("pk")
    staging.stage(upload_id=upload.pk, now=clock.now())  # the worker
    upload.refresh_from_db()
    return upload


def address(upload: Upload) -> str:
    return f"/admin/imports/{upload.key}/"


def write(cast, upload: Upload, slug: str = "second_registrar"):
    client = signed_in(cast.people[slug])
    answer = client.post(address(upload), {"act": "write", "sha256": upload.sha256})
    apply.apply(upload_id=upload.pk, now=clock.now())
    upload.refresh_from_db()
    return answer


def page_of(client, upload: Upload, query: str = "") -> str:
    answer = client.get(address(upload) + query)
    assert answer.status_code == 200
    return answer.content.decode()


GOOD_AND_BAD = (person(1), person(2, 联系电话="1390000000"), person(3, 姓名=""), person(4, **{"镇(街道)": "张集"}))


def test_the_preview_says_what_would_happen_and_writes_nothing(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, book(*GOOD_AND_BAD))
    html = page_of(client, upload)
    assert upload.state == "checked" and not Driver.objects.exists()
    for words in ("还没写入", "另一人确认写入", "手机号", "张集街道", "没有填姓名"):
        assert words in html, words
    assert "1390000000" not in html and "139****" in html, "what is shown of a row is masked"
    only = page_of(client, upload, "?show=rejected&reason=name_missing")
    assert "没有填姓名" in only and "张集街道" not in only
    assert len(html.encode()) < 200_000


def test_who_handed_it_in_cannot_write_it_and_the_second_can(cast):
    upload = hand_in(signed_in(cast.registrar), book(person(1), person(2)))
    assert write(cast, upload, "registrar").status_code == 422
    assert not Driver.objects.exists() and upload.state == "checked"
    write(cast, upload)
    assert upload.state == "applied" and upload.applied_by == cast.second_registrar and Driver.objects.count() == 2
    line = AuditLine.objects.get(act="census.applied")
    assert line.actor == cast.second_registrar and line.new["sha256"] == upload.sha256
    assert AuditLine.objects.get(act="people.registered").actor == cast.second_registrar


def test_the_database_itself_refuses_one_person_for_both(cast):
    upload = hand_in(signed_in(cast.registrar), book(person(1)))
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(applied_by=cast.registrar)


def test_the_second_person_is_asked_by_name_and_sees_it_waiting(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, book(person(1)))
    client.post(address(upload), {"act": "ask", "whom": cast.second_registrar.pk})
    upload.refresh_from_db()
    assert upload.asked_to == cast.second_registrar
    told = Notice.objects.get(template="members.import_asked")
    assert told.recipient_id == cast.second_registrar.pk and import_wiring.link(str(upload.pk)) == address(upload)
    for person_, right in ((cast.second_registrar, True), (cast.registrar, False), (cast.secretary, False)):
        assert import_wiring.may_receive(person_.pk, str(upload.pk), now=clock.now()) is right
    assert client.post(address(upload), {"act": "ask", "whom": cast.registrar.pk}).status_code == 422
    second = signed_in(cast.second_registrar)
    assert "写入 1 行" in page_of(second, upload) and "写入 1 行吗" in page_of(second, upload, "?step=write")


def test_a_file_swapped_between_preview_and_writing_is_refused(cast, settings):
    upload = hand_in(signed_in(cast.registrar), book(person(1)))
    other = store_sealed(book(person(1), person(2)), root=settings.DATA_DIR)
    sealed = settings.DATA_DIR / SEALED
    Upload.objects.filter(pk=upload.pk).update(stored=other)
    write(cast, upload)
    assert upload.state == "failed" and "不是同一份" in upload.why_failed and not Driver.objects.exists()
    again = hand_in(signed_in(cast.registrar), book(person(1)))
    (sealed / again.stored).write_bytes((sealed / other).read_bytes())
    write(cast, again)
    assert again.state == "failed" and not Driver.objects.exists()
    with pytest.raises(DomainError):
        services.confirm(
            upload=hand_in(signed_in(cast.registrar), book(person(1))), sha256="0" * 64, by=cast.viewer("second_registrar", clock.now()),
            now=clock.now(),
        )  # fmt: skip


def test_when_the_register_moved_since_the_preview_nothing_is_written_and_it_is_looked_at_anew(cast):
    client = signed_in(cast.registrar)
    one, two = hand_in(client, book(person(1), person(2))), hand_in(client, book(person(2), person(3)), "二.xlsx")
    write(cast, one)
    write(cast, two)
    assert two.state == "staged" and Driver.objects.count() == 2 and "再看一遍" in two.why_failed
    staging.stage(upload_id=two.pk, now=clock.now())
    two.refresh_from_db()
    assert (two.state, two.counts["created"], two.counts["unchanged"]) == ("checked", 1, 1)
    write(cast, two)
    assert two.state == "applied" and Driver.objects.count() == 3


def test_somebody_who_made_the_same_person_in_that_moment_stops_it_and_it_is_looked_at_anew(cast, monkeypatch):
    upload = hand_in(signed_in(cast.registrar), book(person(1)))

    def clash(*words, **more):
        raise IntegrityError("duplicate key")

    with monkeypatch.context() as patched:
        patched.setattr(apply, "write", clash)
        write(cast, upload)
    assert upload.state == "staged" and upload.applied_by is None and "再看一遍" in upload.why_failed


def test_only_who_can_see_the_upload_is_offered_and_asked(cast):
    upload = hand_in(signed_in(cast.registrar), book(person(1)))
    Posting.objects.filter(person=cast.second_registrar).update(unit=Unit.objects.get(code="office"))
    keeper = cast.viewer("registrar")
    assert uploads_selectors.may_confirm(keeper, upload, now=clock.now()) == []
    with pytest.raises(DomainError) as refused:
        services.ask(upload=upload, whom=cast.second_registrar, by=keeper, now=clock.now())
    assert refused.value.field == "whom"


def test_an_unknown_header_is_asked_about_once_and_remembered(cast):
    client = signed_in(cast.registrar)
    header = [word for word in HEADER if word != "所属企业"]
    content = book(person(1, 挂靠何处="徐州顺捷运输有限公司"), header=header)
    upload = hand_in(client, content)
    html = page_of(client, upload)
    assert upload.state == "asking" and "挂靠何处" in html and "记住，以后不再问" in html and "不要这一列" in html
    with pytest.raises(Stale):
        services.confirm(upload=upload, sha256=upload.sha256, by=cast.viewer("second_registrar", clock.now()), now=clock.now())
    client.post(address(upload), {"act": "answer", "q0": "enterprise", "remember": "1"})
    staging.stage(upload_id=upload.pk, now=clock.now())
    upload.refresh_from_db()
    assert upload.state == "checked" and HeaderWord.objects.get().field == "enterprise"
    write(cast, upload)
    assert Driver.objects.get().enterprise.name == "徐州顺捷运输有限公司"
    assert hand_in(client, content, "下一季.xlsx").state == "checked", "not asked again"


def test_a_remembered_header_is_listed_and_ended_dated_and_audited_and_the_next_file_asks_again(cast):
    client, page = signed_in(cast.registrar), reverse("admin:members_headers")
    header = [word for word in HEADER if word != "所属企业"]
    upload = hand_in(client, book(person(1, 挂靠何处="徐州顺捷运输有限公司"), header=header))
    client.post(address(upload), {"act": "answer", "q0": "enterprise", "remember": "1"})
    word = HeaderWord.objects.get()
    html = client.get(page).content.decode()
    assert "挂靠何处" in html and "所属企业" in html and cast.registrar.name in html
    for stranger in ("secretary", "union_officer", "leader"):
        assert signed_in(cast.people[stranger]).post(page, {"header": word.pk}).status_code in (302, 404)
    assert HeaderWord.objects.filter(ended_at=None).exists()
    assert client.post(page, {"header": word.pk}).status_code == 302
    word.refresh_from_db()
    assert word.ended_by == cast.registrar and word.ended_at is not None
    assert AuditLine.objects.filter(act="census.header_ended").count() == 1
    assert client.post(page, {"header": word.pk}).status_code == 404, "it is over"
    again = hand_in(client, book(person(2, 挂靠何处="徐州顺捷运输有限公司"), header=header), "下一季.xlsx")
    assert again.state == "asking"
    client.post(address(again), {"act": "answer", "q0": "", "remember": "1"})
    assert HeaderWord.objects.get(ended_at=None).field == ""


def test_a_header_longer_than_what_is_kept_is_remembered_too(cast):
    client = signed_in(cast.registrar)
    strange = "＊挂靠 在哪一家 Company（" + "请写全称" * 20 + "）"
    content = book(person(1, **{strange: "徐州顺捷运输有限公司"}), header=[*(word for word in HEADER if word != "所属企业"), strange])
    upload = hand_in(client, content)
    assert upload.state == "asking"
    client.post(address(upload), {"act": "answer", "q0": "enterprise", "remember": "1"})
    staging.stage(upload_id=upload.pk, now=clock.now())
    upload.refresh_from_db()
    assert upload.state == "checked" and len(HeaderWord.objects.get().header) == 60
    assert hand_in(client, content, "下一季.xlsx").state == "checked", "not asked again"


def test_a_column_of_rights_can_be_mapped_to_nothing(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, book(person(1, is_verified="1")))
    assert upload.state == "asking"
    assert client.post(address(upload), {"act": "answer", "q0": "is_staff"}).status_code == 422
    client.post(address(upload), {"act": "answer", "q0": ""})
    staging.stage(upload_id=upload.pk, now=clock.now())
    upload.refresh_from_db()
    assert upload.state == "checked" and not HeaderWord.objects.exists()


def test_a_needed_column_under_a_strange_header_is_asked_about(cast):
    client = signed_in(cast.registrar)
    header = ["姓名", "身份证号", "打哪个电话找他", "镇(街道)", "准驾车型"]
    upload = hand_in(client, book({**person(1), "打哪个电话找他": "13900000001"}, header=header))
    # book() adds the columns that the row has and the header lacks: this file has 联系电话 under its own name, too
    assert upload.state == "asking" and upload.questions[0]["header"] == "打哪个电话找他"


def test_a_broken_file_says_so_and_can_be_put_away(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, b"PK\x03\x04 nothing")
    html = page_of(client, upload)
    assert upload.state == "failed" and "打不开" in html
    assert "不导了吗" not in html and client.post(address(upload), {"act": "drop"}).status_code == 302
    upload.refresh_from_db()
    assert upload.state == "dropped"


def test_dropped_means_gone_from_the_preview_and_never_written(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, book(*GOOD_AND_BAD))
    assert "不导这一份了吗" in page_of(client, upload, "?step=drop")
    client.post(address(upload), {"act": "drop"})
    assert not StagedRow.objects.exists() and write(cast, upload).status_code == 422
    assert not Driver.objects.exists()


def test_the_workbook_comes_back_with_remarks_to_whoever_handed_it_in_alone(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, book(*GOOD_AND_BAD))
    answer = client.get(address(upload) + "remarks/")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("棠张镇").to_python()
    assert rows[1][-1] == "核对意见" and rows[2][-1] == "" and rows[3][-1].startswith("不收：手机号")
    assert AuditLine.objects.filter(act="census.remarks", actor=cast.registrar).count() == 1
    assert signed_in(cast.second_registrar).get(address(upload) + "remarks/").status_code == 404


def test_taken_back_on_the_page_in_numbers(cast):
    client = signed_in(cast.registrar)
    upload = hand_in(client, book(person(1), person(2)))
    write(cast, upload)
    assert "撤销这次写入吗" in page_of(client, upload, "?step=undo")
    assert client.post(address(upload) + "?step=undo", {"act": "undo", "reason": ""}).status_code == 422
    answer = client.post(address(upload), {"act": "undo", "reason": "传错了文件"}, follow=True)
    assert "2 人退出信息库" in answer.content.decode()
    assert set(Driver.objects.values_list("state", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize("slug", ["secretary", "leader", "handler", "union_officer"])
def test_to_others_a_census_is_not_there(cast, slug):
    upload = hand_in(signed_in(cast.registrar), book(person(1)))
    client = signed_in(cast.people[slug])
    assert client.get(address(upload)).status_code == 404
    assert client.post(address(upload), {"act": "drop"}).status_code == 404
    assert client.get(address(upload) + "remarks/").status_code == 404
    if slug != "union_officer":
        assert client.get("/admin/imports/").status_code == 404
    with pytest.raises(NotThere):
        services.take(content=b"x", name="x.csv", kind="census", by=cast.viewer(slug), now=clock.now())


def test_two_towns_are_put_side_by_side_and_a_persons_word_stays(cast):
    client = signed_in(cast.registrar)
    write(cast, hand_in(client, book(person(1))))
    moved = book(person(1, **{"镇(街道)": "房村镇"}), sheet="房村镇")
    write(cast, hand_in(client, moved, "房村镇.xlsx"))
    conflict = Conflict.objects.get()
    html = client.get("/admin/conflicts/").content.decode()
    assert "归 房村镇" in html and "还是 棠张镇" in html and "张乙一" not in html
    client.post("/admin/conflicts/", {"about": conflict.pk, "act": "theirs"})
    driver = Driver.objects.get()
    assert driver.place.name == "房村镇" and FieldChange.objects.get(field="place").by == cast.registrar
    assert client.post("/admin/conflicts/", {"about": conflict.pk, "act": "ours"}).status_code == 422
    write(cast, hand_in(client, book(person(1)), "棠张镇又一次.xlsx"))
    assert Conflict.objects.count() == 1 and Driver.objects.get().place.name == "房村镇", "not asked again"


def test_another_name_is_taken_only_by_a_persons_word(cast):
    client = signed_in(cast.registrar)
    write(cast, hand_in(client, book(person(1))))
    write(cast, hand_in(client, book(person(1, 姓名="李改名")), "二.xlsx"))
    client.post("/admin/conflicts/", {"about": Conflict.objects.get().pk, "act": "theirs"})
    driver = Driver.objects.get()
    assert driver.person.name == "李改名" and driver.search_keys.filter(key="n:改名").exists()
    assert not driver.search_keys.filter(key="n:张乙").exists()


def test_coverage_names_the_towns_that_have_not_handed_in(cast):
    client = signed_in(cast.registrar)
    write(cast, hand_in(client, book(person(1), person(2), total=5)))
    assert Declaration.objects.get().declared == 5
    with CaptureQueriesContext(connection) as queries:
        html = client.get("/admin/handed-in/").content.decode()
    assert len(queries) <= 25
    assert "28 个镇街一年内没有报" in html and "<b>1 <small>/ 29</small></b>" in html
    assert signed_in(cast.secretary).get("/admin/handed-in/").status_code == 404


def test_an_addition_without_a_total_is_no_new_number_of_the_town(cast):
    client = signed_in(cast.registrar)
    write(cast, hand_in(client, book(person(1), person(2), total=5)))
    write(cast, hand_in(client, book(person(3)), "补报.xlsx"))
    write(cast, hand_in(client, book(person(4), sheet="房村镇"), "房村镇.xlsx"))
    assert list(Declaration.objects.order_by("id").values_list("place__name", "declared")) == [("棠张镇", 5), ("房村镇", 1)]


def test_a_page_that_waits_refreshes_itself_without_script(cast):
    client = signed_in(cast.registrar)
    client.post("/admin/imports/", {"file": SimpleUploadedFile("x.xlsx", book(person(1)))})
    html = page_of(client, Upload.objects.latest("pk"))
    assert '<meta http-equiv="refresh" content="2">' in html and "正在读" in html
