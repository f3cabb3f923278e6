"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { all, bytes, collect, fails, md5, MIB, service, withContainer } = require("./service.js");

const OTHER = '"0x8D0000000000000"';

test("setHTTPHeaders: what is left out is cleared", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const before = await blob.upload("content", 7, { metadata: { a: "1" }, tier: "Cool" });
    const answer = await blob.setHTTPHeaders({
      blobContentType: "text/x",
      blobContentEncoding: "identity",
      blobContentLanguage: "la",
      blobContentDisposition: "inline",
      blobCacheControl: "no-store",
      blobContentMD5: md5("anything"),
    });
    assert.notEqual(answer.etag, before.etag);
    let found = await blob.getProperties();
    assert.equal(found.etag, answer.etag);
    assert.equal(found.contentType, "text/x");
    assert.equal(found.contentEncoding, "identity");
    assert.equal(found.contentLanguage, "la");
    assert.equal(found.contentDisposition, "inline");
    assert.equal(found.cacheControl, "no-store");
    assert.deepEqual(Buffer.from(found.contentMD5), md5("anything"));
    assert.deepEqual([found.metadata, found.accessTier], [{ a: "1" }, "Cool"]);
    await blob.setHTTPHeaders({ blobCacheControl: "public" });
    found = await blob.getProperties();
    assert.equal(found.cacheControl, "public");
    for (const name of ["contentEncoding", "contentLanguage", "contentDisposition", "contentMD5"]) {
      assert.equal(found[name], undefined, name);
    }
    assert.equal((await blob.downloadToBuffer()).toString(), "content");
  });
});

test("setMetadata: replaces all of it", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const before = await blob.upload("content", 7, { metadata: { a: "1", b: "2" } });
    const answer = await blob.setMetadata({ c: "3", mixedCase: "Value with blanks" });
    assert.notEqual(answer.etag, before.etag);
    assert.deepEqual((await blob.getProperties()).metadata, {
      c: "3",
      mixedcase: "Value with blanks",
    });
    const [entry] = await all(container.listBlobsFlat({ includeMetadata: true }));
    assert.deepEqual(entry.metadata, { c: "3", mixedCase: "Value with blanks" });
    await blob.setMetadata();
    assert.deepEqual((await blob.getProperties()).metadata, {});
    await fails(blob.setMetadata({ "a-b": "1" }), 400, "InvalidMetadata");
    await fails(blob.setMetadata({ a: "x".repeat(9000) }), 400, "MetadataTooLarge");
  });
});

test("setAccessTier: hot, cool, cold, and to the archive and back", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const { etag } = await blob.upload("content", 7);
    for (const tier of ["Cool", "Cold", "Hot"]) {
      await blob.setAccessTier(tier);
      const found = await blob.getProperties();
      assert.deepEqual([found.accessTier, found.accessTierInferred], [tier, undefined]);
      assert.ok(found.accessTierChangedOn instanceof Date);
      assert.equal(found.etag, etag);
    }
    await blob.setAccessTier("Archive");
    await fails(blob.download(), 409, "BlobArchived");
    await fails(blob.upload("x", 1), 409, "BlobArchived");
    await fails(blob.stageBlock("AAAA", "x", 1), 409, "BlobArchived");
    assert.equal((await blob.getProperties()).accessTier, "Archive");
    const [entry] = await all(container.listBlobsFlat());
    assert.equal(entry.properties.accessTier, "Archive");
    const answer = await blob.setAccessTier("Hot", { rehydratePriority: "High" });
    assert.equal(answer._response.status, 202);
    assert.equal((await blob.downloadToBuffer()).toString(), "content");
  });
});

test("conditions of all three, and blobs that are not there", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const { etag, lastModified } = await blob.upload("content", 7);
    const later = new Date(lastModified.getTime() + 60_000);
    const before = new Date(lastModified.getTime() - 60_000);
    const writes = (target, conditions) => [
      () => target.setMetadata({ a: "1" }, { conditions }),
      () => target.setHTTPHeaders({ blobContentType: "text/x" }, { conditions }),
    ];
    for (const conditions of [
      { ifMatch: OTHER },
      { ifNoneMatch: etag },
      { ifModifiedSince: later },
      { ifUnmodifiedSince: before },
    ]) {
      for (const write of writes(blob, conditions)) await fails(write(), 412, "ConditionNotMet");
    }
    assert.equal((await blob.getProperties()).etag, etag);
    for (const write of writes(blob, { ifMatch: "*" })) await write();
    const absent = container.getBlockBlobClient("absent");
    for (const write of writes(absent, {})) await fails(write(), 404, "BlobNotFound");
    await fails(absent.setAccessTier("Cool"), 404, "BlobNotFound");
    const leased = { leaseId: crypto.randomUUID() };
    const code = "LeaseNotPresentWithBlobOperation";
    for (const write of writes(blob, leased)) await fails(write(), 412, code);
    await fails(blob.setAccessTier("Cool", { conditions: leased }), 412, code);
  });
});

test("rangeGetContentMD5 and rangeGetContentCrc64", async () => {
  await withContainer(async (container) => {
    const data = bytes(5 * MIB);
    const blob = container.getBlockBlobClient("b");
    await blob.upload(data, data.length);
    const part = data.subarray(1000, 101_000);
    const withMd5 = await blob.download(1000, 100_000, { rangeGetContentMD5: true });
    assert.ok((await collect(withMd5.readableStreamBody)).equals(part));
    assert.deepEqual(Buffer.from(withMd5.contentMD5), md5(part));
    const withCrc = await blob.download(1000, 100_000, { rangeGetContentCrc64: true });
    assert.ok((await collect(withCrc.readableStreamBody)).equals(part));
    assert.equal(Buffer.from(withCrc.contentCrc64).length, 8);
    const copy = container.getBlockBlobClient("copy");
    await copy.upload(part, part.length, { transactionalContentCrc64: withCrc.contentCrc64 });
    const tooLong = blob.download(0, 4 * MIB + 1, { rangeGetContentMD5: true });
    await fails(tooLong, 400, "InvalidHeaderValue");
  });
});

test("a container's setMetadata", async () => {
  await withContainer(async (container) => {
    const before = await container.getProperties();
    const answer = await container.setMetadata({ a: "1", b: "2" });
    assert.notEqual(answer.etag, before.etag);
    const found = await container.getProperties();
    assert.deepEqual([found.metadata, found.etag], [{ a: "1", b: "2" }, answer.etag]);
    const later = new Date(found.lastModified.getTime() + 60_000);
    const refused = container.setMetadata({}, { conditions: { ifModifiedSince: later } });
    await fails(refused, 412, "ConditionNotMet");
    const prefix = container.containerName;
    const [entry] = await all(service.listContainers({ prefix, includeMetadata: true }));
    assert.deepEqual(entry.metadata, { a: "1", b: "2" });
    await container.setMetadata({});
    assert.deepEqual((await container.getProperties()).metadata, {});
    await fails(container.setMetadata({ "a-b": "1" }), 400, "InvalidMetadata");
    const absent = service.getContainerClient(`js-${crypto.randomUUID()}`);
    await fails(absent.setMetadata({}), 404, "ContainerNotFound");
  });
});

test("startFrom: a listing begins at a name", async () => {
  await withContainer(async (container) => {
    for (const name of ["a", "b/1", "b/2", "c", "d"]) await container.uploadBlockBlob(name, "x", 1);
    const names = (items) => items.map((item) => item.name);
    assert.deepEqual(names(await all(container.listBlobsFlat({ startFrom: "b/2" }))), [
      "b/2",
      "c",
      "d",
    ]);
    assert.deepEqual(names(await all(container.listBlobsFlat({ startFrom: "ba" }))), ["c", "d"]);
    assert.deepEqual(names(await all(container.listBlobsFlat({ startFrom: "e" }))), []);
    const pages = await all(container.listBlobsFlat({ startFrom: "b" }).byPage({ maxPageSize: 2 }));
    assert.deepEqual(
      pages.map((page) => names(page.segment.blobItems)),
      [
        ["b/1", "b/2"],
        ["c", "d"],
      ],
    );
    const below = container.listBlobsByHierarchy("/", { startFrom: "b" });
    assert.deepEqual(names(await all(below)).sort(), ["b/", "c", "d"]);
  });
});

test("includes that there is nothing of are taken", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "x", 1);
    const everything = {
      includeCopy: true,
      includeDeleted: true,
      includeMetadata: true,
      includeSnapshots: true,
      includeTags: true,
      includeUncommitedBlobs: true,
      includeVersions: true,
      includeDeletedWithVersions: true,
      includeImmutabilityPolicy: true,
      includeLegalHold: true,
    };
    const found = await all(container.listBlobsFlat(everything));
    assert.deepEqual(
      found.map((item) => item.name),
      ["b"],
    );
    assert.equal(found[0].snapshot, undefined);
    const prefix = container.containerName;
    const options = { prefix, includeDeleted: true, includeMetadata: true, includeSystem: true };
    assert.equal((await all(service.listContainers(options))).length, 1);
  });
});

test("the service's properties", async () => {
  const found = await service.getProperties();
  assert.equal(found.blobAnalyticsLogging.read, false);
  assert.deepEqual([found.hourMetrics.enabled, found.minuteMetrics.enabled], [false, false]);
  assert.deepEqual([found.cors ?? [], found.deleteRetentionPolicy.enabled], [[], false]);
  assert.equal(found.staticWebsite.enabled, false);
  const {
    blobAnalyticsLogging,
    hourMetrics,
    minuteMetrics,
    cors,
    deleteRetentionPolicy,
    staticWebsite,
  } = found;
  await service.setProperties({
    blobAnalyticsLogging,
    hourMetrics,
    minuteMetrics,
    cors,
    deleteRetentionPolicy,
    staticWebsite,
  });
  assert.deepEqual((await service.getProperties()).hourMetrics, hourMetrics);
  const rule = {
    allowedOrigins: "*",
    allowedMethods: "GET",
    allowedHeaders: "*",
    exposedHeaders: "*",
    maxAgeInSeconds: 60,
  };
  try {
    await service.setProperties({ cors: [rule, rule] });
    assert.deepEqual((await service.getProperties()).cors, [rule, rule]);
  } finally {
    await service.setProperties({ cors: [] });
  }
  const website = { enabled: true, indexDocument: "i.html", errorDocument404Path: "lost.html" };
  try {
    await service.setProperties({ staticWebsite: website });
    const { staticWebsite: told } = await service.getProperties();
    assert.deepEqual({ ...told, ...website }, told);
    assert.equal(await service.getContainerClient("$web").exists(), true);
  } finally {
    await service.setProperties({ staticWebsite: { enabled: false } });
    await service.getContainerClient("$web").deleteIfExists();
  }
  const gathered = { ...hourMetrics, enabled: true, includeAPIs: true };
  await fails(service.setProperties({ hourMetrics: gathered }), 501, "NotImplemented");
  await fails(service.setProperties({ cors: Array(6).fill(rule) }), 400, "InvalidXmlDocument");
});
