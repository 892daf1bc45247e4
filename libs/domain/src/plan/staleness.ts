import type { Json, JsonObject } from "@tandem/kernel";
import type { Plan } from "./change.ts";
import { observedHash, routingHash } from "./observed-hash.ts";
import { observedKey, type ObservedObject } from "./plan-input.ts";
import { type StateFacts, stateReads } from "./state-reads.ts";

/** The present, as far as the caller knows it: our own state always, the vendors' only where it has just been read. */
export interface PresentFacts extends StateFacts {
  readonly generation: number;
  readonly stateSerial: number;
  readonly configVersion: number;
  /** Whether the number is attached; null without a number. */
  readonly isAttached: boolean | null;
  /** `observedKey` → object. Addresses not in it are not compared. */
  readonly observed?: ReadonlyMap<string, ObservedObject | null>;
  /** The number's routing now; absent when not read. */
  readonly routing?: { readonly address: string; readonly observed: JsonObject | null };
}

/** One thing that is not as the plan was made against. */
export interface MovedPath {
  /** `pointer.generation`, `configuration.version`, `state.slot/green`, `state.binding/…`, `observed.green:voice-agent.agent/main`. */
  readonly path: string;
  /** Number, or hash, as planned; `absent` when there was none. */
  readonly planned: Json;
  readonly now: Json;
}

/** What moved since the plan was made, of the things that the plan read; empty while the plan holds. */
export function movedPaths(plan: Plan, present: PresentFacts): MovedPath[] {
  const { base } = plan;
  return [
    ...moved("pointer.generation", base.generation, present.generation),
    ...moved("configuration.version", base.configVersion, present.configVersion),
    ...movedState(plan, present),
    ...movedObjects(plan, present),
  ];
}

const moved = (path: string, planned: Json, now: Json): MovedPath[] =>
  planned === now ? [] : [{ path, planned, now }];

/** The serial also counts what no plan reads (a re-verified slot), so that its parts decide when it has grown. */
function movedState(plan: Plan, present: PresentFacts): MovedPath[] {
  if (plan.base.stateSerial === present.stateSerial) return [];
  if (plan.reads === undefined) return moved("state.serial", plan.base.stateSerial, present.stateSerial);
  const now = stateReads(present, plan.targetSlot, present.isAttached);
  const paths = [...new Set([...Object.keys(plan.reads), ...Object.keys(now)])].toSorted();
  return paths.flatMap((path) => moved(`state.${path}`, plan.reads?.[path] ?? "absent", now[path] ?? "absent"));
}

function movedObjects(plan: Plan, present: PresentFacts): MovedPath[] {
  return Object.entries(plan.observed).flatMap(([key, planned]) => {
    const now = presentHash(plan, present, key);
    return now === null ? [] : moved(`observed.${key}`, planned, now);
  });
}

function presentHash(plan: Plan, { observed, routing }: PresentFacts, key: string): string | null {
  const isRouted = plan.changes.some(
    (change) => change.stage === "attach" && observedKey(change.address, change.slot) === key,
  );
  if (isRouted) return routing?.address === key ? routingHash(routing.observed) : null;
  const object = observed?.get(key);
  return object === undefined ? null : observedHash(object);
}
