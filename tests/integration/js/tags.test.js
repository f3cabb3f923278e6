"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const test = require("node:test");
const { all, fails, service, withContainer } = require("./service.js");

test("set and get", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    const tags = { "a key": "1", b: "x=y+z" };
    await blob.upload("content", 7, { tags });
    assert.deepEqual((await blob.getTags()).tags, tags);
    assert.equal((await blob.getProperties()).tagCount, 2);
    await blob.setTags({ c: "2" });
    assert.deepEqual((await blob.getTags()).tags, { c: "2" });
    const [entry] = await all(container.listBlobsFlat({ includeTags: true }));
    assert.deepEqual(entry.tags, { c: "2" });
    await blob.setTags({});
    assert.deepEqual((await blob.getTags()).tags, {});
    await blob.stageBlock("MDAx", "x", 1);
    await blob.commitBlockList(["MDAx"], { tags: { d: "3" } });
    assert.deepEqual((await blob.getTags()).tags, { d: "3" });
    await fails(blob.setTags({ "ä": "1" }), 400, "InvalidInput");
  });
});

test("conditions on tags", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("content", 7, { tags: { k: "1" } });
    const met = { tagConditions: "k = '1' OR k = '2'" };
    const unmet = { tagConditions: "k <> '1'" };
    assert.equal((await blob.downloadToBuffer(0, 7, { conditions: met })).toString(), "content");
    await fails(blob.download(0, undefined, { conditions: unmet }), 412, "ConditionNotMet");
    await fails(blob.setMetadata({ a: "1" }, { conditions: unmet }), 412, "ConditionNotMet");
    await fails(blob.setTags({}, { conditions: unmet }), 412, "ConditionNotMet");
    await fails(blob.upload("x", 1, { conditions: unmet }), 412, "ConditionNotMet");
    await blob.setTags({ k: "2" }, { conditions: met });
    await blob.delete({ conditions: met });
  });
});

test("find blobs by tags", async () => {
  await withContainer(async (container) => {
    const mark = crypto.randomUUID().replaceAll("-", "");
    for (const n of ["1", "2", "3"]) {
      await container.getBlockBlobClient(`b${n}`).upload("x", 1, { tags: { mark, n } });
    }
    const names = (found) => found.map((item) => item.name);
    const inAccount = await all(service.findBlobsByTags(`mark = '${mark}' AND n >= '2'`));
    assert.deepEqual(names(inAccount), ["b2", "b3"]);
    assert.equal(inAccount[0].containerName, container.containerName);
    assert.deepEqual(inAccount[0].tags, { mark, n: "2" });
    assert.deepEqual(names(await all(container.findBlobsByTags("n = '1'"))), ["b1"]);
    const pages = service.findBlobsByTags(`mark = '${mark}'`).byPage({ maxPageSize: 2 });
    const counts = (await all(pages)).map((page) => page.blobs.length);
    assert.deepEqual(counts.filter((count) => count > 0), [2, 1]);
    await fails(
      all(container.findBlobsByTags("n = '1' OR n = '2'")),
      400,
      "InvalidQueryParameterValue",
    );
  });
});
