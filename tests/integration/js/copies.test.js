// Copies from URLs: blocks, blobs, and copies that are done when they are answered.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { BlobSASPermissions } = require("@azure/storage-blob");
const { bytes, fails, md5, withContainer } = require("./service.js");

// A URL that allows reading the blob, or what else is named.
const readable = (blob, permissions = "r") =>
  blob.generateSasUrl({
    permissions: BlobSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + 3_600_000),
  });

async function withSource(body) {
  await withContainer(async (container) => {
    const source = container.getBlockBlobClient("source");
    const data = bytes(300_000);
    const options = { blobHTTPHeaders: { blobContentType: "a/b" }, metadata: { k: "v" } };
    await source.upload(data, data.length, options);
    await body({ container, source, data, url: await readable(source) });
  });
}

test("stageBlockFromURL", async () => {
  await withSource(async ({ container, source, data, url }) => {
    const copy = container.getBlockBlobClient("copy");
    await copy.stageBlockFromURL("AAAA", url);
    await copy.stageBlockFromURL("AAAB", url, 5, 995, { sourceContentMD5: md5(data.subarray(5, 1000)) });
    await copy.commitBlockList(["AAAA", "AAAB"]);
    const got = await copy.downloadToBuffer();
    assert.ok(got.equals(Buffer.concat([data, data.subarray(5, 1000)])));
    await fails(copy.stageBlockFromURL("AAAC", source.url), 409, "CannotVerifyCopySource");
    await fails(
      copy.stageBlockFromURL("AAAC", url, 0, 10, { sourceContentMD5: md5(data) }), 400, "Md5Mismatch",
    );
  });
});

test("syncUploadFromURL", async () => {
  await withSource(async ({ container, source, data, url }) => {
    const copy = container.getBlockBlobClient("copy");
    const put = await copy.syncUploadFromURL(url, { tier: "Cool" });
    const properties = await copy.getProperties();
    assert.equal(properties.etag, put.etag);
    assert.deepEqual(
      [properties.contentType, properties.metadata, properties.accessTier],
      ["a/b", { k: "v" }, "Cool"],
    );
    assert.ok((await copy.downloadToBuffer()).equals(data));
    const once = { conditions: { ifNoneMatch: "*" } };
    await fails(copy.syncUploadFromURL(url, once), 409, "BlobAlreadyExists");
    const other = { conditions: { ifMatch: '"0x8D0000000000000"' } };
    await fails(copy.syncUploadFromURL(url, other), 412, "TargetConditionNotMet");
    await fails(copy.syncUploadFromURL(source.url), 409, "CannotVerifyCopySource");
    const bare = container.getBlockBlobClient("bare");
    await bare.syncUploadFromURL(url, { copySourceBlobProperties: false });
    assert.equal((await bare.getProperties()).contentType, "application/octet-stream");
  });
});

test("beginCopyFromURL", async () => {
  await withSource(async ({ container, source, data, url }) => {
    const copy = container.getBlobClient("copy");
    const poller = await copy.beginCopyFromURL(source.url);
    const copied = await poller.pollUntilDone();
    assert.equal(copied.copyStatus, "success");
    assert.ok((await copy.downloadToBuffer()).equals(data));
    const wrong = { sourceConditions: { ifMatch: '"0x8D0000000000000"' } };
    await fails(copy.beginCopyFromURL(url, wrong), 412, "SourceConditionNotMet");
    const once = { conditions: { ifNoneMatch: "*" } };
    await fails(copy.beginCopyFromURL(url, once), 409, "BlobAlreadyExists");
    const missing = container.getBlobClient("missing");
    await fails(copy.beginCopyFromURL(missing.url), 404, "BlobNotFound");
    await fails(copy.abortCopyFromURL(copied.copyId), 409, "NoPendingCopyOperation");
    await fails(missing.abortCopyFromURL(copied.copyId), 404, "BlobNotFound");
  });
});

test("syncCopyFromURL", async () => {
  await withSource(async ({ container, source, data, url }) => {
    const copy = container.getBlobClient("copy");
    const copied = await copy.syncCopyFromURL(url);
    assert.equal(copied.copyStatus, "success");
    const properties = await copy.getProperties();
    assert.deepEqual(
      [properties.copyId, properties.copyStatus, properties.copySource, properties.copyProgress],
      [copied.copyId, "success", source.url, `${data.length}/${data.length}`],
    );
    assert.ok((await copy.downloadToBuffer()).equals(data));
    const { etag } = await source.getProperties();
    const right = { sourceConditions: { ifMatch: etag }, sourceContentMD5: md5(data) };
    await copy.syncCopyFromURL(url, right);
    const wrong = { sourceConditions: { ifMatch: '"0x8D0000000000000"' } };
    await fails(copy.syncCopyFromURL(url, wrong), 412, "CannotVerifyCopySource");
    const missing = await readable(container.getBlockBlobClient("missing"));
    await fails(copy.syncCopyFromURL(missing), 404, "CannotVerifyCopySource");
  });
});

test("tags of sources", async () => {
  await withSource(async ({ container, source, url }) => {
    const tags = { of: "source", "a b": "+" };
    await source.setTags(tags);
    const tagged = await readable(source, "rt");
    const copy = container.getBlockBlobClient("copy");
    await copy.syncCopyFromURL(tagged, { copySourceTags: "COPY" });
    assert.deepEqual((await copy.getTags()).tags, tags);
    await copy.syncCopyFromURL(tagged, { copySourceTags: "REPLACE", tags: { of: "request" } });
    assert.deepEqual((await copy.getTags()).tags, { of: "request" });
    await copy.syncUploadFromURL(tagged, { copySourceTags: "COPY" });
    assert.deepEqual((await copy.getTags()).tags, tags);
    await fails(copy.syncCopyFromURL(url, { copySourceTags: "COPY" }), 403, "CannotVerifyCopySource");
    const both = { copySourceTags: "COPY", tags };
    await fails(copy.syncCopyFromURL(tagged, both), 409, "InvalidHeaderValue");
    const unmet = { sourceConditions: { tagConditions: "of = 'target'" } };
    await fails(copy.beginCopyFromURL(source.url, unmet), 412, "SourceConditionNotMet");
    const met = { sourceConditions: { tagConditions: "of = 'source'" } };
    await (await copy.beginCopyFromURL(source.url, met)).pollUntilDone();
  });
});
