import type { Instant } from "@tandem/kernel";
import { z } from "zod";
import { Stack, stacks } from "./stack.ts";

/** How a stack stands; `unknown` when nothing of the window speaks of it. */
export const HealthWord = z.enum(["healthy", "degraded", "failing", "unknown"]);
export type HealthWord = z.infer<typeof HealthWord>;

/** What may go wrong in a stack, in figures. */
export const FigureName = z.enum([
  "lost-calls",
  "unanswered-calls",
  "carrier-failures",
  "slow-network",
  "vendor-operations",
  "drift",
  "safety-net",
  "recognition-failures",
  "encoding-mismatches",
  "lost-frames",
  "slow-recognition",
  "model-failures",
  "agent-unreachable",
  "tool-failures",
  "defects",
  "slow-model",
  "voice-failures",
  "silences",
  "slow-voice",
]);
export type FigureName = z.infer<typeof FigureName>;

/** When a figure is too high. */
interface FigureRule {
  readonly stack: Stack;
  readonly meaning: string;
  readonly of: "calls" | "turns" | "objects";
  /** Shares above which the stack is degraded, and failing. */
  readonly degraded: number;
  readonly failing: number;
  /** How many it takes at least to be failing: one call of one is no outage. */
  readonly least: number;
}

const rule = (
  stack: Stack,
  meaning: string,
  over: Partial<Omit<FigureRule, "stack" | "meaning">> = {},
): FigureRule => ({ stack, meaning, of: "calls", degraded: 0.01, failing: 0.05, least: 3, ...over });

/** Turns above `ALARM_RESPONSE_MS` (1200 ms), each in the stack that took most of its time. */
const slow = (stack: Stack, part: string): FigureRule =>
  rule(stack, `turns answered after more than 1200 ms, most of it in ${part}`, {
    of: "turns",
    degraded: 0.05,
    failing: 0.2,
    least: 5,
  });

/** Objects are facts, not shares: one is enough to be degraded, and nothing of them alone is failing unless `failing` is below 1. */
const objects = (stack: Stack, meaning: string, failing = 2): FigureRule =>
  rule(stack, meaning, { of: "objects", degraded: 0, failing, least: 1 });

export const figureRules: Readonly<Record<FigureName, readonly FigureRule[]>> = {
  "lost-calls": [rule("telephony", "calls that broke off or were lost with their node", { degraded: 0.001 })],
  "unanswered-calls": [
    rule("telephony", "calls that were answered with their fallback, for want of room or of an answer"),
  ],
  "carrier-failures": [rule("telephony", "calls that the carrier reports as failed")],
  "slow-network": [slow("telephony", "the network")],
  "vendor-operations": [
    objects("telephony", "writes that the vendor refused or did not answer", 0.5),
    objects("intelligence", "writes that the vendor refused or did not answer", 0.5),
  ],
  drift: [
    objects("telephony", "objects that changed at the vendor without our doing"),
    objects("intelligence", "objects that changed at the vendor without our doing"),
  ],
  "safety-net": [
    objects("telephony", "the vendor that holds the number does not follow the pointer behind our webhook"),
  ],
  "recognition-failures": [rule("audio", "calls on which a speech recogniser failed or was given up")],
  "encoding-mismatches": [rule("audio", "calls with audio in another format than asked for", { degraded: 0 })],
  "lost-frames": [
    rule("audio", "calls that lost more than 5 % of the caller's audio", { degraded: 0.02, failing: 0.2 }),
  ],
  "slow-recognition": [slow("audio", "recognition and the end of the turn")],
  "model-failures": [rule("intelligence", "calls on which a model failed, was late or was given up")],
  "agent-unreachable": [rule("intelligence", "calls whose hosted agent could not be reached")],
  "tool-failures": [rule("intelligence", "calls on which a tool failed", { degraded: 0.05, failing: 0.25 })],
  defects: [rule("intelligence", "calls that stood still or met an error of ours", { degraded: 0 })],
  "slow-model": [slow("intelligence", "the model")],
  "voice-failures": [rule("output", "calls on which a voice failed or was given up")],
  silences: [
    rule("output", "calls with more than 2 s of silence while an answer was due, with no fault in an earlier stack"),
  ],
  "slow-voice": [slow("output", "the voice and its playout")],
};

/** One figure of a stack. */
export interface HealthFigure {
  readonly name: FigureName;
  readonly meaning: string;
  readonly count: number;
  /** What it is a share of: calls, turns, or the objects that there are. */
  readonly of: number;
  readonly unit: "calls" | "turns" | "objects";
  readonly degradedAbove: number;
  readonly failingAbove: number;
  readonly failingFrom: number;
  readonly word: HealthWord;
}

export interface StackHealth {
  readonly stack: Stack;
  readonly word: HealthWord;
  readonly figures: readonly HealthFigure[];
}

/** Health of one deployment over a window. */
export interface DeploymentHealth {
  readonly from: Instant;
  readonly to: Instant;
  /** Live calls that had something in the window. */
  readonly calls: number;
  readonly stacks: readonly StackHealth[];
}

/** How the stacks stood in windows that follow each other, oldest first. What is known of the present only (drift, the safety net) is in none. */
export interface HealthSeries {
  readonly windowMs: number;
  readonly windows: readonly DeploymentHealth[];
}

/** A count with what it is a share of, by figure and stack. */
export type Counts = Readonly<
  Partial<Record<FigureName, Readonly<Partial<Record<Stack, { count: number; of: number }>>>>>
>;

/** Each stack by its worst figure. */
export const stackHealth = (counts: Counts): readonly StackHealth[] =>
  stacks.map((stack) => {
    const figures = FigureName.options.flatMap((name) => figureOf(name, stack, counts));
    return { stack, word: worst(figures.map(({ word }) => word)), figures };
  });

function figureOf(name: FigureName, stack: Stack, counts: Counts): HealthFigure[] {
  const rules = figureRules[name].find((each) => each.stack === stack);
  if (rules === undefined) return [];
  const { meaning, of: unit, degraded: degradedAbove, failing: failingAbove, least: failingFrom } = rules;
  const { count, of } = counts[name]?.[stack] ?? { count: 0, of: 0 };
  const word = wordOf({ count, of }, rules);
  return [{ name, meaning, count, of, unit, degradedAbove, failingAbove, failingFrom, word }];
}

function wordOf({ count, of }: { count: number; of: number }, { degraded, failing, least }: FigureRule): HealthWord {
  if (of === 0) return "unknown";
  const share = count / of;
  if (count >= least && share > failing) return "failing";
  return count > 0 && share > degraded ? "degraded" : "healthy";
}

const ORDER: readonly HealthWord[] = ["unknown", "healthy", "degraded", "failing"];
const worst = (words: readonly HealthWord[]): HealthWord =>
  words.reduce<HealthWord>((most, word) => (ORDER.indexOf(word) > ORDER.indexOf(most) ? word : most), "unknown");

/** What a failing stack means for callers: from half of them on it is the first severity. */
export function severityOf({ figures }: StackHealth): "sev-1" | "sev-2" {
  const isHalf = figures.some(({ word, count, of, unit }) => word === "failing" && unit === "calls" && count >= of / 2);
  return isHalf ? "sev-1" : "sev-2";
}
