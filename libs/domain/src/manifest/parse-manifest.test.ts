import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import type { Json } from "@tandem/kernel";
import { manifestFromContent, parseManifest } from "./parse-manifest.ts";

const playbooks = join(import.meta.dirname, "../../../../playbooks");

function filesOf(name: string): Map<string, string> {
  const folder = join(playbooks, name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
  );
}

const files = filesOf("after-hours-answering");
const text = files.get("manifest.yaml") ?? "";

/** The playbook with one text of its manifest replaced; the text must be there exactly once. */
function edited(from: string, to: string): Map<string, string> {
  expect(text.split(from), `${JSON.stringify(from)} must stand once`).toHaveLength(2);
  return new Map([...files, ["manifest.yaml", text.replace(from, () => to)]]);
}

const lineOf = (part: string, within = text): number => within.slice(0, within.indexOf(part)).split("\n").length;

describe("the playbooks that ship", () => {
  it.each(["after-hours-answering", "lead-qualifier"])("%s has nothing wrong and nothing doubtful", (name) => {
    const parsed = parseManifest(filesOf(name), `playbooks/${name}/`);
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.ok && parsed.manifest.name).toBe(name);
    expect(filesOf(name).get("manifest.yaml")).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/manifest\.schema\.json\n/,
    );
  });

  it("reads the same from its stored content as from its files", () => {
    const parsed = parseManifest(files);
    if (!parsed.ok) throw new Error("invalid");
    const stored = manifestFromContent(JSON.parse(JSON.stringify(parsed.manifest)) as Json);
    expect(stored.ok && stored.hash).toBe(parsed.hash);
  });

  it("changes its hash with a prompt file", () => {
    const [before, after] = [files, new Map([...files, ["prompts/goodbye.md", "Say goodbye."]])].map((each) =>
      parseManifest(each),
    );
    expect(before?.ok && after?.ok && before.hash !== after.hash).toBe(true);
  });
});

describe("every mistake is named with its place and its fix", () => {
  it.each<[string, string, string, { code: string; path: string; fix: RegExp; at?: string }]>([
    [
      "an unknown key",
      'ringSeconds: "{{parameters.ringSeconds}}"',
      "ringSecond: 20",
      { code: "unknown-key", path: "answer.whenOpen.ringSecond", fix: /`ringSeconds` instead of `ringSecond`/ },
    ],
    ["an unknown key at the top", "kpis:", "kpi:", { code: "unknown-key", path: "kpi", fix: /`kpis`/ }],
    [
      "a missing member",
      'fallbackNumber: "{{parameters.fallbackNumber}}"\n',
      "",
      { code: "missing", path: "fallbackNumber", fix: /Add `fallbackNumber`/, at: "# yaml" },
    ],
    [
      "a wrong type",
      "endpointingMs: 500",
      'endpointingMs: "500"',
      { code: "wrong-type", path: "agent.endpointingMs", fix: /Remove the quotes: 500/ },
    ],
    [
      "a value out of bounds",
      "endpointingMs: 500",
      "endpointingMs: 50",
      { code: "invalid-value", path: "agent.endpointingMs", fix: /at least 300/ },
    ],
    [
      "a wrong choice",
      "profile: responsive-500",
      "profile: responsive-50",
      { code: "invalid-value", path: "latency.profile", fix: /responsive-500/ },
    ],
    [
      "a wrong discriminator",
      "whenClosed: { do: agent }",
      "whenClosed: { do: agents }",
      { code: "invalid-value", path: "answer.whenClosed.do", fix: /agent, ring-staff/ },
    ],
    [
      "a number in place of a phone number",
      'fallbackNumber: "{{parameters.fallbackNumber}}"',
      "fallbackNumber: +15551234567",
      { code: "unquoted-phone-number", path: "fallbackNumber", fix: /"\+15551234567"/ },
    ],
    [
      "a phone number that lost its plus",
      'fallbackNumber: "{{parameters.fallbackNumber}}"',
      "fallbackNumber: 15551234567",
      { code: "unquoted-phone-number", path: "fallbackNumber", fix: /"\+15551234567"/ },
    ],
    ["an unquoted version", "version: 1.1.0", "version: 1.1", { code: "unquoted-text", path: "version", fix: /"1.1"/ }],
    [
      "a duplicate key",
      "title: After-hours answering",
      "title: A\ntitle: B",
      { code: "duplicate-key", path: "title", fix: /Keep one/, at: "title: B" },
    ],
    [
      "an alias",
      "emergencyNumber:\n    type: phone-number",
      "emergencyNumber: *x\n  other:\n    type: phone-number",
      { code: "alias", path: "parameters.emergencyNumber", fix: /Write the value out/ },
    ],
    [
      "bad syntax",
      "title: After-hours answering",
      "title: a: b",
      { code: "yaml-syntax", path: "", fix: /quotes|Indent/ },
    ],
    [
      "two providers instead of three",
      "    - { provider: deepgram, model: nova-2-phonecall, settings: {} }\n",
      "",
      { code: "invalid-value", path: "providers.stt", fix: /three providers/ },
    ],
    [
      "an interruptible emergency line",
      'emergencyNumber}}"\n  uninterruptible: true',
      'emergencyNumber}}"\n  uninterruptible: false',
      { code: "invalid-value", path: "emergency.uninterruptible", fix: /true/ },
    ],
    [
      "no human path",
      /humanPath:\n.*\n.*\n.*\n/.exec(text)?.[0] ?? "",
      "",
      { code: "missing", path: "humanPath", fix: /Add `humanPath`/, at: "# yaml" },
    ],
    [
      "a dangling tool",
      "tools: [save_contact, save_message]",
      "tools: [save_contact, save_mesage]",
      { code: "dangling-tool", path: "conversation.objectives[4].tools[1]", fix: /`save_message`/ },
    ],
    [
      "a dangling field",
      "collect: [reason, urgency]",
      "collect: [reason, urgencies]",
      { code: "dangling-field", path: "conversation.objectives[0].collect[1]", fix: /`urgency`/ },
    ],
    [
      "a dangling objective",
      "outcome: failure }, to: goodbye }",
      "outcome: failure }, to: good_bye }",
      { code: "dangling-objective", path: "conversation.objectives[4].next[1].to", fix: /`goodbye`/ },
    ],
    [
      "an answer that a choice cannot have",
      "field: urgency, value: urgent }",
      "field: urgency, value: urgently }",
      { code: "dangling-choice", path: "conversation.objectives[0].next[0].when.value", fix: /`urgent`/ },
    ],
    [
      "a dangling reference",
      "llmId: { $ref: voice-agent.llm/main",
      "llmId: { $ref: voice-agent.llm/mian",
      {
        code: "dangling-resource",
        path: 'resources["voice-agent.agent/main"].fieldsFor.retell-llm.llmId.$ref',
        fix: /`voice-agent.llm\/main`/,
      },
    ],
    [
      "a malformed reference",
      "part: version }",
      "part: versions }",
      {
        code: "malformed-reference",
        path: 'resources["voice-agent.agent/main"].fieldsFor.retell-llm.llmVersion',
        fix: /part: version/,
      },
    ],
    [
      "a dangling agent resource",
      "resource: voice-agent.agent/main",
      "resource: voice-agent.agent/other",
      { code: "dangling-resource", path: "agent.resource", fix: /voice-agent.agent\/main/ },
    ],
    [
      "an unknown template",
      "{{parameters.voice}}",
      "{{parameters.voices}}",
      {
        code: "unknown-template",
        path: 'resources["voice-agent.agent/main"].fields.voiceId',
        fix: /`parameters.voice`/,
      },
    ],
    [
      "a malformed template",
      "{{parameters.voice}}",
      "{{parameters.voice}",
      {
        code: "malformed-template",
        path: 'resources["voice-agent.agent/main"].fields.voiceId',
        fix: /\{\{parameters.name\}\}/,
      },
    ],
    [
      "a composed value outside resources",
      "greeting: How can I help you?",
      'greeting: "{{agent.prompt}}"',
      { code: "unknown-template", path: "conversation.greeting", fix: /name/ },
    ],
    [
      "a missing file",
      "$file: prompts/save.md",
      "$file: prompts/saves.md",
      { code: "file-reference", path: "conversation.objectives[4].instruction", fix: /`prompts\/save.md`/ },
    ],
    [
      "a path out of the folder",
      "$file: prompts/save.md",
      "$file: ../../etc/passwd",
      { code: "file-reference", path: "conversation.objectives[4].instruction", fix: /correct the path/ },
    ],
    [
      "a parameter wider than its place",
      "min: 5\n    max: 60",
      "min: 5\n    max: 90",
      { code: "template-misfit", path: "answer.whenOpen.ringSeconds", fix: /Narrow the parameter/ },
    ],
    [
      "a parameter of the wrong type",
      "voice:\n    type: voice\n",
      "voice:\n    type: url\n",
      { code: "invalid-default", path: "parameters.voice.default", fix: /default/ },
    ],
    [
      "a setting wider than its place",
      "    max: 120\n    default: 15",
      "    max: 1200\n    default: 15",
      { code: "template-misfit", path: "tools", fix: /Narrow/ },
    ],
    [
      "a parameter that looks like a secret",
      "businessName:\n    type: text",
      "apiToken: { type: text, label: x, required: false }\n  businessName:\n    type: text",
      { code: "secret-parameter", path: "parameters.apiToken", fix: /credential/ },
    ],
    [
      "a secret parameter",
      "label: Business name",
      "label: Business name\n    secret: true",
      { code: "invalid-value", path: "parameters.businessName.secret", fix: /false/ },
    ],
    [
      "a default out of bounds",
      "max: 60\n    default: 20",
      "max: 60\n    default: 99",
      { code: "invalid-default", path: "parameters.ringSeconds.default", fix: /default/ },
    ],
    [
      "a tool without its resource",
      "    operation: calendar.cancel\n    resource: calendar.calendar/callbacks\n",
      "    operation: calendar.cancel\n",
      { code: "tool-resource", path: "tools[2]", fix: /resource: calendar.calendar\/callbacks/ },
    ],
    [
      "an unknown tool setting",
      "leadMinutes: 60, limit: 3",
      "leadMinute: 60, leadMinutes: 60, limit: 3",
      { code: "tool-setting", path: "tools[0].settings.leadMinute", fix: /`leadMinutes`/ },
    ],
    [
      "a tool argument that does nothing",
      "      start: { type: string, description",
      "      begin: { type: string, description: x, required: false }\n      start: { type: string, description",
      { code: "tool-argument", path: "tools[1].arguments.begin", fix: /Remove it/ },
    ],
    [
      "a shared object named after one deployment",
      'summary: "{{parameters.calendarName}}"',
      'summary: "{{deployment.name}} {{parameters.calendarName}}"',
      {
        code: "shared-object-value",
        path: 'resources["calendar.calendar/callbacks"].fields.summary',
        fix: /tenant overlay/,
      },
    ],
    [
      "a role that is not declared",
      /\n {2}crm:\n {4}reason[\s\S]*?crm.schemas.contacts.write\n/.exec(text)?.[0] ?? "",
      "\n",
      { code: "missing-role", path: 'resources["crm.property-group/after-hours"]', fix: /roles.crm/ },
    ],
    [
      "a span across midnight",
      'default:\n      monday: [{ from: "09:00", to: "17:00" }]\n      tuesday: [{ from: "09:00", to: "17:00" }]\n      wednesday: [{ from: "09:00", to: "17:00" }]\n      thursday: [{ from: "09:00", to: "17:00" }]\n      friday: [{ from: "09:00", to: "17:00" }]\n      saturday: []\n      sunday: []\n  holidays',
      'default:\n      monday: [{ from: "19:00", to: "07:00" }]\n      tuesday: []\n      wednesday: []\n      thursday: []\n      friday: []\n      saturday: []\n      sunday: []\n  holidays',
      { code: "invalid-value", path: "parameters.openingHours.default.monday[0]", fix: /two spans/ },
    ],
    [
      "a latency beyond its profile",
      "endToEndMs: 500",
      "endToEndMs: 700",
      { code: "invalid-value", path: "latency.endToEndMs", fix: /profile/ },
    ],
    [
      "an unknown scenario tool",
      "- { $file: smoke/keeps-message.yaml }",
      "- { name: x, steps: [{ do: tool, tool: find_slot, arguments: {}, expect: success }] }",
      { code: "dangling-tool", path: "smoke[2].steps[0].tool", fix: /`find_slots`/ },
    ],
  ])("%s", (_, from, to, expected) => {
    const after = edited(from, to);
    const parsed = parseManifest(after, "playbooks/p/");
    const found = parsed.diagnostics.find(({ code, path }) => code === expected.code && path === expected.path);
    expect(found, JSON.stringify(parsed.diagnostics, null, 1)).toBeDefined();
    expect(parsed.ok).toBe(false);
    expect(found?.fix).toMatch(expected.fix);
    expect(found?.position?.file).toBe("playbooks/p/manifest.yaml");
    if (expected.at !== undefined)
      expect(found?.position?.line).toBe(
        expected.at === "# yaml" ? 2 : lineOf(expected.at, after.get("manifest.yaml")),
      );
  });

  it("points into the file that a mistake is in", () => {
    const broken = new Map([
      ...files,
      ["smoke/answers.yaml", "name: A call\nsteps:\n  - { do: answer, expect: agents }\n"],
    ]);
    expect(parseManifest(broken, "p/").diagnostics).toMatchObject([
      {
        code: "invalid-value",
        path: "smoke[0].steps[0].expect",
        position: { file: "p/smoke/answers.yaml", line: 3, column: 19 },
      },
    ]);
  });

  it("finds an objective that nothing leads to, and a result that nobody saved", () => {
    const unreachable = edited(
      "        - { when: { is: equals, field: wants_callback, value: false }, to: save }\n        - { when: { is: tool-result, tool: find_slots, outcome: success }, to: book_callback }\n",
      "",
    );
    expect(parseManifest(unreachable).diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "unreachable-objective", path: "conversation.objectives[3]" },
    ]);
    const unsaved = new Map([
      ...files,
      [
        "smoke/books-callback.yaml",
        (files.get("smoke/books-callback.yaml") ?? "").replace("saved.booking", "saved.bookings"),
      ],
    ]);
    expect(parseManifest(unsaved).diagnostics).toMatchObject([
      { code: "dangling-saved", fix: expect.stringContaining("`booking`") as string },
    ]);
  });

  it("collects many mistakes at once, at most fifty", () => {
    const many = new Map([
      ...files,
      ["manifest.yaml", `${text}${Array.from({ length: 4000 }, (_, index) => `k${index}: 1\n`).join("")}`],
    ]);
    expect(parseManifest(many).diagnostics).toHaveLength(50);
  });
});
