"""E-mail by the company's own mail server. A mail names what it is about by reference and holds nothing of a customer."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from fairgo.core.errors import Misconfigured, UpstreamFailed
from fairgo.core.settings import Settings
from fairgo.staff.notices.inbox import NoticeLine
from fairgo.web.guards import is_loopback

WAIT_SECONDS = 20.0
# The server's answer names the fault for whoever runs Fairgo; the words of it may hold an address and are not kept.
FAULTS: Sequence[tuple[type[Exception], str]] = (
    (smtplib.SMTPAuthenticationError, "mail.sign_in_refused"),
    (smtplib.SMTPRecipientsRefused, "mail.recipient_refused"),
    (smtplib.SMTPSenderRefused, "mail.sender_refused"),
    (smtplib.SMTPNotSupportedError, "mail.no_tls"),
    (smtplib.SMTPResponseException, "mail.refused"),
    (ssl.SSLError, "mail.bad_certificate"),
)


def compose(
    settings: Settings, organisation: str, address: str, lines: Sequence[NoticeLine], *, key: str
) -> EmailMessage:
    """The mail about these notices. The same `key` gives the same Message-ID, so that a mail sent twice is known as one."""
    where = settings.mail_from.rpartition("@")[2] or settings.smtp_host
    mail = EmailMessage()
    mail["From"] = settings.mail_from or f"fairgo@{settings.smtp_host}"
    mail["To"] = address
    mail["Subject"] = lines[0].title if len(lines) == 1 else f"{len(lines)} notices need a person"
    mail["Date"] = format_datetime(max(line.raised_at for line in lines))
    mail["Message-ID"] = f"<{key.replace('/', '.')}@{where}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_words(settings, organisation, lines)))
    return mail


def _words(settings: Settings, organisation: str, lines: Sequence[NoticeLine]) -> list[str]:
    said = [f"Fairgo for {organisation}", ""]
    for line in lines:
        said += [f"{line.title} ({line.raised_at:%Y-%m-%d %H:%M} UTC)"]
        said += [f"About: {line.about}"] if line.about else []
        said += [f"System: {line.system}"] if line.system else []
        said += [line.asks, f"{settings.console_address}/console{line.page}", ""]
    return [*said, "How you are told, and when, you choose on the page Notices of the console."]


def send(settings: Settings, mail: EmailMessage) -> None:
    """Hand a mail to the mail server. Raises UpstreamFailed whose `detail` is the code of what went wrong, or Misconfigured."""
    try:
        with _connected(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, read_secret(settings.smtp_password_file))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as wrong:
        code = next((code for kind, code in FAULTS if isinstance(wrong, kind)), "mail.unreachable")
        raise UpstreamFailed("the mail server did not take the mail", detail=code) from None


def _connected(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    # We say the name we send from: looking up this machine's own would ask the network, and tell it to the server.
    name = settings.mail_from.rpartition("@")[2] or "localhost"
    if settings.smtp_security == "none":
        if not is_loopback(host) and host != "localhost":
            raise Misconfigured(
                "mail without TLS goes only to a server on this machine", hint="smtp_security = starttls"
            )
        return smtplib.SMTP(host, port, local_hostname=name, timeout=WAIT_SECONDS)
    trust = ssl.create_default_context(cafile=settings.smtp_certificates or None)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=WAIT_SECONDS, context=trust)
    server = smtplib.SMTP(host, port, local_hostname=name, timeout=WAIT_SECONDS)
    try:
        server.starttls(context=trust)
    except BaseException:
        server.close()
        raise
    return server


def read_secret(file: Path) -> str:
    """The one line of a secret's file. Raises Misconfigured when it cannot be read, is empty, or others may read it."""
    try:
        open_to_others = file.stat().st_mode & 0o077
        words = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Misconfigured(
            f"{file} cannot be read", hint="a file with one line, mode 0600", detail="secret.missing"
        ) from None
    if open_to_others or not words:
        raise Misconfigured(
            f"{file} must hold a secret that only its owner reads",
            hint=f"chmod 600 {file}",
            detail="secret.open",
        )
    return words
