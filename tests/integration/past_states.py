"""What tests of soft delete and versions share: servers that keep, and listings of all that is kept."""

from __future__ import annotations

from pathlib import Path

from azure_client import Response, expect
from blob_client import BlobClient
from configuration import flash, write_config

ALL = "snapshots,versions,deleted,deletedwithversions"


def config(
    directory: Path,
    versioning: bool,
    container_days: int | None = None,
    immutable: bool = False,
    last_access: bool = False,
) -> Path:
    data = directory / "data"
    more = f"versioning = {str(versioning).lower()}\n"  # of the account, which stands before it
    more += f"immutable_storage = {str(immutable).lower()}\n"
    more += f"last_access_time = {str(last_access).lower()}\n"
    if container_days is not None:
        more += f"container_delete_retention_days = {container_days}\n"
    file = directory / f"versioning-{versioning}-{container_days}-{immutable}-{last_access}.toml"
    return write_config(file, data / "meta", [flash(data / "flash")], more=more)


def keep_deleted(client: BlobClient, days: int | None, permanent: bool | None = None) -> None:
    """Soft delete, as the account's owner sets it."""
    policy = f"<Enabled>{str(days is not None).lower()}</Enabled>"
    if days is not None:
        policy += f"<Days>{days}</Days>"
    if permanent is not None:
        policy += f"<AllowPermanentDelete>{str(permanent).lower()}</AllowPermanentDelete>"
    document = (
        '<?xml version="1.0" encoding="utf-8"?><StorageServiceProperties><DeleteRetentionPolicy>'
        f"{policy}</DeleteRetentionPolicy></StorageServiceProperties>"
    )
    expect(client.set_service_properties(document.encode()), 202)


def states(page: Response) -> list[str]:
    """Of each entry the name, and what it is: S a snapshot, V a previous version, C the current one,
    B a blob without a version's id, R a name that has versions only; in small letters: deleted."""
    shown = []
    for blob in page.xml().findall("Blobs/Blob"):
        kind = "B"
        if blob.findtext("HasVersionsOnly") == "true":
            kind = "R"
        elif blob.findtext("Snapshot"):
            kind = "S"
        elif blob.findtext("VersionId"):
            kind = "C" if blob.findtext("IsCurrentVersion") == "true" else "V"
        deleted = blob.findtext("Deleted") == "true"
        assert deleted == (blob.find("Properties/DeletedTime") is not None)
        shown.append(f"{blob.findtext('Name')}:{kind.lower() if deleted else kind}")
    return shown


def kept(client: BlobClient, container: str, include: str = ALL) -> list[str]:
    return states(expect(client.list_blobs(container, include=include), 200))


def ids(client: BlobClient, container: str, element: str, include: str = ALL) -> list[str]:
    """The values of VersionId or Snapshot, in the listing's order."""
    page = expect(client.list_blobs(container, include=include), 200)
    return [found.text or "" for found in page.xml().findall(f"Blobs/Blob/{element}")]
