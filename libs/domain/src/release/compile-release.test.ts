import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { canonicalJson, contentHash, isJsonObject, type Json } from "@tandem/kernel";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Manifest, parseManifest } from "../manifest/index.ts";
import type { AccountRole, Overlay } from "../tenant/index.ts";
import { callVariables } from "./call-variables.ts";
import { type CompiledRelease, compileRelease, type ReleaseInput } from "./compile-release.ts";
import { dialledNumbers } from "./dialled-numbers.ts";

const playbooks = join(import.meta.dirname, "../../../../playbooks");

function read(name: string): { manifest: Manifest; hash: string; overlays: { tenant: Overlay; deployment: Overlay } } {
  const folder = join(playbooks, name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = new Map(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
  );
  const parsed = parseManifest(files);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return {
    manifest: parsed.manifest,
    hash: parsed.hash,
    overlays: load(files.get("example.overlay.yaml") ?? "") as { tenant: Overlay; deployment: Overlay },
  };
}

const vendors: Record<AccountRole, string> = {
  telephony: "twilio",
  voiceAgent: "retell",
  calendar: "google",
  crm: "hubspot",
};
const owners: Record<string, "slot" | "deployment" | "connection"> = {
  "telephony.number": "deployment",
  "voice-agent.llm": "slot",
  "voice-agent.agent": "slot",
  "calendar.calendar": "connection",
  "crm.property-group": "connection",
  "crm.property": "connection",
  "crm.pipeline": "connection",
};
const kindOf: ReleaseInput["kindOf"] = (_, kind) =>
  owners[kind] === undefined ? null : { owner: owners[kind], fields: z.looseObject({}) };

const PROVIDERS: ReleaseInput["providers"] = {
  deepgram: ["stt", "tts"],
  cartesia: ["tts"],
  elevenlabs: ["tts"],
  openai: ["llm"],
  groq: ["llm"],
  together: ["llm"],
};

function input(name = "after-hours-answering"): ReleaseInput {
  const { manifest, hash, overlays } = read(name);
  return {
    manifest,
    manifestHash: hash,
    deployment: { id: "0197-deployment", name: "main-office", environment: "production", number: "+15550100100" },
    overlays,
    connections: Object.fromEntries(
      Object.entries(vendors).map(([role, vendor]) => [
        role,
        { connectionId: `connection-${vendor}`, vendor, requiredScopes: ["z", "a"] },
      ]),
    ),
    ingress: {
      voiceUrl: "https://t.example/voice/k",
      voiceFallbackUrl: "https://f.example/k",
      statusUrl: "https://t.example/voice/k/status",
      toolUrl: "https://t.example/agent/k/tools",
      agentEventsUrl: "https://t.example/agent/k/events",
      llmUrl: "wss://t.example/agent/k/llm/s",
    },
    kindOf,
    providers: PROVIDERS,
  };
}

function compiled(release: CompiledRelease) {
  if (!release.ok) throw new Error(JSON.stringify(release.diagnostics, null, 1));
  return release;
}

/** The same value with the members of every object in another order. */
function shuffled(value: Json, order: (name: string) => number): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item as Json, order));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => order(left) - order(right))
      .map(([name, member]) => [name, shuffled(member, order)]),
  );
}

describe("compileRelease", () => {
  const base = input();
  const first = compiled(compileRelease(base));

  it.each(["after-hours-answering", "lead-qualifier"])(
    "compiles %s with nothing to say and no template left but those of the call",
    (name) => {
      const release = compiled(compileRelease(input(name)));
      expect(release.diagnostics).toEqual([]);
      const left = [...JSON.stringify(release.bundle).matchAll(/\{\{\s*([\w.]+)/g)].map(([, found]) => found ?? "");
      expect(left.filter((found) => !/^(call[._]|saved\.)/.test(found))).toEqual([]);
      expect(release.hash).toBe(contentHash(JSON.parse(JSON.stringify(release.bundle)) as Json));
    },
  );

  it("gives the same hash whatever the order of keys, scopes and overlays", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer()), (stream) => {
        const ranks = new Map<string, number>();
        const order = (name: string): number => {
          if (!ranks.has(name)) ranks.set(name, Number(stream.next().value));
          return ranks.get(name) ?? 0;
        };
        const { kindOf: _, ...data } = base;
        const mixed = shuffled(data as unknown as Json, order) as unknown as Omit<ReleaseInput, "kindOf">;
        expect(compiled(compileRelease({ ...mixed, kindOf })).hash).toBe(first.hash);
      }),
      { numRuns: 25 },
    );
  });

  it("gives another hash for another value, account, address or manifest", () => {
    const variants: ReleaseInput[] = [
      { ...base, overlays: { ...base.overlays, deployment: { ringSeconds: 16 } } },
      {
        ...base,
        connections: { ...base.connections, crm: { connectionId: "other", vendor: "hubspot", requiredScopes: [] } },
      },
      { ...base, ingress: { ...base.ingress, toolUrl: "https://u.example/tools" } },
      { ...base, manifestHash: "0".repeat(64) },
      { ...base, deployment: { ...base.deployment, number: "+15550100999" } },
    ];
    const hashes = variants.map((variant) => compiled(compileRelease(variant)).hash);
    expect(new Set([first.hash, ...hashes]).size).toBe(variants.length + 1);
  });

  it("orders resources by address and knows what must exist before them", () => {
    expect(
      first.bundle.resources.map(({ address, kind, role, owner, dependsOn }) => [
        address,
        kind,
        role,
        owner,
        dependsOn,
      ]),
    ).toEqual([
      ["calendar.calendar/callbacks", "calendar.calendar", "calendar", "connection", []],
      ["crm.property-group/after-hours", "crm.property-group", "crm", "connection", []],
      ["crm.property/call-reason", "crm.property", "crm", "connection", ["crm.property-group/after-hours"]],
      ["crm.property/call-urgency", "crm.property", "crm", "connection", ["crm.property-group/after-hours"]],
      ["telephony.number/main", "telephony.number", "telephony", "deployment", []],
      ["voice-agent.agent/main", "voice-agent.agent", "voiceAgent", "slot", ["voice-agent.llm/main"]],
      ["voice-agent.llm/main", "voice-agent.llm", "voiceAgent", "slot", []],
    ]);
  });

  it("remembers where values come from", () => {
    const fields = Object.fromEntries(first.bundle.resources.map(({ address, sources }) => [address, sources]));
    expect(first.bundle.sources).toMatchObject({
      "answer.whenOpen.ringSeconds": "deployment-overlay",
      "answer.schedule.timeZone": "tenant-overlay",
    });
    expect(first.bundle.sources).not.toHaveProperty("answer.schedule.weekly");
    expect(fields["voice-agent.llm/main"]).toEqual({
      prompt: "tenant-overlay",
      beginMessage: "tenant-overlay",
      tools: "system",
    });
    expect(fields["telephony.number/main"]?.["voiceUrl"]).toBe("system");
    expect(first.bundle.parameters["ringSeconds"]).toEqual({ value: 15, source: "deployment-overlay" });
  });

  it("keeps types, leaves references for later, unites scopes", () => {
    const agent = first.bundle.resources.find(({ kind }) => kind === "voice-agent.agent");
    expect(agent?.fields).toMatchObject({
      llmId: { $ref: "voice-agent.llm/main", part: "externalId" },
      maxCallDurationMs: 900_000,
      endCallAfterSilenceMs: 30_000,
      boostedKeywords: ["Harbor Plumbing"],
    });
    expect(first.bundle.answer.whenOpen).toEqual({
      do: "ring-staff",
      numbers: ["+15550100101", "+15550100102"],
      ringSeconds: 15,
      noAnswer: "agent",
    });
    expect(first.bundle.connections.crm?.requiredScopes).toEqual([
      "a",
      "crm.objects.contacts.read",
      "crm.objects.contacts.write",
      "crm.schemas.contacts.read",
      "crm.schemas.contacts.write",
      "z",
    ]);
  });

  it("tells the agent the disclosure first, then the safety rules, the steps and the tools", () => {
    const fields = first.bundle.resources.find(({ kind }) => kind === "voice-agent.llm")?.fields as {
      prompt: string;
      beginMessage: string;
      tools: { name: string; url: string; parameters: Json }[];
    };
    expect(fields.beginMessage).toBe(
      "Thank you for calling Harbor Plumbing. I am the automated assistant. This call may be recorded. How can I help you?",
    );
    expect(fields.prompt).toContain('call `transfer_call` with destination "emergency"');
    expect(fields.prompt).toContain("{{call_local_time}}");
    expect(fields.prompt.indexOf("# Rules that outrank")).toBeLessThan(fields.prompt.indexOf("## understand"));
    expect(fields.tools.find(({ name }) => name === "book_slot")).toMatchObject({
      url: "https://t.example/agent/k/tools/book_slot",
      parameters: { type: "object", required: ["name", "phone", "start"] },
    });
  });

  it("never reads a value again: text that looks like a template cannot come in", () => {
    const sneaky = compileRelease({
      ...base,
      overlays: { ...base.overlays, deployment: { businessName: "{{ingress.toolUrl}}" } },
    });
    expect(sneaky.ok).toBe(false);
    expect(sneaky.diagnostics).toMatchObject([{ path: "deployment-overlay.businessName" }]);
  });

  it.each<[string, Partial<ReleaseInput>, string, string]>([
    ["a missing connection", { connections: {} }, "missing-connection", "connections.calendar"],
    [
      "a vendor that the playbook was not written for",
      { connections: { ...base.connections, crm: { connectionId: "c", vendor: "salesforce", requiredScopes: [] } } },
      "unsupported-vendor",
      "connections.crm",
    ],
    ["a missing number", { deployment: { ...base.deployment, number: null } }, "missing-number", "deployment.number"],
    ["a missing parameter", { overlays: { tenant: {}, deployment: base.overlays.tenant } }, "", ""],
    [
      "a bad parameter",
      { overlays: { ...base.overlays, deployment: { ringSeconds: 600 } } },
      "invalid-value",
      "deployment-overlay.ringSeconds",
    ],
    ["an unknown kind", { kindOf: () => null }, "unknown-kind", 'resources["calendar.calendar/callbacks"]'],
    [
      "another owner",
      {
        kindOf: (vendor, kind) =>
          kind === "voice-agent.llm" ? { owner: "deployment", fields: z.any() } : kindOf(vendor, kind),
      },
      "wrong-owner",
      'resources["voice-agent.llm/main"].owner',
    ],
    [
      "fields that the kind refuses",
      {
        kindOf: (vendor, kind) =>
          kind === "voice-agent.agent"
            ? { owner: "slot", fields: z.object({ voiceId: z.int(), llmId: z.string() }) }
            : kindOf(vendor, kind),
      },
      "wrong-type",
      'resources["voice-agent.agent/main"].fields.voiceId',
    ],
  ])("answers %s with a diagnostic that has a fix", (_, change, code, path) => {
    const release = compileRelease({ ...base, ...change });
    expect(release.ok).toBe(code === "");
    if (code !== "")
      expect(
        release.diagnostics.find((found) => found.code === code && found.path === path)?.fix,
        JSON.stringify(release.diagnostics, null, 1),
      ).toBeTruthy();
    expect(release.diagnostics.filter(({ path: place }) => place.endsWith(".llmId"))).toEqual([]);
  });

  it("says once what is missing, not again wherever it is used", () => {
    const release = compileRelease({ ...base, overlays: { tenant: {}, deployment: {} } });
    expect(new Set(release.diagnostics.map(({ code }) => code))).toEqual(new Set(["parameter-unset"]));
    expect(release.diagnostics).toHaveLength(7);
  });

  it("warns when one deployment's own value would go into a shared object", () => {
    const release = compiled(
      compileRelease({ ...base, overlays: { ...base.overlays, deployment: { calendarName: "Mine" } } }),
    );
    expect(release.diagnostics).toMatchObject([{ severity: "warning", code: "shared-object-value" }]);
  });

  it("refuses resources that wait for each other", () => {
    const resources = {
      ...base.manifest.resources,
      "crm.property-group/after-hours": {
        ...base.manifest.resources["crm.property-group/after-hours"],
        dependsOn: ["crm.property/call-reason"],
      },
    } as Manifest["resources"];
    const release = compileRelease({ ...base, manifest: { ...base.manifest, resources } });
    expect(release.diagnostics.map(({ code }) => code)).toEqual([
      "reference-cycle",
      "reference-cycle",
      "reference-cycle",
    ]);
  });

  it("is total: whatever overlays and addresses, an answer", () => {
    const overlay = fc.dictionary(
      fc.constantFrom(...Object.keys(base.manifest.parameters), "unknown"),
      fc.jsonValue(),
      { maxKeys: 6 },
    ) as fc.Arbitrary<Overlay>;
    fc.assert(
      fc.property(overlay, overlay, (tenant, deployment) => {
        const release = compileRelease({
          ...base,
          overlays: { tenant: { ...base.overlays.tenant, ...tenant }, deployment },
        });
        if (release.ok) expect(canonicalJson(release.bundle as unknown as Json).length).toBeGreaterThan(1000);
        else expect(release.diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("knows every number it may dial and what the agent is told about a call", () => {
    expect(dialledNumbers(first.bundle).map(({ number }) => number)).toEqual([
      "+15550100101",
      "+15550100102",
      "+15550100104",
      "+15550100103",
      "+15550100105",
    ]);
    expect(callVariables(first.bundle, { from: "+15550100900", epochMs: Date.parse("2026-11-23T19:05:00Z") })).toEqual({
      call_from: "+15550100900",
      call_local_date: "Monday, November 23, 2026",
      call_local_time: "2:05 PM",
      call_is_open: "yes",
    });
    expect(callVariables(first.bundle, { from: "", epochMs: Date.parse("2026-12-25T19:05:00Z") })).toMatchObject({
      call_from: "withheld",
      call_is_open: "no",
    });
  });
});
