"""Puts things that are there into most of the requests that Schemathesis makes up: an id that nobody has tests nothing but 404."""

import json
import os
import zlib
from urllib.parse import unquote

import schemathesis

# Ids by name: those that are to stay, and under "spare" those that a request may use up.
THINGS = json.loads(os.environ["REPLAY_FUZZ_THINGS"])
# What is behind such an address, or written there, is gone or changed afterwards.
USES_UP = ("/stop", "/pause", "/forget", "/whip/resource/")


def is_plain(value):
    """Whether it could be a name; what the schema forbids stays as it is."""
    return isinstance(value, str) and 0 < len(value) <= 150 and unquote(value).isprintable()


def real(name, text, spare):
    """A thing of that name for three texts of four, else the text itself."""
    things = THINGS["spare" if spare else "kept"].get(name)
    if not things or not is_plain(text):
        return text
    draw = zlib.crc32(text.encode("utf-8", "surrogatepass"))
    used_up = spare and text in THINGS["kept"].get(name, [])
    return text if draw % 4 == 0 and not used_up else things[draw // 4 % len(things)]


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag", "application/webhook+json")
def as_text(context, value):
    """Bodies that are text, whatever it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def is_right(case, location):
    """Whether that part of a request is meant to be as the document says; what is meant to be wrong stays wrong."""
    parts = case.meta.components if case.meta else {}
    return all(part.mode.is_positive for where, part in parts.items() if where.value == location)


@schemathesis.hook
def before_call(context, case, kwargs):
    method, path = case.operation.method.upper(), case.operation.path
    spare = method in ("PUT", "DELETE") or any(part in path for part in USES_UP)
    # Schemathesis judges a part anew when it was touched, so one that has something wrong in it is not touched at all.
    if is_right(case, "path") and all(map(is_plain, (case.path_parameters or {}).values())):
        for name, value in list((case.path_parameters or {}).items()):
            case.path_parameters[name] = real(name, value, spare)
    if isinstance(case.body, dict) and is_right(case, "body"):
        for name, value in list(case.body.items()):
            case.body[name] = real(name, value, False)
