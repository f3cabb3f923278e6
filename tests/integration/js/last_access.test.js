// lastAccessed and lastAccessedOn, on a server whose account keeps it.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { all, withContainer } = require("./service.js");

test("the time of last access, of getProperties, download and listBlobsFlat", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("one", 3);
    const { lastAccessed, lastModified } = await blob.getProperties();
    assert.deepEqual(lastAccessed, lastModified);
    const read = await blob.download();
    read.readableStreamBody.resume();
    assert.deepEqual(read.lastAccessed, lastModified);
    const [item] = await all(container.listBlobsFlat());
    assert.deepEqual(item.properties.lastAccessedOn, lastModified);
    const append = container.getAppendBlobClient("a");
    await append.create();
    assert.equal((await append.getProperties()).lastAccessed, undefined);
  });
});
