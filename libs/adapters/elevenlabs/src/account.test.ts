import { Secret, systemClock, VendorError } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { Fault, RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startElevenLabs } from "../test/speaking.ts";
import { adapter } from "./index.ts";
import { demoAccount } from "./sandbox.ts";

let running: RunningSandbox;
beforeAll(async () => {
  running = await startElevenLabs();
});
afterAll(() => running.close());
beforeEach(() => running.control.reset());

const open = (apiKey: string = demoAccount.apiKey): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "connection-1",
    config: {},
    secrets: { apiKey: new Secret(apiKey) },
    baseUrl: running.origins["elevenlabs"] ?? null,
    clock: systemClock,
    deadlineMs: 600,
  });

const failureOf = (work: Promise<unknown> | undefined): Promise<VendorError> =>
  Promise.resolve(work).then(
    () => expect.unreachable(),
    (error: unknown) => error as VendorError,
  );

test("a key that works is an active account", async () => {
  const { account } = await open();
  const expected = { account: "ElevenLabs, plan scale", status: "active", grantedScopes: null };
  expect(await account?.probe()).toMatchObject(expected);
});

test("a wrong key and a revoked one are unauthorized, and not shown", async () => {
  const wrong = await failureOf((await open("sk_wrong_key_0123456789")).account?.probe());
  expect(wrong.facts).toMatchObject({ vendor: "elevenlabs", fault: "unauthorized", status: 401, effect: "none" });
  expect(JSON.stringify([wrong.message, wrong.details])).not.toContain("sk_wrong");
  await running.control.revoke("elevenlabs", demoAccount.apiKey);
  expect((await failureOf((await open()).account?.probe())).facts.fault).toBe("unauthorized");
});

test.each<[Fault, string]>([
  [{ do: "throttle", retryAfterSeconds: 3 }, "throttled"],
  [{ do: "fail-before", status: 503 }, "unavailable"],
  [{ do: "hang" }, "unavailable"],
  [{ do: "truncate" }, "unavailable"],
  [{ do: "truncate", framing: "intact" }, "contract"],
  [{ do: "bad-gateway" }, "unavailable"],
])("%o is told", async (fault, expected) => {
  await running.control.setFault({ vendor: "elevenlabs", fault });
  const { facts } = await failureOf((await open()).account?.probe());
  expect(facts.fault).toBe(expected);
  expect(facts.retryAfterMs).toBe(expected === "throttled" ? 3000 : undefined);
});

test("there is nothing to deploy", async () => {
  const { resources } = await open();
  for (const work of [
    resources.read("tts.voice", "v"),
    resources.findByKey("tts.voice", "k"),
    resources.write("create", { kind: "tts.voice", externalKey: "k", externalId: null, fields: {}, label: "voice" }),
  ])
    expect((await failureOf(work)).facts).toMatchObject({ fault: "invalid", effect: "none" });
});
