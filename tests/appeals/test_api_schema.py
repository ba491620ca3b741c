"""The OpenAPI document: valid, in Chinese, complete, and the same as the one in docs/."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from appeals.api import urls
from appeals.services.acts import STAFF_MOVES
from branches.api import urls as branch_urls
from care.api import urls as care_urls
from members.api import urls as register_urls
from stations.api import urls as station_urls
from tests.appeals.api import Caller

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document() -> dict:
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out, skip_checks=True)
    return yaml.safe_load(out.getvalue())


def operations(document: dict) -> dict[str, dict]:
    return {
        f"{method} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_the_document_is_valid_and_the_one_in_docs_is_up_to_date(document):
    validate(document)
    kept = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
    assert kept == document, "run: manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"


def test_every_door_of_the_api_stands_in_it(document):
    rooms = (urls, register_urls, branch_urls, care_urls, station_urls)
    doors = {pattern.name for room in rooms for pattern in room.urlpatterns} - {"schema", "docs"}
    told = {operation["operationId"] for operation in operations(document).values()}
    assert told == doors
    assert {f"handle_{move.value}" for move in STAFF_MOVES} <= told


def test_it_speaks_chinese_and_names_every_problem(document):
    for name, operation in operations(document).items():
        assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), name
        assert re.search(r"[\u4e00-\u9fff]", operation.get("description", "")), name
        bad = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert "400" in bad, name
        for status, answer in bad.items():
            assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_bodies_are_closed_and_examples_fit_them(document):
    shapes = document["components"]["schemas"]
    for name, shape in shapes.items():
        if name.endswith("In"):
            assert shape["additionalProperties"] is False, name
    fitted = 0
    for name, operation in operations(document).items():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                fits(content["schema"], example["value"], shapes, f"{name} {kind}")
                fitted += 1
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    fits(content["schema"], example["value"], shapes, f"{name} {status}")
                    fitted += 1
    assert fitted > 20


def fits(schema: dict, value: object, shapes: dict, where: str) -> None:
    inlined = json.loads(json.dumps({"components": {"schemas": shapes}} | schema))
    errors = list(OAS31Validator(inlined).iter_errors(value))
    assert not errors, (where, errors[:2])


@pytest.mark.django_db
def test_the_document_is_served_as_json_and_as_yaml(document):
    plain = Caller().client.get("/api/v1/schema/")
    assert plain.status_code == 200 and "json" in plain["Content-Type"]
    assert json.loads(plain.content)["paths"].keys() == document["paths"].keys()
    other = Caller().client.get("/api/v1/schema/", headers={"Accept": "application/yaml"})
    assert yaml.safe_load(other.content)["info"] == document["info"]


@pytest.mark.django_db
def test_the_page_tells_every_door_without_script_and_under_the_one_policy(document):
    page = Caller().client.get("/api/v1/docs/")
    body = page.content.decode()
    assert page["Content-Security-Policy"] == Caller().client.get("/api/v1/schema/")["Content-Security-Policy"]
    assert 'lang="zh-CN"' in body and not re.search(r"<script(?![^>]*src=)", body) and "style=" not in body
    assert set(re.findall(r'(?:src|href)="(//|https?:)', body)) == set()
    for path, methods in document["paths"].items():
        assert path in body
        for door in methods.values():
            assert f'id="{door["operationId"]}"' in body and door["summary"] in body
