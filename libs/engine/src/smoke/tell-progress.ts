import type { SmokeScenarioReport } from "@tandem/domain/rollout";
import type { JsonObject } from "@tandem/kernel";
import { writeStep } from "../journal.ts";
import type { StageRun } from "../stage.ts";
import type { PlannedCall } from "./planned-call.ts";

/** The conversations that are to be held; after a crash of the worker they begin anew, and are told anew. */
export const tellPlanned = (run: StageRun, calls: readonly PlannedCall[]): Promise<void> =>
  tell(run, "scenarios-planned", { scenarios: calls.map(({ name }) => name) });

export const tellBegun = (run: StageRun, { name }: PlannedCall): Promise<void> =>
  tell(run, "scenario-began", { scenario: name });

export const tellEnded = (run: StageRun, { name, passed, durationMs }: SmokeScenarioReport): Promise<void> =>
  tell(run, "scenario-ended", { scenario: name, result: passed ? "passed" : "not passed", durationMs });

/** Into the timeline, for whoever watches: the smoke test itself reads none of it. */
const tell = (run: StageRun, type: string, payload: JsonObject): Promise<void> =>
  writeStep(run, (transaction) => transaction.appendEvent({ type, payload }));
