"""What a file is that should have been a photo, in words that its sender understands."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|meta)\b", re.I)
_SVG = re.compile(rb"<\s*svg\b", re.I)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


def kind_in_words(raw: bytes, mime: str | None) -> str:
    """Half a sentence about `raw`; `mime` is what its magic bytes say, None when they say nothing."""
    head = raw[:4096]
    if _SVG.search(head):
        return _("这张是矢量图（SVG）")
    if _MARKUP.search(head):
        return _("这张是网页文件")
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return _("这张是 HEIC 格式。苹果手机请在“设置－相机－格式”里选“兼容性最佳”再拍，或发一张截图")
    if head.startswith((b"#!", b"<?php")):
        return _("这个是程序文件")
    return _by_mime(mime)


def _by_mime(mime: str | None) -> str:
    if mime is None:
        return _("这个文件不是照片")
    if mime == "image/gif":
        return _("这张是 GIF 图")
    if mime.startswith("image/"):
        return _("这张是 %(kind)s 图") % {"kind": mime.removeprefix("image/").removeprefix("x-").upper()}
    if mime.startswith("video/"):
        return _("这个是视频。请从视频里截一张图")
    if mime.startswith("audio/"):
        return _("这个是录音")
    if mime == "application/pdf":
        return _("这个是 PDF 文件。请把要用的那一页截图")
    return _("这个文件不是照片")
