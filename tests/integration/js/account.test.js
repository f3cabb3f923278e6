"use strict";

const assert = require("node:assert/strict");
const dns = require("node:dns");
const test = require("node:test");
const { BlobServiceClient } = require("@azure/storage-blob");
const {
  account,
  all,
  bytes,
  credential,
  endpoint,
  md5,
  once,
  service,
  withContainer,
} = require("./service.js");

test("account information, of the account, a container and a blob", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    for (const client of [service, container, blob]) {
      const found = await client.getAccountInfo();
      assert.equal(found.accountKind, "StorageV2");
      assert.match(found.skuName, /^Standard_/);
      assert.equal(found.isHierarchicalNamespaceEnabled, false);
    }
  });
});

test("the newest version is answered as asked", async () => {
  const { version, requestId, clientRequestId } = await service.getAccountInfo();
  assert.equal(version, "2026-10-06");
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  assert.match(clientRequestId, /^[0-9a-f-]{36}$/);
});

// A name server would answer for *.blob.YOUR.DOMAIN; here the lookup is answered in its stead.
test("host style: ACCOUNT.blob.any.domain", async () => {
  const { lookup } = dns;
  dns.lookup = (host, options, done) =>
    lookup(host.endsWith(".lapis.test") ? "127.0.0.1" : host, options, done);
  try {
    const url = `http://${account}.blob.lapis.test:${new URL(endpoint).port}`;
    const theirs = new BlobServiceClient(url, credential, once);
    await withContainer(async ({ containerName }) => {
      const container = theirs.getContainerClient(containerName);
      const data = bytes(200_000);
      const blob = container.getBlockBlobClient("ä b/c");
      await blob.uploadData(data, { blockSize: 70_000, maxSingleShotSize: 70_000 });
      assert.ok((await blob.downloadToBuffer()).equals(data));
      assert.deepEqual(
        (await all(container.listBlobsFlat())).map((item) => item.name),
        ["ä b/c"],
      );
      assert.ok((await all(theirs.listContainers())).some((item) => item.name === containerName));
      assert.deepEqual(
        md5(
          await service.getContainerClient(containerName).getBlobClient("ä b/c").downloadToBuffer(),
        ),
        md5(data),
      );
    });
  } finally {
    dns.lookup = lookup;
  }
});
