"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { fails, withContainer } = require("./service.js");

const OTHER = '"0x8D0000000000000"';
const MINUTE = 60_000;

async function stored(container) {
  const blob = container.getBlockBlobClient("b");
  const { etag, lastModified } = await blob.upload("content", 7);
  const before = new Date(lastModified.getTime() - MINUTE);
  const after = new Date(lastModified.getTime() + MINUTE);
  return { blob, etag, lastModified, before, after };
}

test("reads that meet their conditions", async () => {
  await withContainer(async (container) => {
    const { blob, etag, lastModified, before, after } = await stored(container);
    for (const conditions of [
      { ifMatch: etag },
      { ifMatch: "*" },
      { ifNoneMatch: OTHER },
      { ifModifiedSince: before },
      { ifUnmodifiedSince: after },
      { ifUnmodifiedSince: lastModified },
      { ifMatch: etag, ifUnmodifiedSince: after, ifNoneMatch: OTHER },
      { ifNoneMatch: OTHER, ifModifiedSince: after },
    ]) {
      assert.equal((await blob.downloadToBuffer(0, 7, { conditions })).toString(), "content");
      assert.equal((await blob.getProperties({ conditions })).etag, etag);
    }
  });
});

test("reads that do not meet their conditions", async () => {
  await withContainer(async (container) => {
    const { blob, etag, lastModified, before, after } = await stored(container);
    for (const [conditions, status] of [
      [{ ifMatch: OTHER }, 412],
      [{ ifNoneMatch: etag }, 304],
      [{ ifModifiedSince: after }, 304],
      [{ ifModifiedSince: lastModified }, 304],
      [{ ifUnmodifiedSince: before }, 412],
      [{ ifMatch: OTHER, ifNoneMatch: etag }, 412],
    ]) {
      const reads = [
        () => blob.download(0, undefined, { conditions }),
        () => blob.getProperties({ conditions }),
      ];
      for (const read of reads) {
        const error = await fails(read(), status, "ConditionNotMet");
        if (status === 304) assert.equal(error.response.headers.get("etag"), undefined);
      }
    }
    await fails(
      blob.download(0, undefined, { conditions: { ifNoneMatch: "*" } }),
      400,
      "UnsatisfiableCondition",
    );
  });
});

test("writes that do not meet their conditions change nothing", async () => {
  await withContainer(async (container) => {
    const { blob, etag, before, after } = await stored(container);
    await blob.stageBlock("AAAA", "staged", 6);
    const writes = (conditions) => [
      () => blob.upload("changed", 7, { conditions }),
      () => blob.commitBlockList(["AAAA"], { conditions }),
    ];
    const refused = [
      [{ ifNoneMatch: "*" }, 409, "BlobAlreadyExists"],
      [{ ifMatch: OTHER }, 412, "ConditionNotMet"],
      [{ ifNoneMatch: etag }, 412, "ConditionNotMet"],
      [{ ifModifiedSince: after }, 412, "ConditionNotMet"],
      [{ ifUnmodifiedSince: before }, 412, "ConditionNotMet"],
    ];
    for (const [conditions, status, code] of refused) {
      for (const write of writes(conditions)) await fails(write(), status, code);
      if (status === 412) await fails(blob.delete({ conditions }), status, code);
    }
    assert.equal((await blob.downloadToBuffer()).toString(), "content");
    assert.equal((await blob.getProperties()).etag, etag);
    const several = { ifMatch: etag, ifNoneMatch: OTHER };
    await fails(
      blob.upload("x", 1, { conditions: several }),
      400,
      "MultipleConditionHeadersNotSupported",
    );
  });
});

test("writes that meet their conditions", async () => {
  await withContainer(async (container) => {
    const { blob, etag, before, after } = await stored(container);
    const second = await blob.upload("second", 6, { conditions: { ifMatch: etag } });
    assert.notEqual(second.etag, etag);
    await blob.upload("third", 5, { conditions: { ifModifiedSince: before } });
    await blob.upload("fourth", 6, { conditions: { ifUnmodifiedSince: after } });
    await blob.stageBlock("AAAA", "fifth", 5);
    await blob.commitBlockList(["AAAA"], { conditions: { ifMatch: "*" } });
    assert.equal((await blob.downloadToBuffer()).toString(), "fifth");
    const fresh = container.getBlockBlobClient("fresh");
    await fails(fresh.upload("x", 1, { conditions: { ifMatch: "*" } }), 412, "ConditionNotMet");
    await fresh.upload("x", 1, { conditions: { ifNoneMatch: "*" } });
    const { etag: last } = await blob.getProperties();
    await blob.delete({ conditions: { ifMatch: last } });
  });
});

test("a reader in parts notices an overwrite", async () => {
  await withContainer(async (container) => {
    const { blob, etag } = await stored(container);
    await blob.upload("changed", 7);
    await fails(blob.download(0, 3, { conditions: { ifMatch: etag } }), 412, "ConditionNotMet");
  });
});

test("a lease id without a lease", async () => {
  await withContainer(async (container) => {
    const { blob } = await stored(container);
    const conditions = { leaseId: "6c1f5c2e-8d3c-4f5a-9c5b-0a3f4d6e7b81" };
    const code = "LeaseNotPresentWithBlobOperation";
    await fails(blob.download(0, undefined, { conditions }), 412, code);
    await fails(blob.upload("x", 1, { conditions }), 412, code);
    await fails(blob.stageBlock("AAAA", "x", 1, { conditions }), 412, code);
    await fails(blob.delete({ conditions }), 412, code);
    await fails(
      blob.upload("x", 1, { conditions: { leaseId: "not a guid" } }),
      400,
      "InvalidHeaderValue",
    );
  });
});
