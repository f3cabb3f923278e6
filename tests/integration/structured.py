"""Structured messages (XSM/1.0 with CRC-64), made and taken apart by hand."""

from __future__ import annotations

import struct

from crc64 import crc64

FORM = "XSM/1.0; properties=crc64"
SEGMENT = 4 << 20


def structured(payload: bytes, segment: int = SEGMENT) -> bytes:
    pieces = [payload[at : at + segment] for at in range(0, len(payload), segment)]
    length = 13 + 8 + sum(18 + len(piece) for piece in pieces)
    message = struct.pack("<BQHH", 1, length, 1, len(pieces))
    for number, piece in enumerate(pieces, 1):
        message += struct.pack("<HQ", number, len(piece)) + piece + struct.pack("<Q", crc64(piece))
    return message + struct.pack("<Q", crc64(payload))


def of_payload(length: int) -> dict[str, str]:
    return {"x-ms-structured-body": FORM, "x-ms-structured-content-length": str(length)}
