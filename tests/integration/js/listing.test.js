"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { all, fails, md5, withContainer } = require("./service.js");

const NAMES = ["a", "a/1", "a/2", "a/b/3", "b", "c/4", "d", "é/ü", "漢字"];
const names = (items) => items.map((item) => item.name);

async function fill(container) {
  for (const name of NAMES) {
    await container.uploadBlockBlob(name, name, Buffer.byteLength(name), {
      metadata: { n: String(name.length) },
    });
  }
}

test("flat: all, by prefix, with what is asked for", async () => {
  await withContainer(async (container) => {
    assert.deepEqual(await all(container.listBlobsFlat()), []);
    await fill(container);
    assert.deepEqual(names(await all(container.listBlobsFlat())), NAMES);
    assert.deepEqual(names(await all(container.listBlobsFlat({ prefix: "a/" }))), [
      "a/1",
      "a/2",
      "a/b/3",
    ]);
    const [plain] = await all(container.listBlobsFlat({ prefix: "é" }));
    assert.equal(plain.metadata, undefined);
    const [entry] = await all(container.listBlobsFlat({ prefix: "é", includeMetadata: true }));
    assert.deepEqual(entry.metadata, { n: "3" });
    const { properties } = entry;
    const head = await container.getBlobClient("é/ü").getProperties();
    assert.equal(`"${properties.etag}"`, head.etag);
    assert.deepEqual(properties.lastModified, head.lastModified);
    assert.deepEqual(properties.createdOn, head.createdOn);
    assert.deepEqual(Buffer.from(properties.contentMD5), md5("é/ü"));
    assert.equal(properties.contentLength, 5);
    assert.equal(properties.blobType, "BlockBlob");
    assert.deepEqual([properties.accessTier, properties.accessTierInferred], ["Hot", true]);
    assert.deepEqual([properties.leaseState, properties.leaseStatus], ["available", "unlocked"]);
  });
});

test("flat: pages of every size, and from a token", async () => {
  await withContainer(async (container) => {
    await fill(container);
    for (const maxPageSize of [1, 2, 4, 9, 5000]) {
      const pages = await all(container.listBlobsFlat().byPage({ maxPageSize }));
      assert.deepEqual(
        pages.flatMap((page) => names(page.segment.blobItems)),
        NAMES,
      );
      assert.ok(pages.slice(0, -1).every((page) => page.continuationToken));
      assert.ok(!pages.at(-1).continuationToken);
      if (pages.length < 2) continue;
      const { continuationToken } = pages[0];
      const rest = await all(container.listBlobsFlat().byPage({ maxPageSize, continuationToken }));
      assert.deepEqual(
        rest.flatMap((page) => names(page.segment.blobItems)),
        NAMES.slice(maxPageSize),
      );
    }
    const garbage = container.listBlobsFlat().byPage({ continuationToken: "a/1" }).next();
    await fails(garbage, 400, "OutOfRangeInput");
  });
});

test("hierarchy: by directory, by any delimiter, in pages", async () => {
  await withContainer(async (container) => {
    await fill(container);
    const shape = (items) => items.map((item) => `${item.kind}:${item.name}`);
    const top = await all(container.listBlobsByHierarchy("/"));
    assert.deepEqual(shape(top), [
      "prefix:a/",
      "prefix:c/",
      "prefix:é/",
      "blob:a",
      "blob:b",
      "blob:d",
      "blob:漢字",
    ]);
    const below = await all(container.listBlobsByHierarchy("/", { prefix: "a/" }));
    assert.deepEqual(shape(below), ["prefix:a/b/", "blob:a/1", "blob:a/2"]);
    const other = await all(container.listBlobsByHierarchy("b", { prefix: "a" }));
    assert.deepEqual(shape(other), ["prefix:a/b", "blob:a", "blob:a/1", "blob:a/2"]);
    for (const maxPageSize of [1, 3]) {
      const pages = await all(container.listBlobsByHierarchy("/").byPage({ maxPageSize }));
      const found = pages.flatMap(({ segment }) => [
        ...names(segment.blobItems),
        ...names(segment.blobPrefixes ?? []),
      ]);
      assert.deepEqual(found.sort(), names(top).sort());
    }
  });
});

test("uncommitted blobs are listed when asked for", async () => {
  await withContainer(async (container) => {
    await container.getBlockBlobClient("staged").stageBlock("AAAA", "xyz", 3);
    await container.uploadBlockBlob("whole", "x", 1);
    assert.deepEqual(names(await all(container.listBlobsFlat())), ["whole"]);
    const found = await all(container.listBlobsFlat({ includeUncommitedBlobs: true }));
    assert.deepEqual(names(found), ["staged", "whole"]);
    assert.equal(found[0].properties.contentLength, 0);
  });
});

test("names come back as they were given", async () => {
  const odd = [
    "a b",
    "a+b",
    "a%20b",
    "a%2Fb",
    "q?x=1&y",
    "#h",
    "<&>\"'",
    "ä".normalize("NFD"),
    "ä".normalize("NFC"),
    "😀",
    "עברית",
    "back\\slash",
    "tab\tand\nnewline",
    "\u0001\u001f",
    "\ufffe\uffff",
    "trailing.",
    "trailing/",
    "a//b",
    "~",
  ];
  await withContainer(async (container) => {
    for (const name of odd) await container.uploadBlockBlob(name, name, Buffer.byteLength(name));
    const expected = [...odd].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    assert.deepEqual(names(await all(container.listBlobsFlat())), expected);
    for (const name of odd) {
      const blob = container.getBlobClient(name);
      assert.equal((await blob.downloadToBuffer()).toString(), name);
      assert.deepEqual(names(await all(container.listBlobsFlat({ prefix: name })))[0], name);
      await blob.delete();
    }
    assert.deepEqual(await all(container.listBlobsFlat()), []);
  });
});
