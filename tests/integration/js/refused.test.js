// What is not built answers at once, with a status and a code, and changes nothing.
"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { all, codeOf, service, withContainer } = require("./service.js");

const GUID = "6c1f5c2e-8d3c-4f5a-9c5b-0a3f4d6e7b81";
const SNAPSHOT = "2021-06-28T05:51:11.5743121Z";

// A refusal of the whole operation: 501 naming it, or a 4xx that says what is not accepted.
async function refused(promise, code = "NotImplemented") {
  const error = await promise.then(
    () => assert.fail("succeeded"),
    (reason) => reason,
  );
  assert.equal(error.name, "RestError", error.stack);
  assert.equal(codeOf(error), code, error.stack);
  assert.ok(
    error.statusCode === 501 || (error.statusCode >= 400 && error.statusCode < 500),
    error.stack,
  );
  if (code === "NotImplemented") assert.equal(error.statusCode, 501);
}

async function withBlob(body) {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const { etag } = await blob.upload("content", 7);
    await body({ container, blob });
    assert.equal((await blob.getProperties()).etag, etag, "the blob was changed");
    assert.equal((await blob.downloadToBuffer()).toString(), "content");
  });
}

test("queries", async () => {
  await withBlob(async ({ blob }) => {
    await refused(blob.query("select * from BlobStorage"));
  });
});

test("immutability, where the account has none", async () => {
  const off = "BlobOperationNotSupported";
  await withBlob(async ({ container, blob }) => {
    const immutabilityPolicy = { expiriesOn: new Date(Date.now() + 1e8), policyMode: "Unlocked" };
    await refused(blob.setImmutabilityPolicy(immutabilityPolicy), off);
    await refused(blob.deleteImmutabilityPolicy(), off);
    await refused(blob.setLegalHold(true), off);
    const locked = container.getBlockBlobClient("locked");
    await refused(locked.upload("x", 1, { immutabilityPolicy }), off);
    await refused(locked.upload("x", 1, { legalHold: true }), off);
    assert.equal(await locked.exists(), false);
  });
});

test("encryption scopes", async () => {
  await withBlob(async ({ container }) => {
    const blob = container.getBlockBlobClient("scoped");
    await refused(blob.upload("x", 1, { encryptionScope: "scope" }), "UnsupportedHeader");
    const containerEncryptionScope = {
      defaultEncryptionScope: "scope",
      preventEncryptionScopeOverride: true,
    };
    const scoped = service.getContainerClient(`scoped-${GUID}`);
    await refused(scoped.create({ containerEncryptionScope }), "UnsupportedHeader");
    assert.equal(await scoped.exists(), false);
  });
});

test("the account", async () => {
  await refused(service.getUserDelegationKey(new Date(), new Date(Date.now() + 1e7)));
  // At the primary, as of Azure.
  await refused(service.getStatistics(), "InvalidQueryParameterValue");
});
