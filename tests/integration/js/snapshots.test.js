"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { all, fails, withContainer } = require("./service.js");

test("createSnapshot, and what withSnapshot reads", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const before = await blob.upload("before", 6, { metadata: { of: "blob" } });
    const taken = await blob.createSnapshot();
    assert.equal(taken.etag, before.etag);
    const other = await blob.createSnapshot({ metadata: { of: "snapshot" } });
    assert.ok(other.snapshot > taken.snapshot);
    await blob.upload("after it", 8);
    const snapshot = blob.withSnapshot(taken.snapshot);
    assert.equal((await snapshot.downloadToBuffer()).toString(), "before");
    assert.deepEqual((await snapshot.getProperties()).metadata, { of: "blob" });
    const own = await blob.withSnapshot(other.snapshot).getProperties();
    assert.deepEqual(own.metadata, { of: "snapshot" });
    assert.equal((await blob.downloadToBuffer()).toString(), "after it");
    await fails(blob.createSnapshot({ conditions: { ifMatch: before.etag } }), 412, "ConditionNotMet");
  });
});

test("includeSnapshots", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("x", 1);
    const taken = [];
    for (let i = 0; i < 3; ++i) taken.push((await blob.createSnapshot()).snapshot);
    const found = await all(container.listBlobsFlat({ includeSnapshots: true }));
    assert.deepEqual(
      found.map((item) => item.snapshot),
      [...taken, undefined],
    );
    const plain = await all(container.listBlobsFlat());
    assert.deepEqual(
      plain.map((item) => item.name),
      ["b"],
    );
  });
});

test("deleteSnapshots", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("x", 1);
    const { snapshot } = await blob.createSnapshot();
    await fails(blob.delete(), 409, "SnapshotsPresent");
    await blob.withSnapshot(snapshot).delete();
    await fails(blob.withSnapshot(snapshot).getProperties(), 404, "BlobNotFound");
    await blob.createSnapshot();
    await blob.delete({ deleteSnapshots: "only" });
    await blob.createSnapshot();
    await blob.delete({ deleteSnapshots: "include" });
    assert.equal(await blob.exists(), false);
  });
});
