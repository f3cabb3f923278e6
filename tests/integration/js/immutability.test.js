// Immutability policies and legal holds, on a server of its own whose account has them.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { all, fails, service } = require("./service.js");

// A container that holds anything is not deleted: the server goes with all.
async function newContainer() {
  const container = service.getContainerClient(`js-${crypto.randomUUID()}`);
  await container.create();
  return container;
}

const ahead = (ms) => new Date(Math.ceil((Date.now() + ms) / 1000) * 1000);
const HOUR = 3600 * 1000;

test("setImmutabilityPolicy and deleteImmutabilityPolicy", async () => {
  const blob = (await newContainer()).getBlockBlobClient("b");
  const { etag } = await blob.upload("content", 7);
  const expiriesOn = ahead(HOUR);
  const set = await blob.setImmutabilityPolicy({ expiriesOn, policyMode: "Unlocked" });
  assert.equal(set.immutabilityPolicyMode, "unlocked");
  assert.equal(set.immutabilityPolicyExpiry.getTime(), expiriesOn.getTime());
  const found = await blob.getProperties();
  assert.deepEqual(
    [found.immutabilityPolicyMode, found.immutabilityPolicyExpiresOn.getTime(), found.etag],
    ["unlocked", expiriesOn.getTime(), etag],
  );
  await fails(blob.setMetadata({ k: "v" }), 409, "BlobImmutableDueToPolicy");
  await blob.deleteImmutabilityPolicy();
  assert.equal((await blob.getProperties()).immutabilityPolicyMode, undefined);
  await blob.setMetadata({ k: "v" });
});

test("a locked policy", async () => {
  const blob = (await newContainer()).getBlockBlobClient("b");
  const { versionId } = await blob.upload("content", 7);
  await blob.setImmutabilityPolicy({ expiriesOn: ahead(HOUR), policyMode: "Locked" });
  await fails(blob.deleteImmutabilityPolicy(), 409, "ImmutabilityPolicyDeleteOnLockedPolicy");
  const shorter = { expiriesOn: ahead(HOUR / 2), policyMode: "Locked" };
  await fails(blob.setImmutabilityPolicy(shorter), 409, "BlobImmutableDueToPolicy");
  await blob.setImmutabilityPolicy({ expiriesOn: ahead(2 * HOUR), policyMode: "Locked" });
  await blob.upload("other", 5);
  await blob.delete();
  const version = blob.withVersion(versionId);
  await fails(version.delete(), 409, "BlobImmutableDueToPolicy");
  assert.equal((await version.downloadToBuffer()).toString(), "content");
});

test("setLegalHold", async () => {
  const container = await newContainer();
  const blob = container.getAppendBlobClient("b");
  await blob.create();
  assert.equal((await blob.setLegalHold(true)).legalHold, true);
  assert.equal((await blob.getProperties()).legalHold, true);
  await fails(blob.appendBlock("x", 1), 409, "BlobImmutableDueToLegalHold");
  await fails(container.delete(), 409, "ContainerImmutableStorageWithVersioningEnabled");
  assert.equal((await blob.setLegalHold(false)).legalHold, false);
  await blob.appendBlock("x", 1);
});

test("uploads with immutabilityPolicy and legalHold, and what a listing shows", async () => {
  const container = await newContainer();
  const expiriesOn = ahead(HOUR);
  const options = { immutabilityPolicy: { expiriesOn, policyMode: "Locked" }, legalHold: true };
  const blocks = container.getBlockBlobClient("blocks");
  await blocks.stageBlock("QUFB", "block", 5);
  await blocks.commitBlockList(["QUFB"], options);
  await container.getBlockBlobClient("block").upload("x", 1, options);
  await container.getAppendBlobClient("append").create(options);
  await container.getPageBlobClient("page").create(512, options);
  const copy = container.getBlockBlobClient("copy");
  await (await copy.beginCopyFromURL(blocks.url, options)).pollUntilDone();
  await container.getBlockBlobClient("plain").upload("x", 1);
  const include = { includeImmutabilityPolicy: true, includeLegalHold: true };
  const listed = await all(container.listBlobsFlat(include));
  const shown = ({ name, properties: p }) => [
    name,
    p.immutabilityPolicyMode,
    p.immutabilityPolicyExpiresOn?.getTime(),
    p.legalHold,
  ];
  const protectedOnes = ["append", "block", "blocks", "copy", "page"];
  assert.deepEqual(listed.map(shown), [
    ...protectedOnes.map((name) => [name, "locked", expiriesOn.getTime(), true]),
    ["plain", undefined, undefined, undefined],
  ]);
  const download = await blocks.download();
  assert.deepEqual([download.immutabilityPolicyMode, download.legalHold], ["locked", true]);
});

test("what a container says of it", async () => {
  const container = await newContainer();
  const properties = await container.getProperties();
  assert.equal(properties.isImmutableStorageWithVersioningEnabled, true);
  assert.deepEqual([properties.hasImmutabilityPolicy, properties.hasLegalHold], [false, false]);
  await container.delete();
});
