import { callFromSandbox, type CallReport, runScript, type StepReport, toneVoice } from "@tandem/caller";
import type { CallerStep } from "@tandem/domain/manifest";
import { type Installation, playbookFiles } from "./installation.ts";
import type { Office } from "./office.ts";

const FAST = 30;

/** Emulated voices speak twice as fast (half the time of every call), and far ahead of the line, so that a busy machine leaves no gaps. */
export async function speakFast({ sandbox }: Installation): Promise<void> {
  await Promise.all(
    ["cartesia", "elevenlabs", "deepgram"].map((vendor) =>
      sandbox.setSettings(vendor, { msPerCharacter: FAST, timesRealTime: 20 }),
    ),
  );
}

/** What a short playbook is told apart by. */
export interface ShortPlaybook {
  readonly version: string;
  readonly greeting: string;
  /** What its conversation must hear. */
  readonly hears: string;
  /** What else is otherwise in the manifest's text. */
  readonly change?: (manifest: string) => string;
}

/** Publishes a version of the office's playbook with one short conversation, and callers who are reminded after ten seconds. */
export async function publishShort(
  office: Office,
  { version, greeting, hears, change = (text) => text }: ShortPlaybook,
): Promise<void> {
  const files = playbookFiles("after-hours-answering");
  const manifest = (files["manifest.yaml"] ?? "")
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace("greeting: How can I help you?", `greeting: "${greeting}"`)
    .replace("inactivitySeconds: 30", "inactivitySeconds: 10")
    .replace("  - { $file: smoke/spoken-callback.yaml }\n", "")
    .replace("  - { $file: smoke/spoken-person.yaml }\n", "")
    .replace("smoke/spoken-message.yaml", "smoke/spoken-short.yaml")
    .replace(
      "breakingChanges: []",
      `breakingChanges:\n  - { since: ${version}, summary: Other words, migration: None needed }`,
    );
  const conversation = `name: A caller has a question
agents: [custom-llm, tandem]
steps:
  - { do: hear, anyOf: ["${hears}"], withinMs: 12000 }
  - { do: say, text: I have a question about my last bill. It can wait. }
  - { do: listen, withinMs: 20000 }
`;
  const { "smoke/spoken-callback.yaml": _callback, "smoke/spoken-message.yaml": _message, ...kept } = files;
  const { "smoke/spoken-person.yaml": _person, ...rest } = kept;
  await office.api.post("/v1/manifests", {
    files: { ...rest, "manifest.yaml": change(manifest), "smoke/spoken-short.yaml": conversation },
  });
}

/** A call at the emulated carrier while it lasts. */
export interface LiveTalk {
  /** The carrier's id. */
  readonly callId: string;
  /** Resolves when so many steps have ended. */
  after(steps: number): Promise<void>;
  readonly ended: Promise<CallReport>;
}

/** Somebody dials the office's number and talks by script. */
export async function talk(office: Office, from: string, steps: readonly CallerStep[]): Promise<LiveTalk> {
  const controlOrigin = `http://127.0.0.1:${office.installation.ports.control}`;
  const line = await callFromSandbox({ controlOrigin, to: office.number, from });
  const done: StepReport[] = [];
  let look: () => void = () => {};
  const onStep = (step: StepReport) => {
    done.push(step);
    look();
  };
  const ended = runScript({ line, voice: toneVoice({ msPerCharacter: FAST }), steps, onStep });
  void ended.then(() => look());
  return {
    callId: line.callId,
    ended,
    after: (count) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (done.length >= count) return resolve();
          const failed = done.find(({ ok }) => !ok);
          if (failed !== undefined) reject(new Error(`${failed.step.do}: ${failed.detail}`));
        };
        look();
      }),
  };
}

/** Words heard from the agent, one line per turn. */
export const agentWords = ({ turns }: CallReport): string =>
  turns.flatMap(({ by, text }) => (by === "agent" ? [text] : [])).join("\n");

/** The steps that did not come out well. */
export const mishaps = ({ steps }: CallReport): readonly string[] =>
  steps.flatMap(({ ok, step, detail }) => (ok ? [] : [`${step.do}: ${detail}`]));
