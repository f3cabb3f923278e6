// Copies that are pending when they are answered, on a server of its own that may read from here.
"use strict";

const assert = require("node:assert/strict");
const http = require("node:http");
const test = require("node:test");
const { bytes, fails, MIB, withContainer } = require("./service.js");

const GUID = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5";

// A source of which the first half goes at once, the rest after `release`; after `vanish` it is no more.
class Source {
  data = bytes(20 * MIB + 7);
  #released = new Promise((resolve) => (this.release = resolve));
  #vanished = false;
  #server = http.createServer((request, response) => this.#answer(response));

  async start() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}/long`;
  }

  async stop() {
    this.release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  vanish() {
    this.#vanished = true;
    this.#server.closeAllConnections();
  }

  async #answer(response) {
    response.on("error", () => {}); // who asked has had enough
    if (this.#vanished) {
      response.writeHead(404, { "Content-Length": 0 }).end();
      return;
    }
    response.writeHead(200, { "Content-Length": this.data.length, ETag: '"one"' });
    response.write(this.data.subarray(0, 10 * MIB));
    await this.#released;
    response.end(this.data.subarray(10 * MIB));
  }
}

async function withSource(body) {
  const source = new Source();
  await source.start();
  try {
    await withContainer(async (container) => body(source, container.getBlockBlobClient("copy")));
  } finally {
    await source.stop();
  }
}

const done = (progress) => Number(progress.split("/")[0]);

test("beginCopyFromURL, polled until it is done", async () => {
  await withSource(async (source, copy) => {
    const seen = [];
    const onProgress = ({ copyProgress }) => {
      seen.push(copyProgress);
      if (done(copyProgress) > 0) source.release();
    };
    const options = { intervalInMs: 20, onProgress, metadata: { k: "v" } };
    const poller = await copy.beginCopyFromURL(source.url, options);
    assert.equal(poller.isDone(), false);
    const pending = await copy.getProperties();
    assert.deepEqual(
      [pending.copyStatus, pending.contentLength, pending.metadata],
      ["pending", 0, { k: "v" }],
    );
    await fails(copy.upload("x", 1), 409, "PendingCopyOperation");
    const copied = await poller.pollUntilDone();
    const { length } = source.data;
    assert.deepEqual(
      [copied.copyStatus, copied.copyProgress, copied.copySource],
      ["success", `${length}/${length}`, source.url],
    );
    assert.ok(seen.some((each) => done(each) > 0), `${seen}`);
    assert.ok(seen.every((each) => each.endsWith(`/${length}`)));
    assert.ok((await copy.downloadToBuffer()).equals(source.data));
  });
});

test("beginCopyFromURL, resumed by another poller", async () => {
  await withSource(async (source, copy) => {
    const first = await copy.beginCopyFromURL(source.url, { intervalInMs: 20 });
    const resumeFrom = first.toString();
    first.stopPolling();
    source.release();
    const poller = await copy.beginCopyFromURL(source.url, { intervalInMs: 20, resumeFrom });
    assert.equal((await poller.pollUntilDone()).copyStatus, "success");
    assert.ok((await copy.downloadToBuffer()).equals(source.data));
  });
});

test("cancelOperation", async () => {
  await withSource(async (source, copy) => {
    const options = { intervalInMs: 20, metadata: { k: "v" } };
    const poller = await copy.beginCopyFromURL(source.url, options);
    const { copyId } = poller.getOperationState();
    await fails(copy.abortCopyFromURL(GUID), 409, "CopyIdMismatch");
    await poller.cancelOperation();
    await assert.rejects(poller.pollUntilDone(), { name: "PollerCancelledError" });
    const aborted = await copy.getProperties();
    assert.deepEqual(
      [aborted.copyId, aborted.copyStatus, aborted.contentLength, aborted.metadata],
      [copyId, "aborted", 0, { k: "v" }],
    );
    await fails(copy.abortCopyFromURL(copyId), 409, "NoPendingCopyOperation");
    await copy.upload("x", 1);
  });
});

test("a copy that fails", async () => {
  await withSource(async (source, copy) => {
    const poller = await copy.beginCopyFromURL(source.url, { intervalInMs: 20 });
    source.vanish();
    await assert.rejects(poller.pollUntilDone(), /Blob copy failed with reason: "404 /);
    const { copyStatus, contentLength } = await copy.getProperties();
    assert.deepEqual([copyStatus, contentLength], ["failed", 0]);
    await copy.delete();
  });
});
