"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { all, fails, service, withContainer } = require("./service.js");

const unused = () => service.getContainerClient(`js-${crypto.randomUUID()}`);

test("a container is created, described and deleted", async () => {
  const container = unused();
  assert.equal(await container.exists(), false);
  const created = await container.create({ metadata: { owner: "js", purpose: "tests" } });
  assert.ok(created.etag && created.lastModified instanceof Date);
  assert.equal(await container.exists(), true);
  const properties = await container.getProperties();
  assert.deepEqual(properties.metadata, { owner: "js", purpose: "tests" });
  assert.equal(properties.etag, created.etag);
  assert.deepEqual([properties.leaseState, properties.leaseStatus], ["available", "unlocked"]);
  assert.equal(properties.hasImmutabilityPolicy, false);
  assert.equal(properties.hasLegalHold, false);
  assert.equal(properties.blobPublicAccess, undefined);
  await container.delete();
  assert.equal(await container.exists(), false);
});

test("creating and deleting twice", async () => {
  const container = unused();
  assert.equal((await container.createIfNotExists()).succeeded, true);
  assert.equal((await container.createIfNotExists()).succeeded, false);
  await fails(container.create(), 409, "ContainerAlreadyExists");
  assert.equal((await container.deleteIfExists()).succeeded, true);
  assert.equal((await container.deleteIfExists()).succeeded, false);
  await fails(container.delete(), 404, "ContainerNotFound");
  await fails(container.getProperties(), 404, "ContainerNotFound");
});

test("a container's conditions", async () => {
  const container = unused();
  const { lastModified } = await container.create();
  const before = new Date(lastModified.getTime() - 60_000);
  const later = new Date(lastModified.getTime() + 60_000);
  await fails(
    container.delete({ conditions: { ifUnmodifiedSince: before } }),
    412,
    "ConditionNotMet",
  );
  await fails(container.delete({ conditions: { ifModifiedSince: later } }), 412, "ConditionNotMet");
  await fails(
    container.delete({ conditions: { leaseId: crypto.randomUUID() } }),
    412,
    "LeaseNotPresentWithContainerOperation",
  );
  await container.delete({ conditions: { ifUnmodifiedSince: later } });
  await container.create();
  await container.delete({ conditions: { ifModifiedSince: before } });
});

test("illegal container names", async () => {
  for (const name of ["Upper", "a b", "-a-", "a--b"]) {
    await fails(service.getContainerClient(name).create(), 400, "InvalidResourceName");
  }
  for (const name of ["ab", "a".repeat(64)]) {
    await fails(service.getContainerClient(name).create(), 400, "OutOfRangeInput");
  }
});

test("operations in a container that is not there", async () => {
  const blob = unused().getBlockBlobClient("b");
  await fails(blob.upload("x", 1), 404, "ContainerNotFound");
  await fails(blob.stageBlock("AAAA", "x", 1), 404, "ContainerNotFound");
  await fails(blob.download(), 404, "ContainerNotFound");
  await fails(all(unused().listBlobsFlat()), 404, "ContainerNotFound");
  assert.equal(await blob.exists(), false);
});

test("containers are listed by prefix, in pages, with metadata", async () => {
  const prefix = `js-list-${crypto.randomUUID().slice(0, 8)}-`;
  const names = Array.from({ length: 7 }, (_, number) => `${prefix}${number}`);
  for (const name of names)
    await service.createContainer(name, { metadata: { number: name.slice(-1) } });
  try {
    const found = await all(service.listContainers({ prefix, includeMetadata: true }));
    assert.deepEqual(
      found.map((item) => item.name),
      names,
    );
    assert.deepEqual(
      found.map((item) => item.metadata.number),
      [..."0123456"],
    );
    assert.equal(found[0].properties.leaseState, "available");
    const pages = await all(service.listContainers({ prefix }).byPage({ maxPageSize: 3 }));
    assert.deepEqual(
      pages.map((page) => page.containerItems.length),
      [3, 3, 1],
    );
    const rest = await all(
      service.listContainers({ prefix }).byPage({ continuationToken: pages[1].continuationToken }),
    );
    assert.deepEqual(
      rest[0].containerItems.map((item) => item.name),
      names.slice(6),
    );
    assert.deepEqual(await all(service.listContainers({ prefix: `${prefix}none` })), []);
    const garbage = service.listContainers().byPage({ continuationToken: "garbage" }).next();
    await fails(garbage, 400, "OutOfRangeInput");
  } finally {
    for (const name of names) await service.deleteContainer(name);
  }
});

test("deleting a container deletes what is in it", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "x", 1);
    await container.delete();
    await fails(container.getBlobClient("b").download(), 404, "ContainerNotFound");
    await container.create();
    assert.deepEqual(await all(container.listBlobsFlat()), []);
  });
});
