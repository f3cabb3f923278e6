// Batches: deletions and tiers of many blobs in one request.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const {
  AccountSASPermissions,
  AnonymousCredential,
  BlobBatch,
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
} = require("@azure/storage-blob");
const { all, credential, once, service, withContainer } = require("./service.js");

const inAnHour = () => new Date(Date.now() + 3600e3);

async function upload(container, count) {
  const blobs = Array.from({ length: count }, (_, n) => container.getBlockBlobClient(`d/b ${n}`));
  await Promise.all(blobs.map((blob) => blob.upload("x", 1)));
  return blobs;
}

const names = (container) => all(container.listBlobsFlat());

test("deleteBlobs, by the service and by the container", async () => {
  for (const scope of ["service", "container"]) {
    await withContainer(async (container) => {
      const blobs = await upload(container, 7);
      const client = (scope === "service" ? service : container).getBlobBatchClient();
      const urls = [...blobs.map((blob) => blob.url), `${container.url}/none`];
      const answer = await client.deleteBlobs(urls, credential);
      assert.deepEqual([answer.subResponsesSucceededCount, answer.subResponsesFailedCount], [7, 1]);
      assert.equal(answer.subResponses.length, 8);
      answer.subResponses.forEach((part, n) => {
        assert.equal(part._request.url, urls[n]);
        assert.equal(part.status, n < 7 ? 202 : 404);
        assert.equal(part.errorCode, n < 7 ? undefined : "BlobNotFound");
        assert.ok(part.statusMessage && part.headers.get("x-ms-request-id"));
      });
      assert.match(answer.subResponses[7].bodyAsText, /<Code>BlobNotFound<\/Code>/);
      assert.equal((await names(container)).length, 0);
    });
  }
});

test("setBlobsAccessTier, by clients of blobs", async () => {
  await withContainer(async (container) => {
    const blobs = await upload(container, 5);
    const answer = await service.getBlobBatchClient().setBlobsAccessTier(blobs, "Cool");
    assert.equal(answer.subResponsesSucceededCount, 5);
    for (const blob of blobs) assert.equal((await blob.getProperties()).accessTier, "Cool");
  });
});

test("conditions of a part are its own", async () => {
  await withContainer(async (container) => {
    const [first, second] = await upload(container, 2);
    const { etag } = await first.getProperties();
    const batch = new BlobBatch();
    await batch.deleteBlob(first, { conditions: { ifMatch: etag } });
    await batch.deleteBlob(second, { conditions: { ifMatch: etag } });
    const answer = await container.getBlobBatchClient().submitBatch(batch);
    assert.deepEqual(
      answer.subResponses.map((part) => part.errorCode),
      [undefined, "ConditionNotMet"],
    );
  });
});

test("signatures: of the account, and of a container", async () => {
  await withContainer(async (container) => {
    const blobs = await upload(container, 4);
    const ofAccount = service.generateAccountSasUrl(
      inAnHour(),
      AccountSASPermissions.parse("w"),
      "o",
    );
    const signed = new BlobServiceClient(ofAccount, new AnonymousCredential(), once);
    const same = signed.getContainerClient(container.containerName);
    const urls = blobs.map((blob) => same.getBlobClient(blob.name).url);
    const tiers = signed.getBlobBatchClient();
    const cold = await tiers.setBlobsAccessTier(urls, new AnonymousCredential(), "Archive");
    assert.equal(cold.subResponsesSucceededCount, 4);
    const denied = await tiers.deleteBlobs(urls, new AnonymousCredential());
    assert.equal(denied.subResponsesFailedCount, 4);
    assert.equal(denied.subResponses[0].errorCode, "AuthorizationPermissionMismatch");

    const permissions = ContainerSASPermissions.parse("rd");
    const url = await container.generateSasUrl({ permissions, expiresOn: inAnHour() });
    const inside = new ContainerClient(url, new AnonymousCredential(), once);
    const gone = await inside
      .getBlobBatchClient()
      .deleteBlobs(
        blobs.map((blob) => inside.getBlobClient(blob.name).url),
        new AnonymousCredential(),
      );
    assert.equal(gone.subResponsesSucceededCount, 4);
    assert.equal((await names(container)).length, 0);
  });
});

test("256 at once", async () => {
  await withContainer(async (container) => {
    const blobs = await upload(container, 256);
    const answer = await container.getBlobBatchClient().deleteBlobs(blobs);
    assert.equal(answer.subResponsesSucceededCount, 256);
    assert.equal((await names(container)).length, 0);
  });
});
