"""Redirects and links from a server, which are checked before they are followed."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs, urljoin, urlsplit

from msgspec import Struct

from artifact_tui.domain.provider import Refused
from artifact_tui.github.hosts import Host, address_literal, is_loopback
from artifact_tui.github.http.requests import is_api_address

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[A-Za-z*]+\s*=\s*(?:\"[^\"]*\"|[^\",;\s]+))*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\",;\s]+))")
_NEXT_STEP = "The request was not sent on. If this host is right, tell its administrator."


class Links(Struct, frozen=True):
    """The pages of a Link header; ``foreign`` means that it points out of the API."""

    next: int | None = None
    last: int | None = None
    foreign: bool = False


def read_links(host: Host, header: str) -> Links:
    """Parse the page numbers of a Link header (RFC 8288); URLs outside the API are ignored."""
    numbers: dict[str, int] = {}
    foreign = False
    for address, parameters in _LINK.findall(header):
        relation = _RELATION.search(parameters)
        kinds = (relation[1] or relation[2] or "").lower().split() if relation else []
        number = _page_number(address)
        for kind in kinds:
            if kind not in {"next", "last"} or number is None:
                continue
            if is_api_address(host, address):
                numbers[kind] = number
            elif kind == "next":
                foreign = True
    return Links(numbers.get("next"), numbers.get("last"), foreign)


def moved_to(host: Host, url: str, location: str) -> str:
    """Return the target of a 301, 307 or 308; raise :class:`Refused` if it is outside the API."""
    target = _joined(url, location)
    if not is_api_address(host, target):
        raise Refused(f"{host.name} redirects to another server, which is not followed.", _NEXT_STEP)
    return target


def storage_address(host: Host, url: str, location: str) -> str:
    """Return the download URL; raise :class:`Refused` if it is unsafe.

    It must be https (or localhost to localhost), without a user name, and not an address of this machine, nor of a
    private network unless an Enterprise Server names it.
    """
    target = _joined(url, location)
    parts = urlsplit(target)
    name = parts.hostname or ""
    local = host.is_loopback and is_loopback(name)
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise Refused("The download redirects to an unencrypted URL.", _NEXT_STEP)
    if not name or parts.username is not None or parts.password is not None or "\\" in target:
        raise Refused("The download redirects to an invalid URL.", _NEXT_STEP)
    if not local and _is_inside(name, private_too=host.kind.is_cloud):
        raise Refused("The download redirects to a private network.", _NEXT_STEP)
    return target


def _is_inside(name: str, *, private_too: bool) -> bool:
    address = address_literal(name)
    if address is None:
        return is_loopback(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    always = address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast
    return always or (private_too and not address.is_global)


def _joined(url: str, location: str) -> str:
    try:
        target = urljoin(url, location.strip())
        port = urlsplit(target).port
    except ValueError:
        target, port = "", None
    if not target or port == 0 or not location.strip() or not re.fullmatch(r"[\x21-\x7e]+", target):
        raise Refused("The server redirects without a valid target.", _NEXT_STEP)
    return target


def _page_number(address: str) -> int | None:
    try:
        values = parse_qs(urlsplit(address).query).get("page", [])
    except ValueError:
        return None
    return int(values[0]) if len(values) == 1 and re.fullmatch(r"[0-9]{1,9}", values[0]) else None
