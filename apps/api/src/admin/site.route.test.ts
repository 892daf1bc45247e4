import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { type INestApplication, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_POLICY, registerAdminSite } from "./site.route.ts";

@Module({})
class Empty {}

let folder: string;
let app: NestFastifyApplication;
const SCRIPT = "console.log('hello');".repeat(50);

async function appWith(site: string): Promise<NestFastifyApplication> {
  const made = await NestFactory.create<NestFastifyApplication & INestApplication>(Empty, new FastifyAdapter(), {
    logger: false,
  });
  registerAdminSite(made, site);
  await made.init();
  await made.getHttpAdapter().getInstance().ready();
  return made;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tandem-site-"));
  mkdirSync(join(folder, "assets"));
  mkdirSync(join(folder, ".vite"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Tandem</title>");
  writeFileSync(join(folder, ".vite/manifest.json"), "{}");
  writeFileSync(join(folder, "assets/index-1a2b.js"), SCRIPT);
  writeFileSync(join(folder, "assets/index-1a2b.js.br"), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, "assets/index-1a2b.js.gz"), gzipSync(SCRIPT));
  app = await appWith(folder);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: "GET", url, headers });

test.each(["/", "/t/acme/d/front-desk", "/incidents?stack=audio", "/v1x"])(
  "%s is the page, with its policy",
  async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("<title>Tandem</title>");
    expect(answer.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": ADMIN_POLICY,
      "cache-control": "no-cache",
    });
  },
);

test.each(["/v1/nothing", "/auth/nothing", "/docs/nothing", "/assets/gone.js", "/links", "/metrics/x"])(
  "%s is not the page: the API has nothing there",
  async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: "not_found" });
  },
);

test.each(["/.vite/manifest.json", "/assets/%2e%2e/index.html", "/assets/index-1a2b.js.br"])(
  "%s is no file of the site",
  async (url) => {
    const answer = await get(url);
    expect(answer.headers["content-type"]).not.toContain("javascript");
    expect(answer.body).not.toContain("{}");
    expect(answer.rawPayload.equals(brotliCompressSync(SCRIPT))).toBe(false);
  },
);

test("an asset is kept for a year and comes in the smallest form that the client takes", async () => {
  const url = "/assets/index-1a2b.js";
  const plain = await get(url);
  expect(plain.body).toBe(SCRIPT);
  expect(plain.headers).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  });
  const brotli = await get(url, { "accept-encoding": "gzip, deflate, br" });
  expect(brotli.headers["content-encoding"]).toBe("br");
  expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(SCRIPT);
  expect((await get(url, { "accept-encoding": "gzip" })).headers["content-encoding"]).toBe("gzip");
  expect((await get(url, { "accept-encoding": "br;q=0, gzip;q=0" })).headers["content-encoding"]).toBeUndefined();
});

test("what the client has is not sent again, and HEAD sends nothing", async () => {
  const { etag } = (await get("/")).headers;
  const again = await get("/", { "if-none-match": String(etag) });
  expect(again.statusCode).toBe(304);
  expect(again.body).toBe("");
  expect((await app.inject({ method: "HEAD", url: "/" })).statusCode).toBe(200);
});

test("without a build nothing is served", async () => {
  const bare = await appWith(join(folder, "none"));
  expect((await bare.inject({ method: "GET", url: "/" })).statusCode).toBe(404);
  await bare.close();
});
