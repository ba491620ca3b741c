"""The OpenAPI document as a page to read: rooms, doors, what each takes and gives, with its examples. No script."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
KINDS = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是或否", "array": "列表", "object": "一组", "null": "空"}


@lru_cache(maxsize=2)
def rooms_of(document_json: str) -> list[dict[str, Any]]:
    """Rooms in the order of the document's tags, each with its doors; made once for a document."""
    document = json.loads(document_json)
    shapes = document["components"]["schemas"]
    rooms = {tag["name"]: {"name": tag["name"], "words": tag.get("description", ""), "doors": []} for tag in document.get("tags", [])}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                door = methods[method]
                tag = (door.get("tags") or ["其他"])[0]
                rooms.setdefault(tag, {"name": tag, "words": "", "doors": []})["doors"].append(_door(path, method, door, shapes))
    return [room for room in rooms.values() if room["doors"]]


def _door(path: str, method: str, door: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    body = door.get("requestBody", {}).get("content", {})
    answers = door.get("responses", {})
    return {
        "id": door["operationId"], "path": path, "method": method.upper(), "summary": door.get("summary", ""),
        "words": door.get("description", ""), "parameters": [_parameter(each) for each in door.get("parameters", [])],
        "takes": _fields(next(iter(body.values()), {}).get("schema", {}), shapes), "types": list(body),
        "example": _example(body), "gives": _example(answers.get("200", answers.get("201", {})).get("content", {})),
        "answers": [{"status": status, "words": each.get("description", "")} for status, each in sorted(answers.items())],
    }  # fmt: skip


def _parameter(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": each["name"], "where": {"path": "地址里", "query": "问号后面", "header": "请求头"}.get(each["in"], each["in"]),
        "needed": each.get("required", False), "kind": _kind(each.get("schema", {})), "words": each.get("description", ""),
    }  # fmt: skip


def _fields(schema: dict[str, Any], shapes: dict[str, Any]) -> list[dict[str, Any]]:
    whole = _resolved(schema, shapes)
    needed = set(whole.get("required", []))
    return [
        {"name": name, "kind": _kind(_resolved(each, shapes)), "needed": name in needed, "words": each.get("description", "")}
        for name, each in whole.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return shapes.get(schema["$ref"].rsplit("/", 1)[-1], {})
    for several in ("allOf", "oneOf", "anyOf"):
        if schema.get(several):
            return _resolved(schema[several][0], shapes)
    return schema


def _kind(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "object")
    words = [KINDS.get(kind, kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    if schema.get("enum"):
        words = ["、".join(str(value) for value in schema["enum"] if value is not None)]
    if schema.get("maxLength"):
        words.append(f"最多 {schema['maxLength']} 个字")
    return "，".join(words)


def _example(content: dict[str, Any]) -> str:
    for media in content.values():
        for each in media.get("examples", {}).values():
            return json.dumps(each.get("value"), ensure_ascii=False, indent=2)
    return ""
