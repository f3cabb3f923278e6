"""CRC-64/NVME (reflected 0x9A6C9329AC4BC9B5), byte by byte through a table: for small bodies."""

from __future__ import annotations

import base64

_POLYNOMIAL = 0x9A6C9329AC4BC9B5
_MASK = 0xFFFFFFFFFFFFFFFF


def _table_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = [_table_entry(byte) for byte in range(256)]


def crc64(data: bytes) -> int:
    crc = _MASK
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ _MASK


def crc64_header(data: bytes) -> str:
    """The value of x-ms-content-crc64."""
    return base64.b64encode(crc64(data).to_bytes(8, "little")).decode()


assert crc64_header(b"hello") == "V0JSBnCFdzM="  # recorded from the service
