import { Secret, systemClock, VendorError } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startOpenAi } from "../test/open-llm.ts";
import { OpenAiConfig } from "./descriptor.ts";
import { adapter } from "./index.ts";
import { isPublicAddress } from "./public-address.ts";
import { demoAccount } from "./sandbox.ts";
import type { ServiceName } from "./service.ts";

let running: RunningSandbox;
beforeAll(async () => void (running = await startOpenAi()));
afterAll(() => running.close());
beforeEach(() => running.control.clearFaults());

const open = (
  service: ServiceName,
  apiKey: string = demoAccount.apiKeys[service],
  deadlineMs = 3000,
): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "c",
    config: { service },
    secrets: { apiKey: new Secret(apiKey) },
    baseUrl: running.origins["openai"] ?? null,
    clock: systemClock,
    deadlineMs,
  });

async function failureOf(connection: Promise<OpenConnection>): Promise<VendorError> {
  const error: unknown = await (await connection).account?.probe().catch((thrown: unknown) => thrown);
  if (!(error instanceof VendorError)) throw new Error("the probe did not fail");
  return error;
}

describe("the account", () => {
  test.each(["openai", "groq", "together", "fireworks"] as const)("of %s is known by its key", async (service) => {
    const { account } = await open(service);
    expect(await account?.probe()).toEqual({
      account: expect.stringMatching(/^(OpenAI|Groq|Together|Fireworks)$/u),
      grantedScopes: null,
      expiresAt: null,
      status: "active",
    });
  });

  test("with a key that is unknown, revoked, or no key at all", async () => {
    const { apiKeys } = demoAccount;
    await running.control.revoke("openai", apiKeys.groq);
    for (const connection of [open("openai", "sandbox-unknown-key-0001"), open("groq"), open("openai", "two\nlines")]) {
      const error = await failureOf(connection);
      expect(error.facts).toMatchObject({ fault: "unauthorized", effect: "none" });
      expect(`${error.message}${JSON.stringify(error.details)}`).not.toMatch(/key-0001|two/u);
    }
    await running.control.restore("openai", apiKeys.groq);
  });

  test("is given up after the deadline, and what breaks is told", async () => {
    await running.control.setFault({ vendor: "openai", fault: { do: "hang" } });
    expect((await failureOf(open("openai", demoAccount.apiKeys.openai, 150))).facts.fault).toBe("unavailable");
    await running.control.setFault({ vendor: "openai", fault: { do: "truncate", framing: "intact" } });
    expect((await failureOf(open("openai"))).facts.fault).toBe("contract");
    await running.control.setFault({ vendor: "openai", fault: { do: "throttle", retryAfterSeconds: 2 } });
    expect((await failureOf(open("openai"))).facts).toMatchObject({ fault: "throttled", retryAfterMs: 2000 });
  });

  test("has no objects of ours", async () => {
    const { resources } = await open("openai");
    expect(await resources.findByKey("x", "k")).toEqual({ items: [], complete: true });
    const target = { kind: "x", externalKey: "k", externalId: null, fields: {}, label: "l" };
    await expect(resources.write("create", target)).rejects.toMatchObject({
      facts: { fault: "invalid", effect: "none" },
    });
  });
});

const refusedUrls = [
  "http://llm.example.com/v1",
  "https://localhost/v1",
  "https://127.0.0.1/v1",
  "https://2130706433/v1",
  "https://[::1]/v1",
  "https://0x7f.1/v1",
  "https://user@llm.example.com/v1",
  "https://llm.example.com:22/v1",
  "https://llm.example.com/v1?x=1",
  "no url",
];

describe("the config", () => {
  test.each([
    [{}, true],
    [{ service: "groq" }, true],
    [{ service: "other", baseUrl: "https://llm.example.com/v1" }, true],
    [{ service: "other", baseUrl: "https://llm.example.com:8443" }, true],
    [{ service: "openai", baseUrl: "https://eu.api.openai.com/v1" }, true],
    [{ service: "other" }, false],
    [{ service: "azure" }, false],
    [{ service: "openai", apiKey: "x" }, false],
    ...refusedUrls.map((baseUrl): [object, boolean] => [{ service: "other", baseUrl }, false]),
  ])("%j is taken: %s", (config, isTaken) => {
    expect(OpenAiConfig.safeParse(config).success).toBe(isTaken);
  });

  test.each([
    ...["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111"].map((address) => [address, true] as const),
    ...[
      "127.0.0.1",
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "224.0.0.1",
      "255.255.255.255",
    ].map((address) => [address, false] as const),
    ...["::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"].map(
      (address) => [address, false] as const,
    ),
  ])("a name that leads to %s: %s", (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});
