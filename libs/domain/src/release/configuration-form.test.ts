import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { type Manifest, parameterOrder, parseManifest } from "../manifest/index.ts";
import type { Overlay } from "../tenant/index.ts";
import { configurationForm, isNeededBy } from "./configuration-form.ts";

const folder = join(import.meta.dirname, "../../../../playbooks/after-hours-answering");
const files = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
);
const source = files.get("manifest.yaml") ?? "";

function manifest(from = "", to = ""): Manifest {
  const parsed = parseManifest(new Map([...files, ["manifest.yaml", source.replace(from, () => to)]]));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.manifest;
}

const form = (tenant: Overlay = {}, deployment: Overlay = {}, of = manifest()) =>
  configurationForm(of, { tenant, deployment }, parameterOrder(source));
const field = (name: string, ...layers: [tenant?: Overlay, deployment?: Overlay, of?: Manifest]) =>
  form(...layers).fields.find((each) => each.name === name);

describe("configurationForm", () => {
  it("asks in the author's order", () => {
    const names = form().fields.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(["businessName", "businessDescription", "timeZone", "openingHours"]);
    const stored = configurationForm(manifest(), { tenant: {}, deployment: {} }, ["timeZone"]);
    expect(stored.fields[0]?.name).toBe("timeZone");
    expect(stored.fields).toHaveLength(names.length);
  });

  it("says which layer a value comes from and what each layer says", () => {
    expect(field("ringSeconds", { ringSeconds: 30 }, { ringSeconds: 15 })).toMatchObject({
      value: 15,
      source: "deployment-overlay",
      layers: { playbook: 20, tenant: 30, deployment: 15 },
    });
    expect(field("businessName")).toMatchObject({ value: null, source: null, layers: {} });
    expect(field("ringSeconds", { ringSeconds: 30 }, { ringSeconds: 99 })).toMatchObject({
      value: 30,
      source: "tenant-overlay",
      layers: { deployment: 99 },
    });
  });

  it("knows which fields only one kind of agent uses, and whose voice a voice is", () => {
    expect(field("voice")).toMatchObject({ agents: ["custom-llm", "retell-llm"], voiceOf: "voiceAgent" });
    expect(field("cartesiaVoice")).toMatchObject({ agents: ["tandem"], voiceOf: "provider.cartesia" });
    expect(field("businessName")).toMatchObject({ agents: null, voiceOf: null });
  });

  it("puts hours and days into their time zone", () => {
    expect(
      form()
        .fields.filter(({ timeZoneOf }) => timeZoneOf === "timeZone")
        .map(({ name }) => name),
    ).toEqual(["openingHours", "holidays", "scheduleOverrides", "callbackHours"]);
    const fixed = manifest('timeZone: "{{parameters.timeZone}}"\n    weekly', "timeZone: Europe/Berlin\n    weekly");
    expect(field("openingHours", {}, {}, fixed)?.timeZoneOf).toBeNull();
  });

  it("names the accounts that the chosen agent needs", () => {
    const needed = (agentKind: string) => {
      const { agent, accounts } = form({}, { agentKind });
      expect(agent).toEqual({ parameter: "agentKind", kind: agentKind });
      return accounts.filter((account) => isNeededBy(account, agent.kind)).map(({ role }) => role);
    };
    expect(needed("retell-llm")).toEqual(["calendar", "crm", "telephony", "voiceAgent"]);
    expect(needed("custom-llm")).toEqual([
      ...needed("retell-llm"),
      ...["groq", "openai", "together"].map((name) => `provider.${name}`),
    ]);
    expect(needed("tandem")).toEqual([
      "calendar",
      "crm",
      "telephony",
      ...["cartesia", "deepgram", "elevenlabs", "groq", "openai", "together"].map((name) => `provider.${name}`),
    ]);
    const deepgram = form().accounts.find(({ role }) => role === "provider.deepgram");
    expect(deepgram).toMatchObject({ kinds: ["stt", "tts"], agents: ["tandem"] });
  });

  it("says nothing of kinds where the playbook fixes one", () => {
    const fixed = manifest('kind: "{{parameters.agentKind}}"', "kind: tandem");
    const { agent, fields } = form({}, {}, fixed);
    expect(agent).toEqual({ parameter: null, kind: "tandem" });
    expect(fields.every(({ agents }) => agents === null)).toBe(true);
  });

  it("tells what is wrong with the layers", () => {
    const codes = form({ nonsense: 1 }, { ringSeconds: 1 }).diagnostics.map(({ path }) => path);
    expect(codes).toEqual(
      expect.arrayContaining(["tenant-overlay.nonsense", "deployment-overlay.ringSeconds", "parameters.businessName"]),
    );
  });
});
