import { createServer, type Server } from "node:http";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDiskStore } from "./disk-store.ts";
import { openS3Store } from "./s3-store.ts";
import { authorizationOf, sha256 } from "./signature-v4.ts";

const account = { accessKeyId: "AKIDEXAMPLE", region: "us-east-1", service: "s3" } as const;
const secret = "storage-secret-canary";

/** A bucket that believes only what is signed right. */
async function startBucket() {
  const objects = new Map<string, Buffer>();
  let failWith = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const { headers, method = "", url = "" } = request;
      const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
      const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
      const bodyHash = sha256(body);
      const wanted = authorizationOf(
        { method, path: url, query: "", headers: signed, bodyHash },
        { ...account, secretAccessKey: secret },
      );
      const isSigned = headers.authorization === wanted && headers["x-amz-content-sha256"] === bodyHash;
      const status = failWith || (isSigned ? answer(method, url, body) : 403);
      response.writeHead(status).end(status === 200 && method === "GET" ? objects.get(url) : undefined);
    });
  });
  const answer = (method: string, url: string, body: Buffer): number => {
    if (method === "PUT") return (objects.set(url, body), 200);
    if (method === "DELETE") return (objects.delete(url), 204);
    return objects.has(url) ? 200 : 404;
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    objects,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    fail: (status: number) => (failWith = status),
  };
}

let folder: string;
let bucket: Awaited<ReturnType<typeof startBucket>>;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-storage-"));
  bucket = await startBucket();
  servers.push(bucket.server);
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

const s3 = (change: { secretAccessKey?: Secret } = {}) =>
  openS3Store({
    url: `${bucket.origin}/tandem`,
    region: account.region,
    accessKeyId: account.accessKeyId,
    secretAccessKey: new Secret(secret),
    ...change,
  });

describe.each<[string, () => ObjectStore]>([
  ["disk", () => openDiskStore(join(folder, "objects"))],
  ["a bucket", () => s3()],
])("objects on %s", (_name, open) => {
  test("are kept whole, replaced, and gone when removed; what is gone may be removed", async () => {
    const store = open();
    const key = "recordings/t1/a b~1.wav".replace("a b~1", "session-1");
    expect(await store.get(key)).toBeNull();
    await store.put(key, Buffer.from([1, 2, 3]), "audio/wav");
    await store.put(key, Buffer.from([4, 5]), "audio/wav");
    expect([...((await store.get(key)) ?? [])]).toEqual([4, 5]);
    await store.remove(key);
    await store.remove(key);
    expect(await store.get(key)).toBeNull();
  });
});

const STRANGE_KEYS = ["../x", "/etc/x", "a//b", "A/b", "a/../b", "a/%2e%2e/b", "a?b", "a#b", "a\\b", "a\nb", ".", ""];

test("a key never leads to another bucket: nothing is asked", async () => {
  for (const key of STRANGE_KEYS)
    for (const ask of [() => s3().get(key), () => s3().remove(key), () => s3().put(key, Buffer.of(1), "x")])
      await expect(ask(), key).rejects.toMatchObject({ code: "storage_unavailable", retryable: false });
  expect([...bucket.objects.keys()]).toEqual([]);
  expect(bucket.asked()).toBe(0);
});

test("a key never leads out of the folder, and a full disk is told as what it is", async () => {
  const store = openDiskStore(folder);
  for (const key of STRANGE_KEYS)
    await expect(store.put(key, Buffer.of(1), "x")).rejects.toMatchObject({ code: "storage_unavailable" });
  await writeFile(join(folder, "file"), "");
  await expect(store.put("file/x", Buffer.of(1), "x")).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(await readdir(folder)).toEqual(["file"]);
});

test("a bucket that refuses or is away is told without the key", async () => {
  const wrong = s3({ secretAccessKey: new Secret("another-canary") });
  await expect(wrong.put("a", Buffer.of(1), "x")).rejects.toMatchObject({
    code: "storage_unavailable",
    retryable: false,
  });
  bucket.fail(503);
  const failed = await s3()
    .get("a")
    .catch((error: unknown) => error as Error & { retryable: boolean });
  expect(failed).toMatchObject({ code: "storage_unavailable", retryable: true });
  bucket.server.closeAllConnections();
  bucket.server.close();
  const away = await s3()
    .get("a")
    .catch((error: unknown) => error as Error);
  expect(away).toMatchObject({ code: "storage_unavailable", retryable: true });
  expect(`${String(failed)}${String(away)}`).not.toContain("canary");
});

describe("signatures agree with what the vendor publishes", () => {
  const keys = {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    service: "s3",
  };
  const host = "examplebucket.s3.amazonaws.com";
  const empty = sha256("");
  const date = "20130524T000000Z";

  test.each([
    [
      "an object read in part",
      {
        method: "GET",
        path: "/test.txt",
        query: "",
        bodyHash: empty,
        headers: { host, range: "bytes=0-9", "x-amz-content-sha256": empty, "x-amz-date": date },
      },
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ],
    [
      "an object written",
      {
        method: "PUT",
        path: "/test%24file.text",
        query: "",
        bodyHash: sha256("Welcome to Amazon S3."),
        headers: {
          date: "Fri, 24 May 2013 00:00:00 GMT",
          host,
          "x-amz-content-sha256": sha256("Welcome to Amazon S3."),
          "x-amz-date": date,
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
        },
      },
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ],
    [
      "a listing with a query",
      {
        method: "GET",
        path: "/",
        query: "max-keys=2&prefix=J",
        bodyHash: empty,
        headers: { host, "x-amz-content-sha256": empty, "x-amz-date": date },
      },
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ],
  ])("%s", (_name, request, signature) => {
    expect(authorizationOf(request, keys)).toContain(`Signature=${signature}`);
  });
});
