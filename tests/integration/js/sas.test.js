"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const {
  AccountSASPermissions,
  BlobClient,
  BlobSASPermissions,
  BlobServiceClient,
  BlockBlobClient,
  ContainerClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
} = require("@azure/storage-blob");
const {
  account,
  all,
  credential,
  endpoint,
  fails,
  key,
  once,
  service,
  url,
  withContainer,
} = require("./service.js");

const HOUR = 3_600_000;
const inHours = (hours) => new Date(Date.now() + hours * HOUR);

function accountSas(permissions, options = {}) {
  const values = {
    permissions: AccountSASPermissions.parse(permissions),
    services: "b",
    resourceTypes: "sco",
    expiresOn: inHours(1),
    ...options,
  };
  return generateAccountSASQueryParameters(values, credential).toString();
}

function blobSas(container, permissions, options = {}) {
  const values = {
    containerName: container.containerName,
    blobName: "b",
    permissions: BlobSASPermissions.parse(permissions),
    expiresOn: inHours(1),
    ...options,
  };
  return generateBlobSASQueryParameters(values, credential).toString();
}

function containerSas(container, permissions, options = {}) {
  const values = {
    containerName: container.containerName,
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: inHours(1),
    ...options,
  };
  return generateBlobSASQueryParameters(values, credential).toString();
}

const withBlobSas = (container, sas) =>
  new BlockBlobClient(`${container.url}/b?${sas}`, undefined, once);

test("an account SAS does what its letters say", async () => {
  await withContainer(async (container) => {
    const withSas = (sas) => new BlobServiceClient(`${url}?${sas}`, undefined, once);
    const owner = withSas(accountSas("rwdlac"));
    const theirs = owner.getContainerClient(container.containerName);
    await theirs.uploadBlockBlob("b", "content", 7);
    assert.equal((await theirs.getBlobClient("b").downloadToBuffer()).toString(), "content");
    assert.equal((await all(theirs.listBlobsFlat())).length, 1);
    assert.ok((await all(owner.listContainers())).length > 0);
    const reader = withSas(accountSas("r")).getContainerClient(container.containerName);
    assert.equal((await reader.getBlobClient("b").downloadToBuffer()).toString(), "content");
    const refusal = [403, "AuthorizationPermissionMismatch"];
    await fails(reader.uploadBlockBlob("c", "x", 1), ...refusal);
    await fails(reader.deleteBlob("b"), ...refusal);
    await fails(all(reader.listBlobsFlat()), ...refusal);
    const objects = withSas(accountSas("rwdlac", { resourceTypes: "o" }));
    await fails(all(objects.listContainers()), 403, "AuthorizationResourceTypeMismatch");
    const tables = withSas(accountSas("rwdlac", { services: "t" }));
    await fails(all(tables.listContainers()), 403, "AuthorizationServiceMismatch");
    const creator = withSas(accountSas("c")).getContainerClient(container.containerName);
    await creator.uploadBlockBlob("created", "x", 1);
    await fails(creator.uploadBlockBlob("b", "overwritten", 11), 403, "UnauthorizedBlobOverwrite");
  });
});

test("a blob SAS is for that blob, its letters and its time", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "content", 7);
    const reader = withBlobSas(container, blobSas(container, "r"));
    assert.equal((await reader.downloadToBuffer()).toString(), "content");
    assert.equal((await reader.getProperties()).contentLength, 7);
    await fails(reader.upload("x", 1), 403, "AuthorizationPermissionMismatch");
    await fails(reader.delete(), 403, "AuthorizationPermissionMismatch");
    const other = new BlobClient(`${container.url}/c?${blobSas(container, "r")}`, undefined, once);
    await fails(other.download(), 403, "AuthenticationFailed");
    for (const times of [
      { expiresOn: inHours(-1) },
      { startsOn: inHours(1), expiresOn: inHours(2) },
    ]) {
      const error = await fails(
        withBlobSas(container, blobSas(container, "r", times)).download(),
        403,
        "AuthenticationFailed",
      );
      assert.match(error.response.bodyAsText, /Signature not valid in the specified time frame/);
    }
    const writer = withBlobSas(container, blobSas(container, "cw", { startsOn: inHours(-1) }));
    await writer.uploadData(Buffer.alloc(100_000, 1), {
      blockSize: 40_000,
      maxSingleShotSize: 40_000,
    });
    await fails(writer.download(), 403, "AuthorizationPermissionMismatch");
    await withBlobSas(container, blobSas(container, "d")).delete();
  });
});

test("a container SAS", async () => {
  await withContainer(async (container) => {
    const withSas = (sas) => new ContainerClient(`${container.url}?${sas}`, undefined, once);
    const theirs = withSas(containerSas(container, "rwdl"));
    await theirs.uploadBlockBlob("a/b", "content", 7);
    assert.equal((await all(theirs.listBlobsByHierarchy("/"))).length, 1);
    await fails(theirs.delete(), 403, "AuthorizationFailure");
    await fails(theirs.getProperties(), 403, "AuthorizationFailure");
    await fails(
      all(withSas(containerSas(container, "r")).listBlobsFlat()),
      403,
      "AuthorizationPermissionMismatch",
    );
    await theirs.deleteBlob("a/b");
  });
});

test("a SAS may set the headers of the answer", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "content", 7);
    const sas = blobSas(container, "r", {
      contentType: "text/other",
      cacheControl: "private",
      contentDisposition: 'attachment; filename="a b"',
      contentEncoding: "identity",
      contentLanguage: "de",
    });
    const found = await withBlobSas(container, sas).getProperties();
    assert.equal(found.contentType, "text/other");
    assert.equal(found.cacheControl, "private");
    assert.equal(found.contentDisposition, 'attachment; filename="a b"');
    assert.equal(found.contentEncoding, "identity");
    assert.equal(found.contentLanguage, "de");
    assert.equal(
      (await container.getBlobClient("b").getProperties()).contentType,
      "application/octet-stream",
    );
  });
});

test("a SAS may name addresses and protocols", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "content", 7);
    const loopback = {
      ipRange: { start: "127.0.0.1", end: "127.0.0.9" },
      protocol: SASProtocol.HttpsAndHttp,
    };
    await withBlobSas(container, blobSas(container, "r", loopback)).download();
    const elsewhere = { ipRange: { start: "10.0.0.1" } };
    const away = withBlobSas(container, blobSas(container, "r", elsewhere));
    await fails(away.download(), 403, "AuthorizationSourceIPMismatch");
    const secure = withBlobSas(container, blobSas(container, "r", { protocol: SASProtocol.Https }));
    await fails(secure.download(), 403, "AuthorizationProtocolMismatch");
  });
});

test("a SAS that was tampered with", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "content", 7);
    const sas = blobSas(container, "r");
    for (const changed of [
      sas.replace("sp=r", "sp=rd"),
      sas.replace(/sig=.../, "sig=AAA"),
      sas.replace(/&sig=.*/, ""),
    ]) {
      assert.notEqual(changed, sas);
      const error = await withBlobSas(container, changed)
        .download()
        .catch((reason) => reason);
      assert.ok([401, 403].includes(error.statusCode), error.stack);
    }
  });
});

test("generateSasUrl of each client", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("content", 7);
    const expiresOn = inHours(1);
    const blobUrl = await blob.generateSasUrl({
      permissions: BlobSASPermissions.parse("r"),
      expiresOn,
    });
    assert.equal(
      (await new BlobClient(blobUrl, undefined, once).downloadToBuffer()).toString(),
      "content",
    );
    const permissions = ContainerSASPermissions.parse("l");
    const containerUrl = await container.generateSasUrl({ permissions, expiresOn });
    assert.equal(
      (await all(new ContainerClient(containerUrl, undefined, once).listBlobsFlat())).length,
      1,
    );
    const accountUrl = service.generateAccountSasUrl(
      expiresOn,
      AccountSASPermissions.parse("l"),
      "s",
    );
    assert.ok(
      (await all(new BlobServiceClient(accountUrl, undefined, once).listContainers())).length > 0,
    );
  });
});

test("generateSasUrl of a snapshot", async () => {
  await withContainer(async (container) => {
    const blob = container.getBlockBlobClient("b");
    await blob.upload("old", 3);
    const { snapshot } = await blob.createSnapshot();
    await blob.upload("content", 7);
    const permissions = BlobSASPermissions.parse("r");
    const url = await blob
      .withSnapshot(snapshot)
      .generateSasUrl({ permissions, expiresOn: inHours(1) });
    assert.match(url, /sr=bs/);
    const read = new BlobClient(url, undefined, once);
    assert.equal((await read.downloadToBuffer()).toString(), "old");
    const elsewhere = new BlobClient(url.replace(/snapshot=[^&]*&/, ""), undefined, once);
    const error = await elsewhere.download().catch((reason) => reason);
    assert.equal(error.statusCode, 403, error.stack);
  });
});

test("connection strings, with a key and with a SAS", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "content", 7);
    const secrets = [
      `AccountName=${account};AccountKey=${key}`,
      `SharedAccessSignature=${accountSas("rl")}`,
    ];
    for (const secret of secrets) {
      const text =
        secrets[0] === secret
          ? `DefaultEndpointsProtocol=http;${secret};BlobEndpoint=${url};`
          : `BlobEndpoint=${url};${secret}`;
      const theirs = BlobServiceClient.fromConnectionString(text, once).getContainerClient(
        container.containerName,
      );
      assert.equal((await theirs.getBlobClient("b").downloadToBuffer()).toString(), "content");
      assert.equal((await all(theirs.listBlobsFlat())).length, 1);
    }
    const wrong = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${Buffer.alloc(64).toString("base64")};BlobEndpoint=${url}`;
    await fails(
      all(BlobServiceClient.fromConnectionString(wrong, once).listContainers()),
      403,
      "AuthenticationFailed",
    );
  });
});

test("anonymous requests, and accounts that are not there", async () => {
  await withContainer(async (container) => {
    await container.uploadBlockBlob("b", "content", 7);
    await fails(
      new BlobClient(`${container.url}/b`, undefined, once).download(),
      409,
      "PublicAccessNotPermitted",
    );
    await fails(
      new BlobClient(`${container.url}/b`, undefined, once).delete(),
      401,
      "NoAuthenticationInformation",
    );
    const stranger = new BlobServiceClient(`${endpoint}/stranger`, credential, once);
    const error = await all(stranger.listContainers()).catch((reason) => reason);
    assert.ok([403, 404].includes(error.statusCode), error.stack);
  });
});
