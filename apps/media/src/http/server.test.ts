import { request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, expect, test } from "vitest";
import { jsonReply, problems } from "./exchange.ts";
import { makeRouter, type Route } from "./router.ts";
import { makeHttpServer } from "./server.ts";

const log = makeLogger({ app: "media", level: "silent", isPretty: false });
const router = makeRouter<Route>([
  {
    method: "POST",
    pattern: "/voice/:ingressKey",
    handle: (exchange) =>
      jsonReply(200, { key: exchange.parameters["ingressKey"], body: exchange.body, target: exchange.target }),
  },
  { method: "POST", pattern: "/voice/:ingressKey/action", handle: () => problems.refused },
  { method: "GET", pattern: "/live", handle: () => ({ status: 200 }) },
  { method: "GET", pattern: "/broken", handle: () => Promise.reject(new Error("canary-secret")) },
]);
const servers: Server[] = [];

async function start(refusalsPerMinute?: number): Promise<string> {
  const server = makeHttpServer({ router, log, ...(refusalsPerMinute === undefined ? {} : { refusalsPerMinute }) });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

test("the raw body, the target and the parameter reach the route", async () => {
  const origin = await start();
  const reply = await fetch(`${origin}/voice/abc?x=1%20b`, { method: "POST", body: "a=%41&a=\u00fc" });
  expect(await reply.json()).toEqual({ key: "abc", body: "a=%41&a=\u00fc", target: "/voice/abc?x=1%20b" });
});

test.each([
  ["POST", "/voice/a/b/c/d/e/f/g/h/i", 404],
  ["POST", "/voice/%2e%2e", 404],
  ["POST", "/voice/", 404],
  ["POST", "/VOICE/abc", 404],
  ["GET", "/voice/abc", 405],
  ["GET", "/nothing", 404],
  ["GET", "/live", 200],
])("%s %s answers %i", async (method, path, status) => {
  const origin = await start();
  const reply = await fetch(origin + path, { method });
  expect(reply.status).toBe(status);
  if (status === 404)
    expect(await reply.json()).toEqual({ type: "about:blank", title: "There is nothing here", status: 404 });
});

test("an error tells an outsider nothing", async () => {
  const reply = await fetch(`${await start()}/broken`);
  expect(reply.status).toBe(500);
  expect(await reply.text()).not.toContain("canary");
});

test("a body over 64 KiB is refused, declared or not", async () => {
  const origin = await start();
  const declared = await fetch(`${origin}/voice/abc`, { method: "POST", body: "x".repeat(70_000) });
  expect(declared.status).toBe(413);
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(`${origin}/voice/abc`, { method: "POST" }, (response) => resolve(response.statusCode));
    request.on("error", reject);
    for (let i = 0; i < 8; i++) request.write("x".repeat(10_000));
    request.end();
  });
  expect(status).toBe(413);
});

test("an address that is refused too often is turned away; one that verifies is not", async () => {
  const origin = await start(3);
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await fetch(`${origin}/voice/abc/action`, { method: "POST" })).status);
  expect(statuses).toEqual([403, 403, 403, 429, 429]);
  expect((await fetch(`${origin}/voice/abc`, { method: "POST", body: "ok" })).status).toBe(200);
});

test("headers that grow without end are cut off", async () => {
  const { port } = new URL(await start());
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("data", (chunk) => resolve(chunk.toString()));
    socket.on("error", () => resolve("reset"));
    socket.write(`GET /live HTTP/1.1\r\nhost: x\r\nx-long: ${"y".repeat(20_000)}\r\n\r\n`);
  });
  expect(answer).toMatch(/431|reset/);
});
