"""The report as one HTML file: template, style, script and data put together so that no data can become markup.

Data is packed (gzip, base64), so it holds no character that HTML knows; the page's policy lets in nothing but the one
script and style whose digests it names, and no address at all.
"""
from __future__ import annotations

import base64
import gzip
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).with_name("assets")
SCRIPTS = ("page.js", "data.js", "filters.js", "coverage.js", "scatter.js", "table.js", "evidence.js", "main.js")


def document(rows: Mapping[str, Any], bundles: Iterable[Any]) -> str:
    """The HTML of the report; the same rows and bundles give the same text."""
    script, style = _script(), _asset("report.css")
    packed = [_block("rows", rows), *(_block(f"bundle-{n}", bundle) for n, bundle in enumerate(bundles))]
    policy = (f"default-src 'none'; script-src 'sha256-{_digest(script)}'; style-src 'sha256-{_digest(style)}'; "
              "base-uri 'none'; form-action 'none'")
    parts = {"policy": policy, "style": style, "script": script, "data": "\n".join(packed)}
    html = _asset("report.html")
    for name, part in parts.items():
        before, mark, after = html.partition(f"<!--{name}-->")
        html = before + (part if mark else "") + after
    return html


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _script() -> str:
    """The scripts one after the other in a scope of their own, with the words of the page in both languages."""
    with open(ASSETS / "words.toml", "rb") as file:
        words = json.dumps(tomllib.load(file), ensure_ascii=False)
    parts = [f"const WORDS = {words};", *(_asset(name) for name in SCRIPTS)]
    script = "(() => {\n\"use strict\";\n" + "\n".join(parts) + "})();\n"
    if "</script" in script or "<!--" in script:
        raise ValueError("the scripts of the report hold what ends a script element")
    return script


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _block(name: str, content: Any) -> str:
    """Content as JSON, packed, in an element that the browser does not look into."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
    packed = base64.b64encode(gzip.compress(plain, 9, mtime=0)).decode()
    return f'<script type="application/octet-stream" id="{name}">{packed}</script>'
