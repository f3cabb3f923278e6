// Soft delete of containers, on a server of its own that keeps them: what is set is the account's.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { all, fails, service } = require("./service.js");

const unused = () => service.getContainerClient(`js-${crypto.randomUUID()}`);

const deletedOf = async (prefix, options) => {
  const listed = await all(service.listContainers({ prefix, includeDeleted: true, ...options }));
  return listed.filter((item) => item.deleted);
};

test("a deleted container is listed and restored", async () => {
  const container = unused();
  await container.create({ metadata: { owner: "js" } });
  await container.getBlockBlobClient("b").upload("content", 7, { tags: { k: "v" } });
  const { etag } = await container.getProperties();
  await container.delete();
  assert.equal(await container.exists(), false);
  assert.deepEqual(await all(service.listContainers({ prefix: container.containerName })), []);
  const [deleted] = await deletedOf(container.containerName, { includeMetadata: true });
  assert.equal(deleted.name, container.containerName);
  assert.match(deleted.version, /^[0-9A-F]{16}$/);
  assert.ok(deleted.properties.deletedOn instanceof Date);
  assert.equal(deleted.properties.remainingRetentionDays, 7);
  assert.deepEqual(deleted.metadata, { owner: "js" });
  const { containerClient } = await service.undeleteContainer(deleted.name, deleted.version);
  assert.equal(containerClient.containerName, container.containerName);
  const properties = await container.getProperties();
  assert.deepEqual([properties.etag, properties.metadata], [etag, { owner: "js" }]);
  assert.equal((await container.getBlockBlobClient("b").downloadToBuffer()).toString(), "content");
  assert.deepEqual((await container.getBlockBlobClient("b").getTags()).tags, { k: "v" });
  assert.deepEqual(await deletedOf(container.containerName), []);
});

test("several deletions of one name, by pages", async () => {
  const container = unused();
  for (const content of ["one", "two"]) {
    await container.create();
    await container.getBlockBlobClient("b").upload(content, 3);
    await container.delete();
  }
  await container.create();
  const items = [];
  const options = { prefix: container.containerName, includeDeleted: true };
  for await (const page of service.listContainers(options).byPage({ maxPageSize: 1 })) {
    assert.ok(page.containerItems.length <= 1);
    items.push(...page.containerItems);
  }
  assert.deepEqual(
    items.map((item) => item.deleted ?? false),
    [true, true, false],
  );
  await fails(
    service.undeleteContainer(items[0].name, items[0].version),
    409,
    "ContainerAlreadyExists",
  );
  const name = `${container.containerName}-2`;
  const { containerClient } = await service.undeleteContainer(items[0].name, items[0].version, {
    destinationContainerName: name,
  });
  assert.equal((await containerClient.getBlockBlobClient("b").downloadToBuffer()).toString(), "one");
  await container.delete();
  await service.undeleteContainer(items[1].name, items[1].version);
  assert.equal((await container.getBlockBlobClient("b").downloadToBuffer()).toString(), "two");
});

test("what was not deleted is not restored", async () => {
  const container = unused();
  await fails(
    service.undeleteContainer(container.containerName, "01D80E28F195E7A5"),
    409,
    "ContainerNotFound",
  );
  await fails(
    service.undeleteContainer(container.containerName, "no version"),
    400,
    "InvalidHeaderValue",
  );
});
