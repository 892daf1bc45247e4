import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Secret, systemClock } from "@tandem/kernel";
import { expect, test } from "vitest";
import { agents, carriers, notifiers } from "./inbound.ts";
import { descriptors } from "./index.ts";
import { type LoadedCredential, openVendors } from "./open-vendors.ts";

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

test("every vendor that can call us has its verifier here", () => {
  expect([...carriers.keys(), ...agents.keys(), ...notifiers.keys()].toSorted()).toEqual(
    Object.keys(descriptors).toSorted(),
  );
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
    expect(descriptor.resources.length).toBeGreaterThan(0);
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
