"""Gateways against real servers: slow, failing, silent, lying ones; and addresses that must not be called."""

import socket
import threading
import time

import pytest
from django.core import mail

from notices.gateways import gateway_for, http
from notices.gateways.email import Mail
from notices.gateways.sms import Sms
from notices.rules.outcomes import Accepted, NotSeen, Refused, TryLater, Unknown

ANSWERS = {
    "ok": Accepted,
    "refuse": Refused,
    "later": TryLater,
    "error": TryLater,
    "redirect": TryLater,
    "junk": Unknown,
    "stall": Unknown,
    "drip": Unknown,
    "cut": Unknown,
}


@pytest.mark.parametrize("mode", ANSWERS)
def test_each_answer_has_one_meaning(server, mode):
    server.mode = mode
    begun = time.monotonic()
    outcome = Sms().send(to="13900000009", text="您有 1 件待办，请登录查看", out_id="a1")
    assert type(outcome) is ANSWERS[mode]
    assert time.monotonic() - begun < 2
    assert server.got == [{"out_id": "a1", "to": "13900000009", "text": "【红运之家】您有 1 件待办，请登录查看"}]
    assert server.unsigned == 0


def test_a_wrong_secret_is_our_fault_and_not_the_numbers(server, settings):
    settings.SMS_SECRET = "another"
    assert isinstance(Sms().send(to="13900000009", text="x", out_id="a1"), TryLater)
    assert server.unsigned == 1 and server.got == []


def test_it_can_be_asked_what_became_of_a_message(server, settings):
    settings.SMS_STATUS_URL = server.status_url
    sms = Sms()
    assert sms.asks and isinstance(sms.ask(out_id="a1"), NotSeen)
    sms.send(to="13900000009", text="x", out_id="a1")
    assert isinstance(sms.ask(out_id="a1"), Accepted)
    server.status = "error"
    assert isinstance(sms.ask(out_id="a1"), Unknown)


def test_a_closed_port_certainly_took_nothing(server, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.SMS_URL = f"http://127.0.0.1:{port}/send"
    assert isinstance(Sms().send(to="13900000009", text="x", out_id="a1"), TryLater)


INNER = [
    "http://127.0.0.1:{port}/send", "https://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://0x7f.1:{port}/", "http://2130706433:{port}/", "http://169.254.169.254/",
    "http://inner.example:{port}/", "https://inner.example:{port}/", "https://user:pw@inner.example:{port}/",
    "ftp://inner.example/", "file:///etc/passwd", "https://inner.example:99999/", "",
]  # fmt: skip


@pytest.mark.parametrize("url", INNER)
def test_inner_addresses_are_not_called(url, monkeypatch, settings):
    """A loopback listener gets nothing, whatever way its address is written, even where the name is listed."""
    hits = []
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, hits), daemon=True).start()
    resolve = socket.getaddrinfo

    def to_loopback(host, port, *args, **kwargs):
        return resolve("127.0.0.1" if host == "inner.example" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", to_loopback)
    settings.SMS_URL = url.format(port=listener.getsockname()[1])
    settings.SMS_SECRET = "x" * 24
    settings.SMS_ALLOWED_HOSTS = ["inner.example", "sms.example"]
    assert isinstance(Sms().send(to="13900000009", text="x", out_id="a1"), TryLater)
    listener.close()
    assert hits == []


def _accept(listener, hits):
    while True:
        try:
            hits.append(listener.accept())
        except OSError:
            return


def test_with_the_judgement_switched_off_the_inner_address_is_called(server, monkeypatch, settings):
    """The twin: without it, the name that resolves to loopback would reach the listener."""
    settings.SMS_ALLOWED_HOSTS = []
    assert isinstance(Sms().send(to="13900000009", text="x", out_id="a1"), TryLater) and server.got == []
    monkeypatch.setattr(http, "_allowed", lambda parts, hosts, plain: (parts.hostname, parts.port))
    monkeypatch.setattr(http, "_judged", lambda host, port, hosts: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0])
    assert isinstance(Sms().send(to="13900000009", text="x", out_id="a1"), Accepted) and server.got


def test_a_redirect_is_not_followed(server):
    server.mode = "redirect"
    Sms().send(to="13900000009", text="x", out_id="a1")
    assert len(server.got) == 1


def test_a_certificate_that_nobody_vouches_for_sends_nothing(settings, monkeypatch, tmp_path):
    """TLS to a server whose certificate is its own: no byte of the message leaves."""
    port, seen, close = _self_signed_server(tmp_path)
    settings.SMS_URL, settings.SMS_SECRET = f"https://127.0.0.1:{port}/send", "x" * 24
    settings.SMS_ALLOWED_HOSTS = ["127.0.0.1"]
    outcome = Sms().send(to="13900000009", text="x", out_id="a1")
    close()
    assert isinstance(outcome, TryLater) and "SSL" in outcome.why and seen == []


def _self_signed_server(folder):
    import datetime
    import ssl

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sms.example")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - day).not_valid_after(now + day).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "server.pem"
    plain = serialization.NoEncryption()
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener, seen = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        while True:
            try:
                plug, _ = listener.accept()
                with context.wrap_socket(plug, server_side=True) as safe:
                    seen.append(safe.recv(100))
            except ssl.SSLError:
                continue
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1], seen, listener.close


def test_the_demo_without_a_gateway_sends_nothing_and_production_does_not_pretend(settings):
    settings.SMS_URL, settings.DEMO = "", True
    assert isinstance(gateway_for("sms").send(to="1", text="x", out_id="a"), Accepted)
    settings.DEMO, settings.SMS_SECRET = False, "x" * 24
    assert isinstance(gateway_for("sms").send(to="1", text="x", out_id="a"), TryLater)


# -- mail, against a server that speaks just enough SMTP


class MailServer:
    """`say` maps a command (MAIL, RCPT, DATA, END) to the line it is answered with; "cut" hangs up."""

    def __init__(self, **say):
        self.say, self.got = say, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                plug, _ = self.listener.accept()
            except OSError:
                return
            with plug, plug.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire):
        def tell(line):
            wire.write(line.encode() + b"\r\n")
            wire.flush()

        tell("220 hello")
        for line in wire:
            word = line[:4].decode().upper().strip()
            answer = self.say.get(word, {"DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 fine"))
            if answer == "cut":
                return
            tell(answer)
            if word == "DATA" and answer.startswith("3"):
                text = []
                for part in wire:
                    if part == b".\r\n":
                        break
                    text.append(part)
                self.got.append(b"".join(text))
                if self.say.get("END") == "cut":
                    return
                tell(self.say.get("END", "250 taken"))


MAIL = [
    ({}, Accepted, 1),
    ({"RCPT": "550 no such box"}, Refused, 0),
    ({"RCPT": "451 later"}, TryLater, 0),
    ({"MAIL": "421 too busy"}, TryLater, 0),
    ({"END": "554 no"}, Refused, 1),
    ({"END": "cut"}, Unknown, 1),
]


@pytest.mark.parametrize(("say", "meaning", "taken"), MAIL)
def test_mail_says_the_same_four_things(settings, say, meaning, taken):
    server = MailServer(**say)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    outcome = Mail().send(to="auditor@example.invalid", text="您有 1 件待办，请登录查看", out_id="a1")
    server.listener.close()
    assert type(outcome) is meaning and len(server.got) == taken
    if taken:
        assert b"Message-ID: <a1@" in server.got[0]


def test_a_mail_address_cannot_carry_another_header(settings):
    outcome = Mail().send(to="a@example.invalid\nBcc: b@example.invalid", text="x", out_id="a1")
    assert isinstance(outcome, Refused) and mail.outbox == []


def test_no_mail_server_took_nothing(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    assert isinstance(Mail().send(to="a@example.invalid", text="x", out_id="a1"), TryLater)
