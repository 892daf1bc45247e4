import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { JsonObject } from "@tandem/kernel";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentKind, parseManifest } from "../manifest/index.ts";
import type { ByRole, Overlay } from "../tenant/index.ts";
import { compileRelease, type ReleaseInput, type RoleConnection } from "./compile-release.ts";
import type { ProviderKinds } from "./provider-connections.ts";

const root = join(import.meta.dirname, "../../../../playbooks");
const PROVIDERS: ProviderKinds = {
  deepgram: ["stt", "tts"],
  cartesia: ["tts"],
  elevenlabs: ["tts"],
  openai: ["llm"],
  groq: ["llm"],
  together: ["llm"],
};
const account = (vendor: string, providers?: ProviderKinds): RoleConnection => ({
  connectionId: `c-${vendor}`,
  vendor,
  requiredScopes: ["b", "a"],
  ...(providers && { providers }),
});
const speaking = (name: string, vendor = name): ByRole<RoleConnection> => ({
  [`provider.${name}`]: account(vendor, { [name]: PROVIDERS[name] ?? [] }),
});
const ACCOUNTS: ByRole<RoleConnection> = {
  telephony: account("twilio"),
  voiceAgent: account("retell"),
  calendar: account("google"),
  crm: account("hubspot"),
};
const MODELS = { ...speaking("openai"), ...speaking("groq", "openai"), ...speaking("together", "openai") };
const SPEECH = { ...speaking("deepgram"), ...speaking("cartesia"), ...speaking("elevenlabs") };

/** The release of a playbook that ships, by kind of agent; `from` in its manifest is replaced by `to`. */
function compile(
  kind: AgentKind,
  connections: ByRole<RoleConnection>,
  [from, to] = ["", ""],
  name = "after-hours-answering",
) {
  const folder = join(root, name);
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, "utf8").replaceAll(from || "\0", to)]),
  );
  const parsed = parseManifest(files);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const overlays = load(files.get("example.overlay.yaml") ?? "") as { tenant: Overlay; deployment: Overlay };
  const owner = (kindName: string): "slot" | "deployment" | "connection" =>
    kindName.startsWith("voice-agent.") ? "slot" : kindName === "telephony.number" ? "deployment" : "connection";
  const input: ReleaseInput = {
    manifest: parsed.manifest,
    manifestHash: parsed.hash,
    deployment: { id: "d", name: "main-office", environment: "production", number: "+15550100100" },
    overlays: { tenant: overlays.tenant, deployment: { ...overlays.deployment, agentKind: kind } },
    connections,
    ingress: {
      voiceUrl: "https://t.example/voice/k",
      voiceFallbackUrl: "https://f.example/k",
      statusUrl: "https://t.example/voice/k/status",
      toolUrl: "https://t.example/agent/k/tools",
      agentEventsUrl: "https://t.example/agent/k/events",
      llmUrl: "wss://t.example/agent/k/llm/s",
    },
    kindOf: (_, kindName) => ({ owner: owner(kindName), fields: z.looseObject({}) }),
    providers: PROVIDERS,
  };
  return compileRelease(input);
}

function bundleOf(...args: Parameters<typeof compile>) {
  const release = compile(...args);
  if (!release.ok) throw new Error(JSON.stringify(release.diagnostics, null, 1));
  expect(release.diagnostics).toEqual([]);
  return release.bundle;
}

const problemsOf = (...args: Parameters<typeof compile>) =>
  compile(...args).diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`);

const voiceAddresses = (bundle: ReturnType<typeof bundleOf>) =>
  bundle.resources.map(({ address }) => address).filter((address) => address.startsWith("voice-agent."));

describe.each(["after-hours-answering", "lead-qualifier"])("%s", (name) => {
  it("runs on our own engine with provider accounts and without a hosted agent", () => {
    const { voiceAgent: _, ...withoutHost } = ACCOUNTS;
    const bundle = bundleOf("tandem", { ...withoutHost, ...MODELS, ...SPEECH }, undefined, name);
    expect(voiceAddresses(bundle)).toEqual([]);
    expect(bundle.agent.kind).toBe("tandem");
    expect(bundle.agent.resource).toBeUndefined();
    expect(Object.keys(bundle.connections).toSorted()).toEqual([
      "calendar",
      "crm",
      "provider.cartesia",
      "provider.deepgram",
      "provider.elevenlabs",
      "provider.groq",
      "provider.openai",
      "provider.together",
      "telephony",
    ]);
    expect(bundle.connections["provider.groq"]).toEqual({
      connectionId: "c-openai",
      vendor: "openai",
      requiredScopes: ["a", "b"],
    });
    expect(bundle.smoke.filter(({ steps }) => steps.some((step) => step.do === "tool"))).toEqual([]);
    expect(bundle.smoke.filter(({ steps }) => steps.some((step) => step.do === "say")).length).toBeGreaterThan(1);
  });

  it("runs hosted, with our engine behind the socket", () => {
    const bundle = bundleOf("custom-llm", { ...ACCOUNTS, ...MODELS }, undefined, name);
    expect(voiceAddresses(bundle)).toEqual(["voice-agent.agent/main"]);
    const fields = bundle.resources.find(({ address }) => address === "voice-agent.agent/main")?.fields as JsonObject;
    expect(fields).toMatchObject({ llmWebsocketUrl: "wss://t.example/agent/k/llm/s" });
    expect(fields["llmId"]).toBeUndefined();
    expect(bundle.agent.resource).toBe("voice-agent.agent/main");
    expect(bundle.connections["provider.openai"]).toBeDefined();
    expect(bundle.connections["provider.cartesia"]).toBeUndefined();
  });

  it("runs hosted with the vendor's own model, as before, needing no provider account", () => {
    const bundle = bundleOf("retell-llm", ACCOUNTS, undefined, name);
    expect(voiceAddresses(bundle)).toEqual(["voice-agent.agent/main", "voice-agent.llm/main"]);
    expect(Object.keys(bundle.connections).filter((role) => role.startsWith("provider."))).toEqual([]);
    expect(bundle.smoke.some(({ steps }) => steps.some((step) => step.do === "tool"))).toBe(true);
  });
});

describe("accounts behind the chains", () => {
  const all = { ...ACCOUNTS, ...MODELS, ...SPEECH };

  it("names each provider without an account once, with every place that needs it", () => {
    const release = compile("tandem", { ...ACCOUNTS, ...MODELS });
    expect(release.ok).toBe(false);
    expect(release.diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "missing-connection connections.provider.cartesia",
      "missing-connection connections.provider.deepgram",
      "missing-connection connections.provider.elevenlabs",
    ]);
    expect(release.diagnostics[1]?.detail).toContain(
      "providers.stt[0].provider, providers.stt[1].provider, providers.stt[2].provider, providers.tts[2].provider",
    );
    expect(release.diagnostics[1]?.fix).toContain("`provider.deepgram`");
  });

  it("wants an account of the hosted agent only where one hosts", () => {
    const { voiceAgent: _, ...withoutHost } = all;
    expect(problemsOf("custom-llm", withoutHost)).toEqual(["error missing-connection connections.voiceAgent"]);
    expect(problemsOf("tandem", withoutHost)).toEqual([]);
  });

  it("refuses an account of another service, of another kind, and of a vendor that speaks not at all", () => {
    const wrong = (connection: RoleConnection) => problemsOf("tandem", { ...all, "provider.groq": connection });
    const refused = ["error unsupported-vendor connections.provider.groq"];
    expect(wrong(account("openai", { openai: ["llm"] }))).toEqual(refused);
    expect(wrong(account("openai", { groq: ["tts"] }))).toEqual(refused);
    expect(wrong(account("twilio"))).toEqual(refused);
    expect(wrong(account("openai", { groq: ["llm"], openai: ["llm"] }))).toEqual([]);
  });

  it("knows providers by name: errors in chains that are used, warnings in the others", () => {
    const typo: [string, string] = ["provider: cartesia", "provider: cartessia"];
    const [problem] = compile("tandem", all, typo).diagnostics;
    expect(problem).toMatchObject({ severity: "error", code: "unknown-provider", path: "providers.tts[0].provider" });
    expect(problem?.fix).toContain("Did you mean `cartesia`?");
    expect(problemsOf("custom-llm", all, typo)).toEqual(["warning unknown-provider providers.tts[0].provider"]);
    expect(compile("custom-llm", all, typo).ok).toBe(true);
    expect(problemsOf("tandem", all, ["provider: cartesia", "provider: groq"])).toEqual([
      "error wrong-provider-kind providers.tts[0].provider",
    ]);
  });
});
