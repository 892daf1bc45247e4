import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoAccount, sandbox } from "../libs/adapters/openai/src/sandbox.ts";
import { providers } from "../libs/adapters/openai/src/providers.ts";
import {
  type AgentModels,
  type ConversationEngine,
  createConversation,
  type ResponseOutcome,
} from "../libs/agent/src/index.ts";
import { descriptors } from "../libs/catalog/src/index.ts";
import { type CallerStep, parseManifest } from "../libs/domain/src/manifest/index.ts";
import {
  compileRelease,
  type Overlays,
  type ProviderKinds,
  type ReleaseBundle,
} from "../libs/domain/src/release/index.ts";
import { type Json, Secret, systemClock } from "../libs/kernel/src/index.ts";
import type { Llm } from "../libs/ports/src/llm.ts";
import { type RunningSandbox, startSandbox } from "../libs/sandbox-host/src/index.ts";
import { readPlaybookFolder } from "./playbook-folder.mjs";
import { workspaceRoot } from "./projects.mjs";

const root = join(workspaceRoot, "playbooks");
const CALLER = "+15550100177";
const TURN_WITHIN_MS = 15_000;

/** The release of a playbook's tandem example. */
function releaseOf(name: string): ReleaseBundle {
  const parsed = parseManifest(readPlaybookFolder(join(root, name)), `playbooks/${name}/`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const vendors = Object.values(descriptors);
  const release = compileRelease({
    manifest: parsed.manifest,
    manifestHash: parsed.hash,
    deployment: { id: "d", name: "main-office", environment: "production", number: "+15550100100" },
    overlays: load(readFileSync(join(root, name, "example-tandem.overlay.yaml"), "utf8")) as Overlays,
    connections: Object.fromEntries(
      vendors.flatMap(({ id, roles, providers: offered = {} }) =>
        [...roles, ...Object.keys(offered).map((each) => `provider.${each}`)].map((role) => [
          role,
          { connectionId: `c-${id}`, vendor: id, requiredScopes: [], providers: offered },
        ]),
      ),
    ),
    ingress: {
      voiceUrl: "https://t.example/v",
      voiceFallbackUrl: "https://t.example/f",
      statusUrl: "https://t.example/s",
      toolUrl: "https://t.example/t",
      agentEventsUrl: "https://t.example/e",
      llmUrl: "wss://t.example/l",
    },
    kindOf: (vendor, kind) => descriptors[vendor]?.resources.find((resource) => resource.kind === kind),
    providers: Object.assign({}, ...vendors.map(({ providers: offered }) => offered ?? {})) as ProviderKinds,
  });
  if (!release.ok) throw new Error(JSON.stringify(release.diagnostics));
  return release.bundle;
}

/** What each operation answers in a calendar and a CRM that work. */
const REPLIES: Readonly<Record<string, Record<string, Json>>> = {
  "calendar.find-slots": {
    slots: [
      { start: "2026-12-01T15:00:00.000Z", end: "2026-12-01T15:15:00.000Z", spoken: "Tuesday the first at ten" },
      { start: "2026-12-01T16:00:00.000Z", end: "2026-12-01T16:15:00.000Z", spoken: "Tuesday the first at eleven" },
    ],
  },
  "calendar.book": { event_id: "e1", start: "2026-12-01T15:00:00.000Z", end: "2026-12-01T15:15:00.000Z" },
  "crm.upsert-contact": { contact_id: "1" },
  "crm.upsert-deal": { deal_id: "2" },
  "crm.add-note": { note_id: "3" },
};

/** A call as text: the conversation engine of the release, a real model client, the emulated model behind it. */
class TextCall {
  readonly #engine: ConversationEngine;
  readonly #finished = new Map<string, string>();
  readonly written: { readonly tool: string; readonly args: Readonly<Record<string, Json>> }[] = [];
  readonly log: string[] = [];
  #heard = "";
  #outcome: ResponseOutcome | null = null;

  constructor(bundle: ReleaseBundle, llm: Llm) {
    const operationOf = new Map(bundle.tools.map(({ name, operation }) => [name, operation]));
    const [choice] = bundle.providers.llm;
    const models: AgentModels = {
      stream: (request, tier, listener) => {
        const model = tier === "light" ? (choice?.lightModel ?? "") : (choice?.model ?? "");
        return llm.stream({ ...request, model, settings: choice?.settings ?? {} }, listener);
      },
    };
    this.#engine = createConversation({
      bundle,
      call: { from: CALLER, epochMs: Date.UTC(2026, 10, 28, 20), direction: "inbound" },
      models,
      tools: {
        isRead: (tool) => operationOf.get(tool) === "calendar.find-slots",
        run: async (tool, args) => {
          if (operationOf.get(tool) !== "calendar.find-slots") this.written.push({ tool, args });
          return { outcome: "success", reply: REPLIES[operationOf.get(tool) ?? ""] ?? {} };
        },
      },
      clock: systemClock,
      remembered: [],
      onEvent: (event) => {
        if (event.type === "tool-finished") this.#finished.set(event.tool, event.outcome);
      },
      waitingAfterMs: 500,
    });
    this.#heard = this.#engine.opening.map(({ text }) => text).join(" ");
    this.#engine.opened(this.#heard);
    this.log.push(`agent: ${this.#heard}`);
  }

  /** Takes one step; answers whether it held. */
  async take(step: CallerStep): Promise<boolean> {
    switch (step.do) {
      case "say":
        await this.#say(step.text);
        return true;
      case "hear":
        return step.anyOf.some((text) => wordsOf(this.#heard).includes(wordsOf(text)));
      case "listen":
        return this.#heard.trim() !== "";
      case "expect-tool":
        return this.#finished.get(step.tool) === step.outcome;
      case "expect-end":
        return this.#outcome?.next === step.by;
      default:
        throw new Error(`a call as text knows no step ${step.do}`);
    }
  }

  close(): void {
    this.#engine.close();
  }

  async #say(text: string): Promise<void> {
    if (this.#outcome !== null && this.#outcome.next !== "listen")
      throw new Error(`the call is over: ${this.log.join("\n")}`);
    this.log.push(`caller: ${text}`);
    this.#heard = "";
    const pending: { finish?: () => void } = {};
    const outcome = await new Promise<ResponseOutcome>((resolve, reject) => {
      const overdue = setTimeout(() => reject(new Error(`no answer after\n${this.log.join("\n")}`)), TURN_WITHIN_MS);
      const response = this.#engine.respond(
        { text, confidence: 0.98, via: "speech" },
        {
          text: (delta) => void (this.#heard += delta),
          line: (line) => void (this.#heard += ` ${line.text} `),
          waiting: () => undefined,
          done: (result) => {
            clearTimeout(overdue);
            resolve(result);
          },
        },
      );
      pending.finish = () => response.finish();
      response.commit();
    });
    pending.finish?.();
    this.#outcome = outcome;
    this.log.push(`agent: ${this.#heard.trim()} [${outcome.next}]`);
  }
}

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}@+]+/gu, " ")
    .trim();

let running: RunningSandbox;
let llm: Llm;
beforeAll(async () => {
  running = await startSandbox({ vendors: [sandbox], dataDir: null });
  const opened = providers.llm?.({
    config: { service: "openai" },
    secrets: { apiKey: new Secret(demoAccount.apiKeys.openai) },
    baseUrl: running.origins["openai"] ?? null,
    clock: systemClock,
  });
  if (opened === undefined) throw new Error("the adapter opens no model");
  llm = opened;
});
afterAll(() => running.close());

describe.each(["after-hours-answering", "lead-qualifier"])("%s", (name) => {
  const bundle = releaseOf(name);
  const spoken = bundle.smoke.filter(({ steps }) => steps.some((step) => step.do === "say"));

  it("brings spoken scenarios", () => expect(spoken.length).toBeGreaterThan(1));

  it.each(spoken.map((scenario) => [scenario.name, scenario] as const))(
    "%s, as text",
    async (_, { steps }) => {
      const call = new TextCall(bundle, llm);
      try {
        for (const step of steps)
          expect(await call.take(step as CallerStep), `${JSON.stringify(step)} after\n${call.log.join("\n")}`).toBe(
            true,
          );
      } finally {
        call.close();
      }
      const tools = call.written.map(({ tool }) => tool);
      expect(new Set(tools).size, `each write once: ${tools.join(", ")}`).toBe(tools.length);
      expect(JSON.stringify(call.written)).not.toMatch(/\+15550100198|smoke\.test@/); // what the caller took back
    },
    60_000,
  );
});
