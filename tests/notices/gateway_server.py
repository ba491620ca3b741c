"""A real HTTP server on 127.0.0.1 that behaves like an SMS gateway on a good day, or on a bad one."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class GatewayServer:
    """`mode` decides what becomes of the next messages; `got` is what arrived at /send, in order.

    ok · refuse · later · error (500) · junk (200, no JSON) · stall (takes it, never answers) · slow ·
    cut (takes it, closes) · redirect · drip (a byte now and then). `status`: ok | unseen | error."""

    def __init__(self, secret: str):
        self.mode, self.status, self.slow = "ok", "ok", 0.0
        self.got: list[dict] = []
        self.asked: list[str] = []
        self.unsigned = 0
        self.secret = secret
        self.stop = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    @property
    def status_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/status"

    def per_id(self) -> Counter:
        return Counter(one["out_id"] for one in self.got)

    def texts(self) -> list[str]:
        return [one["text"] for one in self.got]

    def close(self) -> None:
        self.stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(outer):  # noqa: N805 - the handler is a class of its own and needs another name for us
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp = self.headers["X-Timestamp"].encode()
                right = hmac.new(outer.secret.encode(), stamp + b"\n" + body, hashlib.sha256).hexdigest()
                if not hmac.compare_digest(right, self.headers["X-Signature"]):
                    outer.unsigned += 1
                    return self.answer(401, b'{"result": "try_later", "why": "signature"}')
                said = json.loads(body)
                if self.path == "/status":
                    return self.tell(said["out_id"])
                with outer._lock:
                    outer.got.append(said)
                return getattr(self, f"do_{outer.mode}")()

            def tell(self, out_id):
                outer.asked.append(out_id)
                if outer.status == "error":
                    return self.answer(500, b"{}")
                seen = outer.status == "ok" and any(one["out_id"] == out_id for one in outer.got)
                return self.answer(200, json.dumps({"result": "accepted" if seen else "not_seen"}).encode())

            def answer(self, status, body, **headers):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_ok(self):
                time.sleep(outer.slow)
                self.answer(200, b'{"result": "accepted"}')

            def do_refuse(self):
                self.answer(422, '{"result": "refused", "why": "空号"}'.encode())

            def do_later(self):
                self.answer(200, '{"result": "try_later", "why": "余额不足"}'.encode())

            def do_error(self):
                self.answer(500, b"<html>500</html>")

            def do_junk(self):
                self.answer(200, b"<html>OK!</html>")

            def do_redirect(self):
                self.answer(302, b"", Location=outer.url.replace("/send", "/elsewhere"))

            def do_stall(self):
                outer.stop.wait(20)

            def do_drip(self):
                for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n":
                    if outer.stop.wait(0.2):
                        return
                    try:
                        self.wfile.write(bytes([byte]))
                    except OSError:
                        return

            def do_cut(self):
                self.connection.shutdown(socket.SHUT_RDWR)

        return Handler
