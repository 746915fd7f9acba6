"""Which addresses a harvest may ask: web addresses of one host, below one path, not in a private network.

Pages are hostile input: a link or redirect on them may lead to another host, to a file, or into the network
of the machine that harvests. Everything that is asked passes `Scope.objection` first; the address that a
name resolves to passes `forbidden_ip` when the connection is made (so that a name cannot change in between).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote, urlsplit

import msgspec

from pipeline.addresses import joined

_PORTS = {"http": 80, "https": 443}
_UNREADABLE = re.compile(r"[\x00-\x20\x7f\\]")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of one corpus. `base` has no slash at its end; `also` are paths outside it (robots.txt, OParl)."""

    base: str
    allow_private: bool = False
    also: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host name, lower case."""
        return (urlsplit(self.base).hostname or "").lower()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def robots(self) -> str:
        """The address of the host's robots.txt."""
        return f"{self.origin}/robots.txt"

    def objection(self, url: str) -> str | None:
        """Why `url` must not be asked, in words; None if it may."""
        if _UNREADABLE.search(url):
            return "the address contains spaces or control characters"
        try:
            parts, home = urlsplit(url), urlsplit(self.base)
            port, home_port = parts.port or _PORTS.get(parts.scheme), home.port or _PORTS.get(home.scheme)
        except ValueError:
            return "the address cannot be read"
        if parts.scheme not in _PORTS:
            return f"'{parts.scheme or 'no scheme'}' is neither http nor https"
        if parts.username is not None or parts.password is not None:
            return "the address carries a user name"
        if (parts.hostname or "").lower() != self.host:
            return f"another host ({parts.hostname})"
        upgraded = (home.scheme, home_port, parts.scheme, port) == ("http", 80, "https", 443)
        if (parts.scheme, port) != (home.scheme, home_port) and not upgraded:
            return "another scheme or port"
        path = parts.path or "/"
        if path == "/robots.txt" or any(_below(path, other) for other in self.also):
            return None
        if not _below(path, home.path):
            return f"outside the base path {home.path or '/'}"
        return None

    def join(self, page: str, link: str) -> str:
        """`link` as found on `page`, absolute and without fragment."""
        return joined(page, link.strip()).partition("#")[0]


def _below(path: str, base: str) -> bool:
    """Whether `path` is `base` or below it; dots that climb out count as outside."""
    base = base.rstrip("/")
    plain = unquote(path)
    if ".." in plain.split("/"):
        return False
    return plain == base or plain.startswith(f"{base}/")


def base_of(url: str) -> str:
    """`url` as a base address: no query, no fragment, no slash and no page name at the end."""
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    last = path.rpartition("/")[2]
    if re.fullmatch(r"[a-z]{2}\d{3}(_[a-z])?(\.asp)?|default\.asp|index\.html", last, re.IGNORECASE):
        path = path.rpartition("/")[0]
    return f"{parts.scheme}://{parts.netloc}{path}"


def forbidden_ip(address: str) -> str | None:
    """Why a connection to this IP address must not be made (private, loopback, link-local ...); None if it may."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an IP address"
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return forbidden_ip(str(inner))
    if ip.is_loopback:
        return "a loopback address"
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if not ip.is_global:
        return "a private or reserved address"
    return None
