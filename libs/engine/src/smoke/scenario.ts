import { counted, isJsonObject, type Json } from "@tandem/kernel";
import type { SmokeScenario, Tool } from "@tandem/domain/manifest";
import type { SmokeScenarioReport } from "@tandem/domain/rollout";
import type { StageRun } from "../stage.ts";
import { expectAnswer } from "./answer.ts";
import { askIngress, hangUp } from "./ask-ingress.ts";
import { isForbidden } from "./playbook-calls.ts";
import { writesAtVendor } from "./tool-role.ts";
import { leftoversOf, remember } from "./leftovers.ts";
import { at } from "../context.ts";

/** What one scenario showed. */
interface ScenarioResult {
  readonly samples: number;
  readonly skippedWrites: number;
  readonly failures: readonly string[];
}

/** Plays a scenario that only looks at the answer and tries tools. */
export async function playScenario(run: StageRun, scenario: SmokeScenario): Promise<SmokeScenarioReport> {
  const startedMs = run.context.clock.monotonicMs();
  const { samples, skippedWrites, failures } = await play(run, scenario);
  const reduced =
    skippedWrites === 0 ? null : `${counted(skippedWrites, "step")} would write where smoke tests may not`;
  return {
    name: scenario.name,
    origin: "playbook",
    level: "read-back",
    passed: failures.length === 0,
    attempts: 1,
    samples,
    skippedWrites,
    reduced,
    failures: [...failures],
    steps: [],
    turns: [],
    latency: [],
    longestSilenceMs: 0,
    durationMs: Math.round(run.context.clock.monotonicMs() - startedMs),
  };
}

/** Plays a scenario on the inactive slot: one trial call, its steps in order, ended in any case. */
async function play(run: StageRun, scenario: SmokeScenario): Promise<ScenarioResult> {
  const first = scenario.steps.find((step) => step.do === "answer");
  const answered = await expectAnswer(run, first?.do === "answer" ? first.expect : "any");
  if (answered.failure !== null)
    return { samples: 1, skippedWrites: 0, failures: [`${scenario.name}: ${answered.failure}`] };
  try {
    const played = await playTools(run, scenario, answered.sessionId);
    return { ...played, samples: played.samples + 1 };
  } finally {
    await hangUp(run, answered.sessionId);
  }
}

type ToolStep = Extract<SmokeScenario["steps"][number], { readonly do: "tool" }>;

async function playTools(run: StageRun, scenario: SmokeScenario, sessionId: string | null): Promise<ScenarioResult> {
  const saved: Record<string, Json> = {};
  const failures: string[] = [];
  let samples = 0;
  let skippedWrites = 0;
  for (const step of scenario.steps) {
    if (step.do !== "tool") continue;
    const tool = run.bundle.tools.find(({ name }) => name === step.tool);
    if (tool === undefined || sessionId === null) {
      failures.push(`${scenario.name}: ${step.tool} cannot be called`);
      break;
    }
    if (isForbidden(run.bundle, run.view.connections, tool)) {
      skippedWrites += 1;
      continue;
    }
    const filled = fill(step.arguments, saved);
    if (filled === null) {
      skippedWrites += 1;
      continue;
    }
    const called = await callTool(run, tool, { sessionId, arguments: filled });
    samples += 1;
    if ("trouble" in called) {
      failures.push(`${scenario.name}: ${step.tool}: ${called.trouble}`);
      break;
    }
    const result = called.answer;
    if (step.saveAs !== undefined) saved[step.saveAs] = result.result;
    if (isSuccess(result) !== (step.expect === "success")) {
      failures.push(
        `${scenario.name}: ${step.tool} was ${isSuccess(result) ? "not refused" : `refused (status ${result.status})`}`,
      );
      break;
    }
  }
  return { samples, skippedWrites, failures };
}

async function callTool(
  run: StageRun,
  tool: Tool,
  call: { readonly sessionId: string; readonly arguments: Record<string, Json> },
) {
  const { tenantId, id } = run.view.deployment;
  await run.lease.ensure(tool.timeoutMs + run.context.settings.callStartMs);
  const asked = await askIngress(run, () =>
    run.context.ingress.tool(tenantId, id, { sessionId: call.sessionId, tool: tool.name, arguments: call.arguments }),
  );
  await at("smoke.call.after");
  if ("answer" in asked && writesAtVendor(tool)) await remember(run, leftoversOf(run, tool, asked.answer.result));
  return asked;
}

const SAVED = /^\{\{saved\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_.[\]-]+)\}\}$/;

/** Arguments with what earlier steps saved; null when they need the result of a step that was skipped. */
function fill(wanted: ToolStep["arguments"], saved: Readonly<Record<string, Json>>): Record<string, Json> | null {
  const filled: Record<string, Json> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const found = typeof value === "string" ? SAVED.exec(value) : null;
    if (found === null) {
      filled[name] = value;
      continue;
    }
    const from = saved[found[1] ?? ""];
    const looked = from === undefined ? undefined : lookUp(from, found[2] ?? "");
    if (looked === undefined) return null;
    filled[name] = looked;
  }
  return filled;
}

function lookUp(value: Json, path: string): Json | undefined {
  let present: Json | undefined = value;
  for (const part of path.split(/[.[\]]+/).filter((name) => name !== "")) {
    if (Array.isArray(present)) present = present[Number(part)] as Json | undefined;
    else present = isJsonObject(present) && Object.hasOwn(present, part) ? present[part] : undefined;
  }
  return present;
}

/** A round trip counts when the media service says so in status and body. */
function isSuccess({ status, result }: { readonly status: number; readonly result: Json }): boolean {
  if (status < 200 || status > 299) return false;
  if (!isJsonObject(result)) return true;
  const { outcome, ok, error } = result;
  return outcome !== "failure" && outcome !== "refused" && ok !== false && (error === undefined || error === null);
}
