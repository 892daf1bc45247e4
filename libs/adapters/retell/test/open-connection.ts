import { Secret, systemClock } from "@tandem/kernel";
import type { ConnectionContext, OpenConnection } from "@tandem/ports/adapter";
import { type RunningSandbox, startSandbox, type Tap } from "@tandem/sandbox-host";
import { adapter } from "../src/index.ts";
import { demoWorkspace, sandbox } from "../src/sandbox.ts";

export const DEADLINE_MS = 600;

export const startRetell = (tap?: Tap): Promise<RunningSandbox> =>
  startSandbox({ vendors: [sandbox], dataDir: null, ...(tap === undefined ? {} : { tap }) });

export const demoSecrets = { apiKey: new Secret(demoWorkspace.apiKey) };

/** Opens the demo workspace of a running sandbox. */
export const openConnection = (
  running: RunningSandbox,
  changes: Partial<Pick<ConnectionContext, "secrets" | "deadlineMs" | "baseUrl">> = {},
): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "connection-1",
    config: {},
    secrets: demoSecrets,
    baseUrl: running.origins["retell"] ?? null,
    clock: systemClock,
    deadlineMs: DEADLINE_MS,
    ...changes,
  });

export const llmFields = (number: number) => ({
  model: "gpt-4.1",
  temperature: 0.2,
  prompt: `Answer for business ${number}.`,
  beginMessage: "Hello, how can I help?",
  tools: [
    {
      name: "book",
      description: "Books a call-back",
      url: `https://media.example/tools/${number}/book`,
      parameters: {
        type: "object",
        properties: { start: { type: "string", description: "ISO 8601" } },
        required: ["start"],
      },
      timeoutMs: 8000,
      speakDuring: true,
      executionMessage: "One moment, please.",
    },
    {
      name: "hang_up",
      description: "Ends the call",
      url: `https://media.example/tools/${number}/hang_up`,
      parameters: { type: "object", properties: {}, required: [] },
      timeoutMs: 3000,
      speakDuring: false,
      executionMessage: "",
    },
  ],
});

export const agentFields = (number: number, llmId: string) => ({
  name: `Front desk ${number} (after-hours)`,
  llmId,
  llmVersion: "0",
  voiceId: "11labs-Adrian",
  language: "en-US",
  webhookUrl: `https://media.example/agent-events/${number}`,
  interruptionSensitivity: 0.8,
  endCallAfterSilenceMs: 30_000,
  maxCallDurationMs: 600_000,
  boostedKeywords: ["Tandem"],
});

/** Makes an LLM of the demo workspace and returns its id. */
export async function makeLlm({ resources }: OpenConnection, number: number, key = `llm${number}`): Promise<string> {
  const target = {
    kind: "voice-agent.llm",
    externalKey: key,
    externalId: null,
    fields: llmFields(number),
    label: "llm",
  };
  return (await resources.write("create", target))?.externalId ?? "";
}
