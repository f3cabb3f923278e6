// PageBlobClient.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { all, fails, withContainer } = require("./service.js");

const PAGE = 512;
const KIB = 1024;

function content(pages, seed) {
  const bytes = Buffer.alloc(pages * PAGE);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = (i * 31 + seed * 7 + (i >> 9)) & 0xff;
  return bytes;
}

// The SDK's `count` is where a range ends less where it begins: one less than it counts.
function spans(ranges) {
  return ranges.map(({ offset, count }) => [offset / PAGE, (count + 1) / PAGE]);
}

async function withDisk(length, body) {
  await withContainer(async (container) => {
    const disk = container.getPageBlobClient("d");
    await disk.create(length, { blobSequenceNumber: 3, metadata: { of: "disk" } });
    await body({ container, disk });
  });
}

test("create, and what getProperties tells", async () => {
  await withDisk(KIB * KIB, async ({ container, disk }) => {
    const properties = await disk.getProperties();
    assert.equal(properties.blobType, "PageBlob");
    assert.equal(properties.blobSequenceNumber, 3);
    assert.equal(properties.contentLength, KIB * KIB);
    assert.deepEqual(properties.metadata, { of: "disk" });
    const [listed] = await all(container.listBlobsFlat());
    assert.equal(listed.properties.blobType, "PageBlob");
    assert.equal(listed.properties.blobSequenceNumber, 3);
  });
});

test("uploadPages and clearPages", async () => {
  await withDisk(KIB * KIB, async ({ disk }) => {
    const bytes = content(700, 1);
    const answer = await disk.uploadPages(bytes, 100 * PAGE, bytes.length);
    assert.equal(answer.blobSequenceNumber, 3);
    assert.deepEqual(await disk.downloadToBuffer(100 * PAGE, bytes.length), bytes);
    await disk.clearPages(101 * PAGE, PAGE);
    const list = await disk.getPageRanges();
    assert.deepEqual(spans(list.pageRange), [
      [100, 1],
      [102, 698],
    ]);
    assert.deepEqual(await disk.downloadToBuffer(101 * PAGE, PAGE), Buffer.alloc(PAGE));
    const late = { conditions: { ifSequenceNumberLessThan: 3 } };
    await fails(
      disk.uploadPages(bytes, 0, bytes.length, late),
      412,
      "SequenceNumberConditionNotMet",
    );
    await fails(disk.uploadPages(content(1, 1), KIB * KIB, PAGE), 416, "InvalidPageRange");
  });
});

test("uploadPagesFromURL", async () => {
  await withDisk(KIB * KIB, async ({ container, disk }) => {
    const source = container.getBlockBlobClient("source");
    const bytes = content(20, 4);
    await source.upload(bytes, bytes.length);
    const { BlobSASPermissions } = require("@azure/storage-blob");
    const url = await source.generateSasUrl({
      permissions: BlobSASPermissions.parse("r"),
      expiresOn: new Date(Date.now() + 3600e3),
    });
    await disk.uploadPagesFromURL(url, PAGE, 8 * PAGE, 4 * PAGE);
    assert.deepEqual(
      await disk.downloadToBuffer(8 * PAGE, 4 * PAGE),
      bytes.subarray(PAGE, 5 * PAGE),
    );
  });
});

test("listPageRanges and listPageRangesDiff", async () => {
  await withDisk(KIB * KIB, async ({ disk }) => {
    for (let i = 0; i < 9; ++i) await disk.uploadPages(content(1, i), 2 * i * PAGE, PAGE);
    const ranges = [];
    for await (const page of disk.listPageRanges(0, KIB * KIB).byPage({ maxPageSize: 4 })) {
      assert.ok((page.pageRange ?? []).length <= 4);
      ranges.push(...(page.pageRange ?? []));
    }
    assert.equal(ranges.length, 9);
    const { snapshot } = await disk.createSnapshot();
    await disk.uploadPages(content(2, 50), 0, 2 * PAGE);
    await disk.clearPages(4 * PAGE, PAGE);
    const changed = await disk.getPageRangesDiff(0, KIB * KIB, snapshot);
    assert.deepEqual(spans(changed.pageRange), [[0, 2]]);
    assert.deepEqual(spans(changed.clearRange), [[4, 1]]);
    const old = await disk.withSnapshot(snapshot).getPageRanges();
    assert.equal(old.pageRange.length, 9);
  });
});

test("resize and updateSequenceNumber", async () => {
  await withDisk(KIB * KIB, async ({ disk }) => {
    await disk.uploadPages(content(8, 1), 0, 8 * PAGE);
    await disk.resize(4 * PAGE);
    await disk.resize(8 * PAGE);
    const bytes = await disk.downloadToBuffer();
    assert.deepEqual(bytes, Buffer.concat([content(8, 1).subarray(0, 4 * PAGE), Buffer.alloc(4 * PAGE)]));
    assert.equal((await disk.updateSequenceNumber("increment")).blobSequenceNumber, 4);
    assert.equal((await disk.updateSequenceNumber("max", 2)).blobSequenceNumber, 4);
    assert.equal((await disk.updateSequenceNumber("update", 1)).blobSequenceNumber, 1);
  });
});

// Done by the time that it is answered; a client polls all the same.
async function copyOf(backup, disk) {
  const { snapshot } = await disk.createSnapshot();
  const answer = await backup.startCopyIncremental(disk.withSnapshot(snapshot).url);
  let properties;
  do {
    properties = await backup.getProperties();
  } while (properties.copyStatus === "pending");
  assert.equal(properties.copyStatus, "success");
  assert.equal(properties.copyId, answer.copyId);
  assert.equal(properties.etag, answer.etag);
  assert.equal(properties.isIncrementalCopy, true);
  return properties.destinationSnapshot;
}

test("startCopyIncremental", async () => {
  await withDisk(KIB * KIB, async ({ container, disk }) => {
    const backup = container.getPageBlobClient("backup");
    const taken = [];
    for (let i = 0; i < 2; ++i) {
      await disk.uploadPages(content(8, i), 16 * i * PAGE, 8 * PAGE);
      taken.push(await copyOf(backup, disk));
    }
    await disk.clearPages(0, 8 * PAGE);
    const [first, second] = taken.map((snapshot) => backup.withSnapshot(snapshot));
    assert.deepEqual(await second.downloadToBuffer(0, 8 * PAGE), content(8, 0));
    assert.deepEqual(await first.downloadToBuffer(16 * PAGE, PAGE), Buffer.alloc(PAGE));
    const changed = await second.getPageRangesDiff(0, KIB * KIB, taken[0]);
    assert.deepEqual(spans(changed.pageRange), [[16, 8]]);
    const options = { prefix: "backup", includeSnapshots: true, includeCopy: true };
    const listed = await all(container.listBlobsFlat(options));
    assert.deepEqual(
      listed.map(({ snapshot, properties }) => [snapshot, properties.incrementalCopy]),
      [[taken[0], true], [taken[1], true], [undefined, true]],
    );
  });
});

test("startCopyIncremental, refused", async () => {
  await withDisk(KIB * KIB, async ({ container, disk }) => {
    const backup = container.getPageBlobClient("backup");
    const { snapshot } = await disk.createSnapshot();
    const { url } = disk.withSnapshot(snapshot);
    const copy = (from, options) => backup.startCopyIncremental(from, options);
    const missing = container.getPageBlobClient("missing").withSnapshot(snapshot);
    await fails(copy(disk.url), 409, "IncrementalCopySourceMustBeSnapshot");
    await fails(copy(missing.url), 404, "BlobNotFound");
    await copy(url);
    await fails(copy(url), 409, "IncrementalCopyOfEarlierVersionSnapshotNotAllowed");
    const unmet = { conditions: { ifNoneMatch: "*" } };
    await fails(copy(url, unmet), 412, "TargetConditionNotMet");
    const notAllowed = "OperationNotAllowedOnIncrementalCopyBlob";
    await fails(backup.download(), 409, notAllowed);
    await fails(backup.uploadPages(content(1, 1), 0, PAGE), 409, notAllowed);
    await fails(backup.createSnapshot(), 409, notAllowed);
    await backup.delete({ deleteSnapshots: "include" });
  });
});
