import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { load } from "js-yaml";
import { descriptors as catalog } from "../libs/catalog/src/index.ts";
import { parseManifest } from "../libs/domain/src/manifest/index.ts";
import { compileRelease, type Overlays, type ProviderKinds } from "../libs/domain/src/release/index.ts";
import { describe, expect, it } from "vitest";
import { readPlaybookFolder } from "./playbook-folder.mjs";
import { workspaceRoot } from "./projects.mjs";

const root = join(workspaceRoot, "playbooks");
const names = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const descriptors = Object.values(catalog);

describe.each(names)("playbook %s", (name) => {
  const parsed = parseManifest(readPlaybookFolder(join(root, name)), `playbooks/${name}/`);

  it("has nothing wrong and nothing doubtful, and its folder's name", () => {
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.ok && parsed.manifest.name).toBe(name);
  });

  it("asks for scopes that the adapters know", () => {
    if (!parsed.ok) throw new Error("invalid");
    for (const role of Object.values(parsed.manifest.roles)) {
      for (const [vendor, scopes] of Object.entries(role.vendors)) {
        const known = Object.keys(descriptors.find(({ id }) => id === vendor)?.requiredScopes ?? {});
        expect(known).toEqual(expect.arrayContaining(scopes));
      }
    }
  });

  it.each(["tandem", "custom-llm", "retell-llm"])("compiles for %s against what the adapters declare", (agentKind) => {
    if (!parsed.ok) throw new Error("invalid");
    const example = load(readFileSync(join(root, name, "example.overlay.yaml"), "utf8")) as Overlays;
    const overlays = { ...example, deployment: { ...example.deployment, agentKind } };
    const connections = Object.fromEntries(
      descriptors.flatMap(({ id, roles, requiredScopes, providers = {} }) =>
        [...roles, ...Object.keys(providers).map((provider) => `provider.${provider}`)].map((role) => [
          role,
          { connectionId: `connection-${id}`, vendor: id, requiredScopes: Object.keys(requiredScopes), providers },
        ]),
      ),
    );
    const release = compileRelease({
      manifest: parsed.manifest,
      manifestHash: parsed.hash,
      deployment: { id: "deployment", name: "main-office", environment: "production", number: "+15550100100" },
      overlays,
      connections,
      ingress: {
        voiceUrl: "https://t.example/v",
        voiceFallbackUrl: "https://t.example/f",
        statusUrl: "https://t.example/s",
        toolUrl: "https://t.example/t",
        agentEventsUrl: "https://t.example/e",
        llmUrl: "wss://t.example/agent/k/llm/s",
      },
      providers: Object.assign({}, ...descriptors.map(({ providers }) => providers ?? {})) as ProviderKinds,
      kindOf: (vendor, kind) =>
        descriptors.find(({ id }) => id === vendor)?.resources.find((resource) => resource.kind === kind),
    });
    expect(release.diagnostics).toEqual([]);
    expect(release.ok).toBe(true);
  });

  it("satisfies the schema that editors use", () => {
    const ajv = new Ajv.default({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(join(root, "manifest.schema.json"), "utf8")) as object);
    const document = load(readFileSync(join(root, name, "manifest.yaml"), "utf8")) as object;
    expect([validate(document), validate.errors]).toEqual([true, null]);
    expect(validate({ ...document, version: 1 })).toBe(false);
  });
});

it("the schema that editors use is up to date", () => {
  const output = execFileSync(process.execPath, [join(workspaceRoot, "tools/manifest-schema.mjs"), "--check"], {
    encoding: "utf8",
  });
  expect(output).toContain("up to date");
});
