import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { AgentKind } from "./agent.ts";
import type { Manifest } from "./manifest.ts";
import { manifestForAgent } from "./manifest-for-agent.ts";
import { parseManifest } from "./parse-manifest.ts";

const folder = join(import.meta.dirname, "../../../../playbooks/after-hours-answering");
const files = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
);
const parse = (from = "", to = "") => {
  const text = files.get("manifest.yaml") ?? "";
  if (from !== "") expect(text.split(from)).toHaveLength(2);
  return parseManifest(new Map([...files, ["manifest.yaml", text.replace(from, () => to)]]));
};

function shipped(): Manifest {
  const parsed = parse();
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.manifest;
}

describe("manifestForAgent", () => {
  const manifest = shipped();
  const agent = (kind: AgentKind) => manifestForAgent(manifest, kind).resources["voice-agent.agent/main"];

  it("leaves out what belongs to other kinds", () => {
    const own = manifestForAgent(manifest, "tandem");
    expect(Object.keys(own.roles).toSorted()).toEqual(["calendar", "crm", "telephony"]);
    expect(Object.keys(own.resources).filter((address) => address.startsWith("voice-agent."))).toEqual([]);
    expect(own.smoke.some(({ name }) => name.includes("corrects"))).toBe(true);
    expect(Object.keys(manifestForAgent(manifest, "custom-llm").resources)).not.toContain("voice-agent.llm/main");
  });

  it("adds the fields of the kind and no other", () => {
    expect(agent("custom-llm")?.fields).toMatchObject({ llmWebsocketUrl: "{{ingress.llmUrl}}" });
    expect(agent("custom-llm")?.fields["llmId"]).toBeUndefined();
    expect(agent("retell-llm")?.fields).toMatchObject({ llmId: { $ref: "voice-agent.llm/main" } });
    expect(agent("retell-llm")?.fields["llmWebsocketUrl"]).toBeUndefined();
  });

  it("says no more for whom a part is, so that a release reads the same before and after a restriction", () => {
    for (const kind of AgentKind.options)
      expect(JSON.stringify(manifestForAgent(manifest, kind).resources)).not.toMatch(/forAgents|fieldsFor/);
  });
});

describe("parts for some kinds of agent", () => {
  it.each<[string, string, string, { code: string; path: string }]>([
    [
      "an agent made without its language model",
      '      custom-llm: { llmWebsocketUrl: "{{ingress.llmUrl}}" }\n',
      "      custom-llm: { llmId: { $ref: voice-agent.llm/main, part: externalId } }\n",
      { code: "narrower-reference", path: 'resources["voice-agent.agent/main"]' },
    ],
    [
      "a resource made where its account is not asked for",
      "    forAgents: [custom-llm, retell-llm]\n    reason:",
      "    forAgents: [retell-llm]\n    reason:",
      { code: "narrower-reference", path: 'resources["voice-agent.agent/main"]' },
    ],
    [
      "a calendar that only some agents have",
      "  calendar.calendar/callbacks:\n",
      "  calendar.calendar/callbacks:\n    forAgents: [tandem]\n",
      { code: "narrower-reference", path: "tools[0]" },
    ],
    [
      "fields for a kind that the resource is not made for",
      '      custom-llm: { llmWebsocketUrl: "{{ingress.llmUrl}}" }\n',
      '      tandem: { llmWebsocketUrl: "{{ingress.llmUrl}}" }\n',
      { code: "fields-for-nobody", path: 'resources["voice-agent.agent/main"].fieldsFor.tandem' },
    ],
    [
      "a field given twice",
      '      custom-llm: { llmWebsocketUrl: "{{ingress.llmUrl}}" }\n',
      '      custom-llm: { llmWebsocketUrl: "{{ingress.llmUrl}}", voiceId: x }\n',
      { code: "field-given-twice", path: 'resources["voice-agent.agent/main"].fieldsFor.custom-llm.voiceId' },
    ],
    [
      "an unknown kind",
      "    forAgents: [retell-llm]\n    fields:",
      "    forAgents: [retell]\n    fields:",
      { code: "invalid-value", path: 'resources["voice-agent.llm/main"].forAgents[0]' },
    ],
    [
      "a tool that a caller waits for in vain",
      "  - { $file: smoke/answers.yaml }\n",
      "  - { name: x, steps: [{ do: answer, expect: any }, { do: expect-tool, tool: find_slot, outcome: success }] }\n",
      { code: "dangling-tool", path: "smoke[0].steps[1].tool" },
    ],
  ])("%s is refused", (_, from, to, expected) => {
    expect(parse(from, to).diagnostics).toContainEqual(expect.objectContaining(expected));
  });

  it("counts a tool that a spoken scenario waits for as tried", () => {
    const spoken = parse("  - { $file: smoke/keeps-message.yaml }\n", "").diagnostics.filter(
      ({ code }) => code === "smoke-untried-tool",
    );
    expect(spoken).toEqual([]);
  });
});
