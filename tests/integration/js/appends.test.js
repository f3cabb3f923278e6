// Append blobs.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { BlobSASPermissions } = require("@azure/storage-blob");
const { all, bytes, fails, md5, withContainer } = require("./service.js");

async function withAppendBlob(body) {
  await withContainer(async (container) => {
    const blob = container.getAppendBlobClient("log");
    await blob.create({ blobHTTPHeaders: { blobContentType: "text/log" }, metadata: { k: "v" } });
    await body({ container, blob });
  });
}

test("create, appendBlock, and what is read", async () => {
  await withAppendBlob(async ({ container, blob }) => {
    const parts = [Buffer.from("line\n"), bytes(5_000), bytes(300_000), Buffer.from("end")];
    let length = 0;
    for (const [number, part] of parts.entries()) {
      const appended = await blob.appendBlock(part, part.length);
      assert.equal(appended.blobAppendOffset, String(length));
      assert.equal(appended.blobCommittedBlockCount, number + 1);
      length += part.length;
      assert.equal((await blob.getProperties()).etag, appended.etag);
    }
    assert.ok((await blob.downloadToBuffer()).equals(Buffer.concat(parts)));
    const properties = await blob.getProperties();
    assert.deepEqual(
      [properties.blobType, properties.blobCommittedBlockCount, properties.contentType, properties.metadata],
      ["AppendBlob", 4, "text/log", { k: "v" }],
    );
    const [listed] = await all(container.listBlobsFlat());
    assert.deepEqual(
      [listed.properties.blobType, listed.properties.contentLength, listed.properties.accessTier],
      ["AppendBlob", length, undefined],
    );
    await fails(blob.create({ conditions: { ifNoneMatch: "*" } }), 409, "BlobAlreadyExists");
    assert.equal((await blob.createIfNotExists()).succeeded, false);
  });
});

test("conditions of appendBlock", async () => {
  await withAppendBlob(async ({ blob }) => {
    const at = (appendPosition, maxSize) => ({ conditions: { appendPosition, maxSize } });
    await blob.appendBlock("12345", 5, at(0, 5));
    await fails(blob.appendBlock("x", 1, at(4)), 412, "AppendPositionConditionNotMet");
    await fails(blob.appendBlock("x", 1, at(5, 5)), 412, "MaxBlobSizeConditionNotMet");
    await blob.appendBlock("x", 1, at(5, 6));
    const other = { conditions: { ifMatch: '"0x8D0000000000000"' } };
    await fails(blob.appendBlock("x", 1, other), 412, "ConditionNotMet");
    const wrong = { transactionalContentMD5: md5(Buffer.from("y")) };
    await fails(blob.appendBlock("x", 1, wrong), 400, "Md5Mismatch");
    const right = { transactionalContentMD5: md5(Buffer.from("x")) };
    await blob.appendBlock("x", 1, right);
    assert.equal((await blob.downloadToBuffer()).toString(), "12345xx");
  });
});

test("appendBlockFromURL", async () => {
  await withAppendBlob(async ({ container, blob }) => {
    const source = container.getBlockBlobClient("source");
    const data = bytes(100_000);
    await source.upload(data, data.length);
    const url = await source.generateSasUrl({
      permissions: BlobSASPermissions.parse("r"),
      expiresOn: new Date(Date.now() + 3_600_000),
    });
    await blob.appendBlockFromURL(url, 0, data.length);
    const part = await blob.appendBlockFromURL(url, 7, 1_000, {
      sourceContentMD5: md5(data.subarray(7, 1_007)),
    });
    assert.equal(part.blobAppendOffset, "100000");
    const got = await blob.downloadToBuffer();
    assert.ok(got.equals(Buffer.concat([data, data.subarray(7, 1_007)])));
    await fails(blob.appendBlockFromURL(source.url, 0, 10), 409, "CannotVerifyCopySource");
    const at = { conditions: { appendPosition: 0 } };
    await fails(blob.appendBlockFromURL(url, 0, 10, at), 412, "AppendPositionConditionNotMet");
  });
});

test("seal", async () => {
  await withAppendBlob(async ({ container, blob }) => {
    await blob.appendBlock("last", 4);
    const { etag } = await blob.getProperties();
    for (let i = 0; i < 2; ++i) {
      const sealed = await blob.seal({ conditions: { appendPosition: 4 } });
      assert.deepEqual([sealed.isSealed, sealed.etag], [true, etag]);
    }
    await fails(blob.appendBlock("x", 1), 409, "BlobIsSealed");
    assert.equal((await blob.getProperties()).isSealed, true);
    assert.equal((await blob.download()).isSealed, true);
    const copy = container.getAppendBlobClient("copy");
    await (await copy.beginCopyFromURL(blob.url)).pollUntilDone();
    assert.equal((await copy.getProperties()).isSealed, true);
    await (await copy.beginCopyFromURL(blob.url, { sealBlob: false })).pollUntilDone();
    await copy.appendBlock("!", 1);
    assert.equal((await copy.downloadToBuffer()).toString(), "last!");
    assert.equal((await copy.getProperties()).blobCommittedBlockCount, 2);
  });
});

test("snapshots, and operations of other types", async () => {
  await withAppendBlob(async ({ container, blob }) => {
    await blob.appendBlock("before", 6);
    const { snapshot } = await blob.createSnapshot();
    await blob.appendBlock(bytes(9_000), 9_000);
    const taken = blob.withSnapshot(snapshot);
    assert.equal((await taken.downloadToBuffer()).toString(), "before");
    assert.equal((await taken.getProperties()).blobCommittedBlockCount, 1);
    const block = container.getBlockBlobClient("log");
    await fails(block.stageBlock("AAAA", "x", 1), 409, "InvalidBlobType");
    await fails(block.getBlockList("all"), 409, "InvalidBlobType");
    await fails(block.setAccessTier("Cool"), 409, "InvalidBlobType");
    await fails(block.upload("x", 1), 409, "InvalidBlobType");
    await container.getBlockBlobClient("block").upload("x", 1);
    const wrong = container.getAppendBlobClient("block");
    await fails(wrong.appendBlock("x", 1), 409, "InvalidBlobType");
    await fails(wrong.seal(), 409, "InvalidBlobType");
  });
});
