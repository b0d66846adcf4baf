"""How a telephone or computer comes to trust this station's encrypted pages: the authority to install, its fingerprint, and the steps."""

from __future__ import annotations

import segno
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, abort, g, render_template, request

from admin.desk import desk
from admin.tongue import _
from admin.web import https_url
from station import https
from station.addresses import as_address, own_addresses

pages = Blueprint("https", __name__, url_prefix="/https")


def _authority() -> x509.Certificate | None:
    """The authority of this station; None without HTTPS or with a certificate of one's own."""
    settings = desk().settings
    if settings.data_dir is None or not settings.https_port or settings.own_certificate:
        return None
    path = https.authority_path(settings.data_dir)
    return https.read_first(path.read_bytes()) if path.exists() else None


def _needed() -> x509.Certificate:
    found = _authority()
    if found is None:
        abort(404)
    return found


def _hosts() -> list[str]:
    """Under what other machines reach this one: as this browser named it; for whoever is signed in, also its private addresses."""
    here = request.host.partition(":")[0] if not request.host.startswith("[") else request.host[: request.host.rindex("]") + 1]
    address = as_address(here)
    loopback = here == "localhost" or (address is not None and address.is_loopback)
    hosts = [] if loopback else [here]
    if g.person is not None and not desk().settings.loopback_only:
        hosts += [f"[{each}]" if each.version == 6 else str(each) for each in own_addresses() if not each.is_loopback]
    return list(dict.fromkeys(hosts)) or [here]


@pages.get("")
def about() -> str:
    """Open to everybody who reaches the station: a telephone has to install the authority before it can sign in over HTTPS."""
    settings, authority, hosts = desk().settings, _authority(), _hosts()
    port = settings.http_port
    plain = f"http://{hosts[0]}{'' if port in (0, 80) else f':{port}'}/https"
    return render_template(
        "https.html", port=settings.https_port, own=settings.own_certificate, secure=request.is_secure, loopback_only=settings.loopback_only,
        shown=https.show(authority) if authority else None, doors=[https_url(each, settings.https_port, "/") for each in hosts],
        plain=plain, drawn=segno.make(plain, error="m").svg_data_uri(scale=6, border=4, light="#fff"),
    )  # fmt: skip


@pages.get("/xiangyin-ca.crt")
def certificate() -> Response:
    """The authority for Android, Windows, Macs and Linux."""
    answer = Response(_needed().public_bytes(Encoding.DER), mimetype="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = 'attachment; filename="xiangyin-ca.crt"'
    return answer


@pages.get("/xiangyin.mobileconfig")
def apple() -> Response:
    """The authority as a profile for iPhones and iPads."""
    found = _needed()
    answer = Response(https.profile(found.public_bytes(Encoding.DER), _("Xiangyin loudspeaker station")), mimetype="application/x-apple-aspen-config")
    answer.headers["Content-Disposition"] = 'attachment; filename="xiangyin.mobileconfig"'
    return answer
