import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { runProgram } from "./program.ts";

const ID = "01a20000-0000-7000-8000-000000000001";
const connection = {
  id: ID,
  name: "front-voice",
  vendor: "cartesia",
  endpoint: "sandbox",
  config: {},
  smokeWrites: "none",
  credentialVersion: 1,
};
const voices = {
  isListed: true,
  asOf: "2026-11-28T10:00:00.000Z",
  isWhole: true,
  voices: [{ id: "v-1", name: "Ada", language: "en", note: "feminine", previewUrl: null }],
  look: null,
};
/** What the API answers, as it writes it. */
const answers: Readonly<Record<string, object>> = {
  [`POST /v1/connections/${ID}/voices`]: { checkId: ID },
  [`GET /v1/checks/${ID}`]: { state: "done", result: null },
  [`GET /v1/connections/${ID}/voices`]: voices,
  [`PATCH /v1/connections/${ID}`]: connection,
};

let server: Server;
let bodies: string[];
let printed: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      bodies.push(Buffer.concat(parts).toString());
      const answer = answers[`${request.method} ${request.url}`];
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  [bodies, printed] = [[], ""];
  const keep = (chunk: unknown) => ((printed += String(chunk)), true);
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  vi.stubEnv("TANDEM_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("TANDEM_API_KEY", "tdm_x");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("the voices of an account are asked for and listed", async () => {
  expect(await runProgram(["connections", "voices", ID])).toBe(0);
  expect(printed).toMatch(/v-1\s+Ada\s+en\s+feminine/);
});

test("a connection is renamed", async () => {
  expect(await runProgram(["connections", "rename", ID, "front-voice"])).toBe(0);
  expect(bodies).toEqual([JSON.stringify({ name: "front-voice" })]);
  expect(printed).toContain("front-voice");
});
