"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { all, fails, service, withContainer } = require("./service.js");

// What may be leased: a blob, and the container of another.
async function withBoth(body) {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("content", 7);
    await body(blob, (id) => blob.getBlobLeaseClient(id));
    await body(container, (id) => container.getBlobLeaseClient(id));
  });
}

const states = async (leased) => {
  const { leaseStatus, leaseState, leaseDuration } = await leased.getProperties();
  return [leaseStatus, leaseState, leaseDuration];
};

test("a life of a lease", async () => {
  await withBoth(async (leased, clientOf) => {
    const { etag, lastModified } = await leased.getProperties();
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    const lease = clientOf(first);
    const acquired = await lease.acquireLease(15);
    assert.deepEqual([acquired.leaseId, acquired.etag], [first, etag]);
    assert.deepEqual(acquired.lastModified, lastModified);
    assert.deepEqual(await states(leased), ["locked", "leased", "fixed"]);
    assert.equal((await lease.renewLease()).leaseId, first);
    assert.equal((await lease.changeLease(second)).leaseId, second);
    assert.equal(lease.leaseId, second);
    await lease.acquireLease(-1);
    assert.deepEqual(await states(leased), ["locked", "leased", "infinite"]);
    assert.equal((await lease.breakLease(20)).leaseTime, 20);
    assert.deepEqual(await states(leased), ["locked", "breaking", undefined]);
    assert.equal((await lease.breakLease(0)).leaseTime, 0);
    assert.deepEqual(await states(leased), ["unlocked", "broken", undefined]);
    assert.equal((await lease.releaseLease()).etag, etag);
    assert.deepEqual(await states(leased), ["unlocked", "available", undefined]);
  });
});

test("actions that are refused", async () => {
  await withBoth(async (leased, clientOf) => {
    const lease = clientOf(crypto.randomUUID());
    const other = clientOf(crypto.randomUUID());
    await fails(lease.renewLease(), 409, "LeaseIdMismatchWithLeaseOperation");
    await fails(lease.breakLease(0), 409, "LeaseNotPresentWithLeaseOperation");
    await fails(lease.acquireLease(10), 400, "InvalidHeaderValue");
    await lease.acquireLease(15);
    await fails(other.acquireLease(15), 409, "LeaseAlreadyPresent");
    await fails(other.releaseLease(), 409, "LeaseIdMismatchWithLeaseOperation");
    await lease.breakLease(10);
    await fails(lease.acquireLease(15), 409, "LeaseIsBreakingAndCannotBeAcquired");
    await fails(lease.renewLease(), 409, "LeaseIsBrokenAndCannotBeRenewed");
    await lease.releaseLease();
  });
});

test("writes of a leased blob", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("content", 7);
    const { leaseId } = await blob.getBlobLeaseClient().acquireLease(-1);
    const writes = (conditions) => [
      () => blob.upload("new", 3, { conditions }),
      () => blob.stageBlock("MDAx", "x", 1, { conditions }),
      () => blob.commitBlockList(["MDAx"], { conditions }),
      () => blob.setMetadata({ a: "1" }, { conditions }),
      () => blob.setHTTPHeaders({}, { conditions }),
      () => blob.setAccessTier("Cool", { conditions }),
    ];
    const wrong = { leaseId: crypto.randomUUID() };
    for (const write of writes(undefined)) await fails(write(), 412, "LeaseIdMissing");
    for (const write of writes(wrong)) await fails(write(), 412, "LeaseIdMismatchWithBlobOperation");
    for (const write of writes({ leaseId })) await write();
    assert.equal((await blob.downloadToBuffer()).toString(), "x");
    await fails(
      blob.download(0, undefined, { conditions: wrong }),
      412,
      "LeaseIdMismatchWithBlobOperation",
    );
    assert.deepEqual(await states(blob), ["locked", "leased", "infinite"]);
    await fails(blob.delete(), 412, "LeaseIdMissing");
    await blob.delete({ conditions: { leaseId } });
  });
});

test("a leased container", async () => {
  await withContainer(async (container) => {
    const lease = container.getBlobLeaseClient();
    const { leaseId } = await lease.acquireLease(60);
    await container.getBlockBlobClient("b").upload("content", 7);
    await fails(container.delete(), 412, "LeaseIdMissing");
    const wrong = { leaseId: crypto.randomUUID() };
    await fails(
      container.delete({ conditions: wrong }),
      412,
      "LeaseIdMismatchWithContainerOperation",
    );
    await container.setMetadata({ a: "1" }, { conditions: { leaseId } });
    await container.delete({ conditions: { leaseId } });
  });
});

test("listings tell of leases", async () => {
  await withContainer(async (container) => {
    await container.getBlockBlobClient("b").upload("content", 7);
    await container.getBlockBlobClient("b").getBlobLeaseClient().acquireLease(-1);
    const [entry] = await all(container.listBlobsFlat());
    const { leaseStatus, leaseState, leaseDuration } = entry.properties;
    assert.deepEqual([leaseStatus, leaseState, leaseDuration], ["locked", "leased", "infinite"]);
    const lease = container.getBlobLeaseClient();
    await lease.acquireLease(15);
    const prefix = container.containerName;
    const [listed] = await all(service.listContainers({ prefix }));
    assert.deepEqual(
      [listed.properties.leaseState, listed.properties.leaseDuration],
      ["leased", "fixed"],
    );
    await lease.releaseLease();
  });
});
