// Soft delete and versions, on a server of its own that keeps versions: what is set is the account's.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { all, fails, service, withContainer } = require("./service.js");

const keepDeleted = (days) =>
  service.setProperties({ deleteRetentionPolicy: { enabled: days !== undefined, days } });

const everything = {
  includeSnapshots: true,
  includeVersions: true,
  includeDeleted: true,
  includeDeletedWithVersions: true,
};

test("withVersion, and what listBlobsFlat shows of versions", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const first = await blob.upload("one", 3);
    const second = await blob.upload("other", 5, { metadata: { k: "v" } });
    assert.ok(first.versionId < second.versionId);
    const third = await blob.setMetadata({ k: "w" });
    assert.ok(third.versionId > second.versionId);
    const past = blob.withVersion(first.versionId);
    assert.equal((await past.downloadToBuffer()).toString(), "one");
    const properties = await past.getProperties();
    assert.deepEqual([properties.versionId, properties.isCurrentVersion], [first.versionId, undefined]);
    const now = await blob.getProperties();
    assert.deepEqual([now.versionId, now.isCurrentVersion], [third.versionId, true]);
    const listed = await all(container.listBlobsFlat({ includeVersions: true }));
    assert.deepEqual(
      listed.map((item) => [item.versionId, item.isCurrentVersion]),
      [
        [first.versionId, undefined],
        [second.versionId, undefined],
        [third.versionId, true],
      ],
    );
  });
});

test("delete of a version, and of the blob that has some", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const first = await blob.upload("one", 3);
    const second = await blob.upload("two", 3);
    await fails(blob.withVersion(second.versionId).delete(), 403, "OperationNotAllowedOnRootBlob");
    await blob.delete();
    assert.equal(await blob.exists(), false);
    const [named] = await all(container.listBlobsFlat({ includeDeletedWithVersions: true }));
    assert.deepEqual([named.name, named.hasVersionsOnly], ["b", true]);
    const copy = await blob.beginCopyFromURL(blob.withVersion(first.versionId).url);
    await copy.pollUntilDone();
    assert.equal((await blob.downloadToBuffer()).toString(), "one");
    await blob.withVersion(first.versionId).delete();
    await fails(blob.withVersion(first.versionId).getProperties(), 404, "BlobNotFound");
  });
});

test("undelete", async () => {
  await keepDeleted(7);
  try {
    const { deleteRetentionPolicy } = await service.getProperties();
    assert.deepEqual([deleteRetentionPolicy.enabled, deleteRetentionPolicy.days], [true, 7]);
    await withContainer(async (container) => {
      const blob = container.getBlockBlobClient("b");
      await blob.upload("one", 3);
      const { snapshot } = await blob.createSnapshot();
      await blob.withSnapshot(snapshot).delete();
      await fails(blob.withSnapshot(snapshot).getProperties(), 404, "BlobNotFound");
      const deleted = (await all(container.listBlobsFlat(everything))).find((item) => item.deleted);
      assert.equal(deleted.snapshot, snapshot);
      assert.equal(deleted.properties.remainingRetentionDays, 7);
      assert.ok(deleted.properties.deletedOn instanceof Date);
      await blob.undelete();
      assert.equal((await blob.withSnapshot(snapshot).downloadToBuffer()).toString(), "one");
      await blob.delete({ deleteSnapshots: "include" });
      await blob.undelete();
      const listed = await all(container.listBlobsFlat(everything));
      assert.ok(listed.every((item) => !item.deleted));
      await fails(container.getBlockBlobClient("none").undelete(), 404, "BlobNotFound");
    });
  } finally {
    await keepDeleted(undefined);
  }
});
