import { expect, test } from "vitest";
import { agentDifferences } from "./compare-agents.ts";
import type { Manifest } from "./manifest.ts";

const choice = (values: readonly string[], standard: string) => ({
  agentKind: {
    type: "choice",
    label: "x",
    required: true,
    choices: values.map((value) => ({ value, label: value })),
    default: standard,
  },
});
const chain = (...names: string[]) => names.map((provider) => ({ provider, model: "m", settings: {} }));

const fixed = (kind: string): Partial<Manifest> => ({ parameters: {}, agent: { kind } as Manifest["agent"] });
const chosen = (values: readonly string[], standard: string): Partial<Manifest> => ({
  parameters: choice(values, standard) as unknown as Manifest["parameters"],
  agent: { kind: "{{parameters.agentKind}}" } as unknown as Manifest["agent"],
});

const manifest = (changes: Partial<Manifest>): Manifest =>
  ({
    roles: { voiceAgent: { vendors: { retell: [] }, reason: "x" } },
    resources: { "voice-agent.agent/main": { owner: "slot", fields: {} } },
    providers: { stt: chain("a", "a", "b"), llm: chain("c", "d", "e"), tts: chain("f", "g", "a") },
    ...fixed("retell-llm"),
    ...changes,
  }) as unknown as Manifest;

const ALL = ["tandem", "custom-llm", "retell-llm"];
const other = { stt: chain("a", "a", "b"), llm: chain("c", "d", "x"), tts: chain("f", "g", "a") };
const roles = (forAgents: string[]) =>
  ({ voiceAgent: { vendors: { retell: [] }, reason: "x", forAgents } }) as unknown as Manifest["roles"];
const resources = (forAgents: string[]) =>
  ({ "voice-agent.agent/main": { owner: "slot", fields: {}, forAgents } }) as unknown as Manifest["resources"];

test.each<[string, Partial<Manifest>, Partial<Manifest>, string[]]>([
  ["more kinds, the old one as default", fixed("retell-llm"), chosen(ALL, "retell-llm"), []],
  ["another default", chosen(ALL, "retell-llm"), chosen(ALL, "tandem"), ["agent-kind-changed agent.kind"]],
  [
    "a kind taken away",
    chosen(ALL, "tandem"),
    chosen(["tandem", "retell-llm"], "tandem"),
    ["agent-kind-removed agent.kind"],
  ],
  ["another provider where the vendor has its own", {}, { providers: other }, []],
  [
    "another provider in a chain in use",
    fixed("custom-llm"),
    { ...fixed("custom-llm"), providers: other },
    ["provider-added providers"],
  ],
  ["a part left out for a kind that was never possible", {}, { roles: roles(["custom-llm", "retell-llm"]) }, []],
  [
    "a resource left out for a kind in use",
    {},
    { resources: resources(["custom-llm"]) },
    ['resource-removed resources["voice-agent.agent/main"]'],
  ],
  ["a role needed by a kind in use", { roles: roles(["tandem"]) }, {}, ["role-added roles.voiceAgent"]],
])("%s", (_, before, after, codes) => {
  const found = agentDifferences(manifest(before), manifest(after));
  expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(codes);
  expect(found.every(({ isBreaking }) => isBreaking)).toBe(true);
});
