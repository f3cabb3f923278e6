"""Makes service and account SAS tokens as query parameters. See signing.py.

A token is a dict of decoded parameters; the string to sign is built from it, so that a test can
sign any mixture of fields, or change one after signing.
"""

from __future__ import annotations

from datetime import timedelta

from signing import Account, sas_time

Token = dict[str, str]

DEFAULT_VERSION = "2021-12-02"
RESPONSE_HEADERS = ("rscc", "rscd", "rsce", "rscl", "rsct")


def service_sas_text(account: str, path: str, token: Token) -> str:
    """`path` is /container or /container/blob, decoded. Fields depend on the signed version."""
    version = token.get("sv", "")
    prefix = "/blob" if version >= "2015-02-21" else ""
    fields = [token.get("sp", ""), token.get("st", ""), token.get("se", "")]
    fields += [f"{prefix}/{account}{path}", token.get("si", "")]
    if version >= "2015-04-05":
        fields += [token.get("sip", ""), token.get("spr", "")]
    fields.append(version)
    if version >= "2018-11-09":
        fields += [token.get("sr", ""), token.get("snapshot", "")]
    if version >= "2020-12-06":
        fields.append(token.get("ses", ""))
    if version >= "2013-08-15":
        fields += [token.get(name, "") for name in RESPONSE_HEADERS]
    return "\n".join(fields)


def account_sas_text(account: str, token: Token) -> str:
    names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"]
    if token.get("sv", "") >= "2020-12-06":
        names.append("ses")
    return "".join(f"{line}\n" for line in [account, *(token.get(name, "") for name in names)])


def service_sas(account: Account, path: str, permissions: str, **fields: str) -> Token:
    """A token for `path`, valid for an hour; `fields` add to or replace the usual ones. A field
    given as "" is left out."""
    resource = "b" if path.count("/") > 1 else "c"
    token = {"sv": DEFAULT_VERSION, "sr": resource, "sp": permissions}
    token |= {"se": sas_time(timedelta(hours=1))} | fields
    token = {name: value for name, value in token.items() if value}
    token["sig"] = account.sign(service_sas_text(account.name, path, token))
    return token


def account_sas(account: Account, permissions: str = "rwdlac", **fields: str) -> Token:
    token = {"sv": DEFAULT_VERSION, "ss": "b", "srt": "sco", "sp": permissions}
    token |= {"se": sas_time(timedelta(hours=1))} | fields
    token = {name: value for name, value in token.items() if value}
    token["sig"] = account.sign(account_sas_text(account.name, token))
    return token
