"""Keys of the embedded demo: made once on this machine, kept in DATA_DIR, never in the repository."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path


def demo_keys(data_dir: Path) -> dict[str, str]:
    """The keys of this installation, created with mode 0600 on first use.

    Two processes that start at once agree: the file is made whole and linked into place.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "demo-keys.json"
    if not path.exists():
        fresh = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "FIELD_KEYS": "demo:" + base64.b64encode(os.urandom(32)).decode(),
            "INDEX_KEY": secrets.token_hex(32),
            "AUDIT_KEY": secrets.token_hex(32),
            "CODE_KEY": secrets.token_hex(32),
            "METRICS_TOKEN": secrets.token_urlsafe(24),
            "SMS_SECRET": secrets.token_urlsafe(24),
        }
        draft = data_dir / f".demo-keys-{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            json.dump(fresh, handle)
        try:
            os.link(draft, path)  # fails when another process was first: theirs stands
        except FileExistsError:
            pass
        draft.unlink()
    return json.loads(path.read_text())
