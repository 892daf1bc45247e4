import { describe, expect, it } from "vitest";
import { checkVersionStep, compareManifests } from "./compare-manifests.ts";
import type { Manifest } from "./manifest.ts";
import { compareVersions, SemanticVersion } from "./semantic-version.ts";

const label = "Label";
const tool = {
  name: "book",
  description: "",
  operation: "calendar.book",
  resource: "calendar.calendar/main",
  arguments: { start: { type: "string", description: "", required: true } },
  settings: {},
  acknowledgement: "",
  timeoutMs: 1000,
} as const;

/** Only what the comparison looks at. */
const base = {
  version: "1.2.0",
  parameters: {
    name: { type: "text", label, required: true, max: 40 },
    seconds: { type: "integer", label, required: true, min: 5, max: 60, default: 20 },
    mode: {
      type: "choice",
      label,
      required: true,
      choices: [
        { value: "a", label },
        { value: "b", label },
      ],
      default: "a",
    },
    extra: { type: "text", label, required: false },
  },
  roles: { crm: { vendors: { hubspot: [], salesforce: [] }, reason: "" } },
  resources: { "calendar.calendar/main": { owner: "connection", fields: { summary: "x" } } },
  tools: [tool],
  answer: {},
  agent: { kind: "retell-llm" },
  conversation: { persona: "x" },
  providers: {},
  latency: {},
  fallbackNumber: "",
  emergency: {},
  humanPath: {},
  policies: {},
  smoke: [],
  kpis: [],
  breakingChanges: [],
} as unknown as Manifest;

const change = (edit: (draft: Record<string, never>) => void): Manifest => {
  const draft = structuredClone(base) as unknown as Record<string, never>;
  edit(draft);
  return draft as unknown as Manifest;
};
type Draft = {
  parameters: Record<string, Record<string, unknown>>;
  roles: Record<string, { vendors: Record<string, unknown> }>;
  resources: Record<string, Record<string, unknown>>;
  tools: { arguments: Record<string, { required: boolean }>; operation: string; name: string }[];
  conversation: { persona: string };
};
const edited = (edit: (draft: Draft) => void): Manifest =>
  change(edit as unknown as (draft: Record<string, never>) => void);

const cases: [string, Manifest, string, string, boolean][] = [
  [
    "a parameter removed",
    edited(({ parameters }) => delete parameters["extra"]),
    "parameter-removed",
    "parameters.extra",
    true,
  ],
  [
    "a parameter retyped",
    edited(({ parameters }) => (parameters["name"] = { type: "email", label, required: true })),
    "parameter-retyped",
    "parameters.name",
    true,
  ],
  [
    "a parameter newly required",
    edited(({ parameters }) => (parameters["extra"] = { type: "text", label, required: true })),
    "parameter-required",
    "parameters.extra",
    true,
  ],
  [
    "a default taken away",
    edited(({ parameters }) => delete parameters["seconds"]?.["default"]),
    "parameter-required",
    "parameters.seconds",
    true,
  ],
  [
    "a new parameter that must be set",
    edited(({ parameters }) => (parameters["fresh"] = { type: "text", label, required: true })),
    "parameter-required",
    "parameters.fresh",
    true,
  ],
  [
    "a new parameter with a default",
    edited(({ parameters }) => (parameters["fresh"] = { type: "text", label, required: true, default: "x" })),
    "parameter-added",
    "parameters.fresh",
    false,
  ],
  [
    "a narrower range",
    edited(({ parameters }) => (parameters["seconds"] = { ...parameters["seconds"], max: 30 })),
    "parameter-narrowed",
    "parameters.seconds",
    true,
  ],
  [
    "a choice taken away",
    edited(({ parameters }) => (parameters["mode"] = { ...parameters["mode"], choices: [{ value: "a", label }] })),
    "parameter-narrowed",
    "parameters.mode",
    true,
  ],
  ["a role removed", edited(({ roles }) => delete roles["crm"]), "role-removed", "roles.crm", true],
  ["a role added", edited(({ roles }) => (roles["calendar"] = { vendors: {} })), "role-added", "roles.calendar", true],
  [
    "a vendor removed",
    edited(({ roles }) => delete roles["crm"]?.vendors["salesforce"]),
    "vendor-removed",
    "roles.crm.vendors.salesforce",
    true,
  ],
  [
    "a resource removed",
    edited(({ resources }) => delete resources["calendar.calendar/main"]),
    "resource-removed",
    'resources["calendar.calendar/main"]',
    true,
  ],
  [
    "a resource added",
    edited(({ resources }) => (resources["calendar.calendar/other"] = { owner: "connection", fields: {} })),
    "resource-added",
    'resources["calendar.calendar/other"]',
    false,
  ],
  [
    "an owner changed",
    edited(({ resources }) => (resources["calendar.calendar/main"] = { owner: "slot", fields: { summary: "x" } })),
    "owner-changed",
    'resources["calendar.calendar/main"].owner',
    true,
  ],
  ["a tool removed", edited(({ tools }) => tools.splice(0)), "tool-removed", "tools.book", true],
  [
    "a tool that does something else",
    edited(({ tools }) => (tools[0] = { ...tools[0], operation: "calendar.cancel" } as Draft["tools"][number])),
    "tool-changed",
    "tools.book",
    true,
  ],
  [
    "a tool that needs more",
    edited(({ tools }) => ((tools[0] as Draft["tools"][number]).arguments["email"] = { required: true })),
    "tool-changed",
    "tools.book",
    true,
  ],
  [
    "a new wording",
    edited(({ conversation }) => (conversation.persona = "y")),
    "content-changed",
    "conversation",
    false,
  ],
];

describe("compareManifests", () => {
  it.each(cases)("%s", (_, next, code, path, isBreaking) => {
    expect(compareManifests(base, next)).toContainEqual(expect.objectContaining({ code, path, isBreaking }));
    expect(compareManifests(base, next).some((found) => found.isBreaking)).toBe(isBreaking);
  });

  it("finds nothing between equal manifests", () => {
    expect(compareManifests(base, structuredClone(base))).toEqual([]);
  });
});

describe("checkVersionStep", () => {
  const breaking = cases[0]?.[1] as Manifest;
  const wording = cases.at(-1)?.[1] as Manifest;
  const declared = [{ since: "2.0.0", summary: "x", migration: "y" }];
  const step = (next: Manifest, version: string, breakingChanges: Manifest["breakingChanges"] = []) =>
    checkVersionStep(base, { ...next, version, breakingChanges }).map(({ code }) => code);

  it.each<[string, Manifest, string, Manifest["breakingChanges"], string[]]>([
    ["new wording in a patch", wording, "1.2.1", [], []],
    ["the same version again", wording, "1.2.0", [], ["version-not-newer"]],
    ["an older version", wording, "1.1.9", [], ["version-not-newer"]],
    ["a breaking change in a minor version", breaking, "1.3.0", declared, ["breaking-change"]],
    ["a breaking change without a word about it", breaking, "2.0.0", [], ["breaking-change-undeclared"]],
    ["a breaking change, declared, in a major version", breaking, "2.0.0", declared, []],
    [
      "a breaking change in a pre-release of the major version",
      breaking,
      "2.0.0-rc.1",
      [{ since: "2.0.0-rc.1", summary: "x", migration: "y" }],
      [],
    ],
  ])("%s", (_, next, version, breakingChanges, codes) => {
    expect(step(next, version, breakingChanges)).toEqual(codes);
  });
});

describe("semantic versions", () => {
  it("are ordered as the standard says", () => {
    const ordered = [
      "0.9.9",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.10.0",
      "2.0.0",
    ];
    expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  });

  it.each(["1.0", "v1.0.0", "01.0.0", "1.0.0+build", "1.0.0-", ""])("refuse %j", (text) => {
    expect(SemanticVersion.safeParse(text).success).toBe(false);
  });
});
