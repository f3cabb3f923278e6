// Who may use a container: stored access policies, and public access where the account allows it.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { AnonymousCredential, BlobClient, ContainerSASPermissions } = require("@azure/storage-blob");
const { fails, once, service, withContainer } = require("./service.js");

const inAnHour = new Date(Math.floor(Date.now() / 1000) * 1000 + 3600e3);

test("setAccessPolicy: what is set comes back, and is replaced as a whole", async () => {
  await withContainer(async (container) => {
    assert.deepEqual((await container.getAccessPolicy()).signedIdentifiers, []);
    const startsOn = new Date("2021-06-11T20:00:00.123Z");
    const set = await container.setAccessPolicy(undefined, [
      { id: "one", accessPolicy: { startsOn, expiresOn: inAnHour, permissions: "rl" } },
      { id: "zwei <&>", accessPolicy: { expiresOn: inAnHour, permissions: "w" } },
    ]);
    const found = await container.getAccessPolicy();
    assert.equal(found.etag, set.etag);
    assert.equal(found.blobPublicAccess, undefined);
    assert.deepEqual(
      found.signedIdentifiers.map(({ id, accessPolicy }) => [id, accessPolicy.permissions]),
      [
        ["one", "rl"],
        ["zwei <&>", "w"],
      ],
    );
    assert.deepEqual(found.signedIdentifiers[0].accessPolicy.startsOn, startsOn);
    assert.deepEqual(found.signedIdentifiers[0].accessPolicy.expiresOn, inAnHour);
    await container.setAccessPolicy();
    assert.deepEqual((await container.getAccessPolicy()).signedIdentifiers, []);
  });
});

test("setAccessPolicy: conditions, and what is refused", async () => {
  await withContainer(async (container) => {
    const past = new Date(Date.now() - 3600e3);
    const conditions = { ifUnmodifiedSince: past };
    await fails(container.setAccessPolicy(undefined, [], { conditions }), 412, "ConditionNotMet");
    const six = Array.from({ length: 6 }, (_, n) => ({ id: `${n}`, accessPolicy: {} }));
    await fails(container.setAccessPolicy(undefined, six), 400, "InvalidXmlDocument");
  });
});

test("a signature by a policy ends with it", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("content", 7);
    const accessPolicy = { expiresOn: inAnHour, permissions: "r" };
    await container.setAccessPolicy(undefined, [{ id: "one", accessPolicy }]);
    const url = await blob.generateSasUrl({ identifier: "one" });
    const signed = new BlobClient(url, new AnonymousCredential(), once);
    assert.equal((await signed.downloadToBuffer()).toString(), "content");
    await fails(signed.delete(), 403, "AuthorizationPermissionMismatch");
    await container.setAccessPolicy(undefined, [{ id: "other", accessPolicy }]);
    await fails(signed.download(), 403, "AuthenticationFailed");
    const twice = await container.generateSasUrl({
      identifier: "other",
      permissions: ContainerSASPermissions.parse("r"),
    });
    const url2 = twice.replace("?", "/b?");
    await fails(
      new BlobClient(url2, new AnonymousCredential(), once).download(),
      403,
      "AuthenticationFailed",
    );
  });
});

test("public access, in an account that does not allow it", async () => {
  await withContainer(async (container) => {
    await fails(container.setAccessPolicy("blob"), 409, "PublicAccessNotPermitted");
    const other = service.getContainerClient(`public-${crypto.randomUUID()}`);
    await fails(other.create({ access: "container" }), 409, "PublicAccessNotPermitted");
    const anybody = new BlobClient(`${container.url}/b`, new AnonymousCredential(), once);
    await fails(anybody.download(), 409, "PublicAccessNotPermitted");
  });
});
