import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Secret, systemClock } from "@tandem/kernel";
import { expect, test } from "vitest";
import { agents, carriers, notifiers } from "./inbound.ts";
import { descriptors } from "./index.ts";
import { type LoadedCredential, openVendors } from "./open-vendors.ts";
import { providers } from "./providers.ts";

const credential = (over: Partial<LoadedCredential> = {}): LoadedCredential => ({
  vendor: "twilio",
  endpoint: "sandbox",
  config: { accountSid: "AC5a0dbeefd3a0000000000000000000a1" },
  credentialVersion: 1,
  secrets: { authToken: new Secret("x") },
  ...over,
});

const vendorsFor = (
  load: () => LoadedCredential,
  sandboxOrigins: Record<string, string> = { twilio: "http://127.0.0.1:1" },
) => openVendors({ loadCredential: async () => load(), sandboxOrigins, clock: systemClock, deadlineMs: 1000 });

/** The least that a connection's config must say. */
const configs: Readonly<Record<string, LoadedCredential["config"]>> = {
  twilio: credential().config,
  google: { auth: "oauth", clientId: "x" },
  openai: { service: "openai" },
};

test("a connection stays open until its credential version changes", async () => {
  let current = credential();
  const vendors = vendorsFor(() => current);
  const first = await vendors.open("t", "c");
  expect(await vendors.open("t", "c")).toBe(first);
  current = credential({ credentialVersion: 2 });
  expect(await vendors.open("t", "c")).not.toBe(first);
  expect(await vendors.open("other-tenant", "c")).not.toBe(first);
  await vendors.close();
});

test("a sandbox connection is refused where no sandbox is configured", async () => {
  await expect(vendorsFor(() => credential(), {}).open("t", "c")).rejects.toMatchObject({ code: "config_invalid" });
});

test("a stored configuration that no longer fits its vendor is told as such", async () => {
  await expect(vendorsFor(() => credential({ config: { colour: "blue" } })).open("t", "c")).rejects.toMatchObject({
    code: "invalid_input",
  });
});

test("a connection that could not be opened is tried again", async () => {
  const google = { vendor: "google", config: { auth: "oauth", clientId: "x" } } as const;
  let current = credential({ ...google, secrets: {} });
  const vendors = vendorsFor(() => current, { google: "http://127.0.0.1:1" });
  await expect(vendors.open("t", "c")).rejects.toMatchObject({ code: "vendor_unauthorized" });
  current = credential({ ...google, secrets: { clientSecret: new Secret("x"), refreshToken: new Secret("y") } });
  await expect(vendors.open("t", "c")).resolves.toHaveProperty("resources");
});

test("opening at the same time opens once", async () => {
  const vendors = vendorsFor(() => credential());
  const [one, other] = await Promise.all([vendors.open("t", "c"), vendors.open("t", "c")]);
  expect(one).toBe(other);
});

test.each(Object.keys(descriptors))("%s says all that the interface and preflight ask of it", (id) => {
  const descriptor = descriptors[id]!;
  expect(descriptor.secrets.every(({ label, hint }) => label !== "" && hint !== "")).toBe(true);
  expect(Object.values(descriptor.requiredScopes).every((why) => why !== "")).toBe(true);
});

test.each(Object.keys(descriptors))("%s brings voices where its descriptor says so, and only there", async (id) => {
  const { secrets, listsVoices = false } = descriptors[id]!;
  const given = Object.fromEntries(secrets.map(({ name }) => [name, new Secret("x")]));
  const account = credential({ vendor: id, config: configs[id] ?? {}, secrets: given });
  const vendors = vendorsFor(() => account, { [id]: "http://127.0.0.1:1" });
  const { voices } = await vendors.open("t", "c");
  expect(voices !== undefined).toBe(listsVoices);
  await vendors.close();
});

test("every vendor calls us, and has its verifier here, or speaks in chains, and has its clients here", () => {
  const calling = [...carriers.keys(), ...agents.keys(), ...notifiers.keys()];
  expect([...calling, ...providers.keys()].toSorted()).toEqual(Object.keys(descriptors).toSorted());
});

test("a descriptor promises the kinds of provider that its clients can open, and no name is another vendor's", () => {
  const names: string[] = [];
  for (const [id, { providers: promised = {} }] of Object.entries(descriptors)) {
    const { vendor: _, ...clients } = providers.get(id) ?? { vendor: id };
    expect([...new Set(Object.values(promised).flat())].toSorted(), id).toEqual(Object.keys(clients).toSorted());
    names.push(...Object.keys(promised));
  }
  expect(names.length).toBeGreaterThan(3);
  expect(new Set(names).size).toBe(names.length);
});

test("a connection opens as a provider with its own configuration, at the emulator that the process knows", async () => {
  const apiKey = new Secret("canary-17");
  const groq = credential({ vendor: "openai", config: { service: "groq" }, secrets: { apiKey } });
  const vendors = vendorsFor(() => groq, { openai: "http://127.0.0.1:1" });
  const { providers: found, access } = await vendors.providers("t", "c");
  expect(found.vendor).toBe("openai");
  expect(access).toMatchObject({ config: { service: "groq" }, baseUrl: "http://127.0.0.1:1", secrets: { apiKey } });
  await expect(vendorsFor(() => groq, {}).providers("t", "c")).rejects.toMatchObject({ code: "config_invalid" });
  await expect(vendorsFor(() => credential()).providers("t", "c")).rejects.toMatchObject({ code: "not_found" });
  const wrong = vendorsFor(() => ({ ...groq, config: { service: "acme" } }), { openai: "http://127.0.0.1:1" });
  await expect(wrong.providers("t", "c")).rejects.toMatchObject({ code: "invalid_input" });
});

test("which carrier our own engine can speak on", () => {
  const vendors = vendorsFor(() => credential());
  expect(vendors.carriesStream("twilio")).toBe(true);
  expect(vendors.carriesStream("retell")).toBe(false);
  expect(vendors.carriesStream("acme")).toBe(false);
});

test("there is no default vendor", async () => {
  for (const vendor of ["acme", "toString", "__proto__"]) {
    await expect(vendorsFor(() => credential({ vendor })).open("t", "c")).rejects.toMatchObject({ code: "not_found" });
  }
  expect(() => vendorsFor(() => credential()).kind("twilio", "telephony.pager")).toThrow("telephony.pager");
});

test("every vendor has a whole descriptor", () => {
  for (const [id, descriptor] of Object.entries(descriptors)) {
    expect(descriptor.id).toBe(id);
    const isProvider = Object.keys(descriptor.providers ?? {}).length > 0;
    expect(descriptor.resources.length > 0 || isProvider, id).toBe(true);
    expect(descriptor.roles.length > 0 || isProvider, id).toBe(true);
    for (const kind of descriptor.resources) expect(kind.settleMs, kind.kind).toBeGreaterThan(0);
  }
});

test("descriptors and verifiers load no SDK", async () => {
  const program = `
    import { registerHooks } from "node:module";
    const seen = [];
    registerHooks({ load(url, context, next) { seen.push(url); return next(url, context); } });
    await import("@tandem/catalog"); await import("@tandem/catalog/inbound"); await import("@tandem/catalog/loaders");
    console.log(JSON.stringify(seen.filter((url) => /node_modules\\/(twilio|retell-sdk|googleapis|google-auth-library|@hubspot)\\//.test(url))));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@tandem/source", "--input-type=module", "-e", program],
    { cwd: import.meta.dirname },
  );
  expect(JSON.parse(stdout)).toEqual([]);
});
