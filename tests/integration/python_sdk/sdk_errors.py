"""What a call of the SDK must fail with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from azure.core.exceptions import HttpResponseError


@contextmanager
def fails(
    status: int, code: str, kind: type[HttpResponseError] = HttpResponseError
) -> Iterator[None]:
    """With that status and that code, in the header that every answer has."""
    with pytest.raises(kind) as caught:
        yield
    response = caught.value.response
    assert response is not None, caught.value
    found = (response.status_code, response.headers.get("x-ms-error-code"))
    assert found == (status, code), caught.value
    assert response.headers["x-ms-request-id"]


@contextmanager
def refused(code: str = "NotImplemented") -> Iterator[None]:
    """Not built: 501, or a 4xx that says what is not accepted; never success, never a retry."""
    with pytest.raises(HttpResponseError) as caught:
        yield
    response = caught.value.response
    assert response is not None, caught.value
    assert response.headers.get("x-ms-error-code") == code, caught.value
    status = response.status_code
    assert status == 501 if code == "NotImplemented" else 400 <= status < 500, caught.value
