import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSecrets, makeSecrets } from "./secrets.mjs";
import { appEnvironment, readPorts, requireFreePorts } from "./settings.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-up-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("secrets", () => {
  test("are made once, for the owner only, and kept", () => {
    const file = join(folder, "secrets.json");
    const first = loadSecrets(file, {});
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadSecrets(file, {})).toEqual(first);
  });

  test("a secret that is missing is added and the rest stays; the sealing keys are replaced as a pair", () => {
    const file = join(folder, "secrets.json");
    const { TANDEM_SEALING_PRIVATE_KEY, TANDEM_TICKET_KEY, ...kept } = loadSecrets(file, {}) as Record<string, string>;
    writeFileSync(file, JSON.stringify(kept));
    const now = loadSecrets(file, {}) as Record<string, string>;
    expect(now).toMatchObject({ TANDEM_INSTALL_KEY: kept["TANDEM_INSTALL_KEY"] });
    expect(now["TANDEM_TICKET_KEY"]).not.toBe(TANDEM_TICKET_KEY);
    const kid = (name: string) => (JSON.parse(now[name]!) as { kid: string }).kid;
    expect(kid("TANDEM_SEALING_PRIVATE_KEY")).toBe(kid("TANDEM_SEALING_PUBLIC_KEY"));
    expect(now["TANDEM_SEALING_PRIVATE_KEY"]).not.toBe(TANDEM_SEALING_PRIVATE_KEY);
    expect(kid("TANDEM_AUDIT_PRIVATE_KEY")).toBe(kid("TANDEM_AUDIT_PUBLIC_KEY"));
    expect(now["TANDEM_AUDIT_PUBLIC_KEY"]).toBe(kept["TANDEM_AUDIT_PUBLIC_KEY"]);
  });

  test("the environment wins and is not written down", () => {
    const file = join(folder, "secrets.json");
    expect(loadSecrets(file, { TANDEM_KEY_PEPPER: "from-vault" })).toMatchObject({ TANDEM_KEY_PEPPER: "from-vault" });
    expect(readFileSync(file, "utf8")).not.toContain("from-vault");
  });

  test("a damaged file is named with what to do", () => {
    const file = join(folder, "secrets.json");
    writeFileSync(file, "{");
    expect(() => loadSecrets(file, {})).toThrow(/secrets\.json cannot be read.*Fix:/);
  });
});

describe("what an app sees", () => {
  const secrets: Record<string, string> = makeSecrets();
  const environment = {
    ...secrets,
    DATABASE_URL: "postgresql://owner@h/d",
    TANDEM_DATABASE_OWNER_URL: "postgresql://owner@h/d",
    npm_lifecycle_event: "start",
    HOME: "/home/somebody",
  };
  const seenBy = (app: string): Record<string, string> =>
    appEnvironment(app, {
      ports: readPorts({}),
      secrets,
      databaseUrls: { api: { DATABASE_URL: "postgresql://tandem_api@h/d" } },
      environment,
    });

  test("the API gets its own login, the pepper and the public key, and nothing that opens a credential", () => {
    const seen = seenBy("api");
    expect(seen).toMatchObject({ DATABASE_URL: "postgresql://tandem_api@h/d", HOME: "/home/somebody", PORT: "4000" });
    const names = Object.keys(seen).filter(
      (name) => name in secrets || name.includes("OWNER") || name.startsWith("npm_"),
    );
    expect(names.toSorted()).toEqual([
      "TANDEM_AUDIT_PUBLIC_KEY",
      "TANDEM_KEY_PEPPER",
      "TANDEM_LINK_KEY",
      "TANDEM_PROOF_KEY",
      "TANDEM_SEALING_PUBLIC_KEY",
      "TANDEM_TALK_KEY",
    ]);
  });

  test("the sandbox gets no secret and no database", () => {
    const seen = seenBy("sandbox");
    expect(Object.keys(seen).filter((name) => name in secrets || name.includes("DATABASE"))).toEqual([]);
  });
});

describe("ports", () => {
  test("a taken port is named together with its variable", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as AddressInfo;
    await expect(requireFreePorts({ media: port })).rejects.toThrow(
      `Port ${port} for the media service is taken. Fix: set TANDEM_MEDIA_PORT`,
    );
    server.close();
  });

  test("a value that is no port is refused", () => {
    expect(() => readPorts({ PORT: "eighty" })).toThrow("PORT=eighty is not a port");
  });
});
