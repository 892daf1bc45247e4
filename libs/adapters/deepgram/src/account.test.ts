import { Secret, systemClock, VendorError } from "@tandem/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { startDeepgram } from "../test/speech-subject.ts";
import { adapter } from "./index.ts";
import { demoAccount } from "./sandbox.ts";

let running: RunningSandbox;
beforeAll(async () => void (running = await startDeepgram()));
afterAll(() => running.close());
beforeEach(() => running.control.reset());

const open = (apiKey = demoAccount.apiKey, config = {}) =>
  adapter.open({
    connectionId: "c",
    config,
    secrets: { apiKey: new Secret(apiKey) },
    baseUrl: running.origins["deepgram"] ?? null,
    clock: systemClock,
    deadlineMs: 2000,
  });
const probe = async (apiKey?: string) => (await open(apiKey)).account?.probe();
const failure = (apiKey?: string) =>
  probe(apiKey).then(
    () => expect.fail("the probe was expected to fail"),
    (error: unknown) => (error as VendorError).facts,
  );
/** Gives the demo project's key other scopes. */
const grant = (scopes: readonly string[]) => running.control.act("deepgram", "setScopes", { scopes: [...scopes] });

test("the probe names the project and the scopes of its key", async () => {
  expect(await probe()).toEqual({
    account: demoAccount.projectName,
    grantedScopes: ["project:read", "keys:read", "usage:read", "usage:write"],
    expiresAt: null,
    status: "active",
  });
});

test("a role stands for the scopes that come with it", async () => {
  await grant(["member", "keys:read"]);
  expect((await probe())?.grantedScopes).toContain("usage:write");
});

test("a key that may not read keys keeps its scopes to itself", async () => {
  await grant(["usage:write"]);
  expect(await probe()).toMatchObject({ grantedScopes: null, status: "active" });
});

test("a wrong or revoked key is unauthorized, and not shown", async () => {
  expect(await failure("wrong-key")).toMatchObject({ fault: "unauthorized", effect: "none", status: 401 });
  await running.control.revoke("deepgram", demoAccount.apiKey);
  expect(await failure()).toMatchObject({ fault: "unauthorized" });
  await running.control.restore("deepgram", demoAccount.apiKey);
});

test.each([
  [
    { do: "throttle", retryAfterSeconds: 2 },
    { fault: "throttled", retryAfterMs: 2000 },
  ],
  [{ do: "fail-before" }, { fault: "unavailable" }],
  [{ do: "bad-gateway" }, { fault: "unavailable" }],
  [{ do: "truncate", framing: "intact" }, { fault: "contract" }],
  [{ do: "hang" }, { fault: "unavailable" }],
  [{ do: "reset" }, { fault: "unavailable" }],
] as const)("%o is told as such", async (fault, facts) => {
  await running.control.setFault({ vendor: "deepgram", fault });
  expect(await failure()).toMatchObject({ ...facts, vendor: "deepgram", effect: "none" });
});

test("nothing is provisioned at Deepgram, and a config with unknown members is refused", async () => {
  const { resources } = await open();
  await expect(resources.read("stt.model", "x")).rejects.toThrow(VendorError);
  await expect(open(undefined, { hots: "x" })).rejects.toThrow("hots");
});
