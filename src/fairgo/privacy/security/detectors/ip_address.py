"""Internet addresses of devices (IPv4 and IPv6) that stand on the public side or in a home."""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address

from fairgo.privacy.security.detector import Need, Rule, Shape

ROUTERS = {
    "192.168.0.1",
    "192.168.1.1",
    "192.168.1.254",
    "192.168.0.254",
    "10.0.0.1",
    "10.1.1.1",
    "10.0.0.138",
}
INSIDE = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"))
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"


def is_host(value: str) -> bool:
    """True for an IPv4 address that can be one device's; not for 0.0.0.0, loopback or a mask."""
    try:
        address = IPv4Address(value)
    except AddressValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_reserved or address.is_multicast)


def is_clear(value: str) -> bool:
    """True for a public address that is too long to be a version."""
    return is_host(value) and len(value) >= 9 and not any(IPv4Address(value) in net for net in INSIDE)


def is_named(value: str) -> bool:
    """True for a host that is not the address every router at home has."""
    return is_host(value) and value not in ROUTERS


def is_six(value: str) -> bool:
    """True for an IPv6 address that can be one device's."""
    try:
        address = IPv6Address(value)
    except AddressValueError:
        return False
    return any(map(str.isdigit, value)) and not (address.is_loopback or address.is_unspecified)


DETECTOR = Shape(
    type="IP_ADDRESS",
    name="internet address",
    rules=(
        Rule(rf"(?:{_OCTET}\.){{3}}{_OCTET}(?!\.\d)", Need.NO_DENIAL, 0.9, is_clear),
        Rule(rf"(?:{_OCTET}\.){{3}}{_OCTET}(?!\.\d)", Need.NAME, 0.95, is_named),
        Rule(r"(?<![^\W_])[\da-f]{1,4}(?::[\da-f]{0,4}){3,7}(?![\w:])", Need.NO_DENIAL, 0.95, is_six),
    ),
    words=(
        "i p",
        "ip addr",
        "ipaddr",
        "ip is",
        "wan",
        "remote address",
        "logged in from",
        "login from",
        "signed in from",
        "client ip",
        "source ip",
        "ip",
        "ips",
        "ipv4",
        "ipv6",
        "ip address",
        "ipaddress",
        "ip地址",
        "địa chỉ ip",
    ),
)
