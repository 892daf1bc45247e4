import type { CallerStep } from "@tandem/domain/manifest";
import type { CallSession, Missed } from "./call-session.ts";
import { wasSaid } from "./spoken-text.ts";

/** A tool as the media service reports it. */
export interface ToolUsed {
  readonly tool: string;
  readonly outcome: "success" | "empty" | "failure";
}

export interface StepResult {
  readonly ok: boolean;
  readonly detail: string;
}

/** Tools used in the call so far. */
export type ToolsUsed = () => Promise<readonly ToolUsed[]>;

type StepOf<Name extends CallerStep["do"]> = Extract<CallerStep, { do: Name }>;

const DEFAULT_WITHIN_MS = 10_000;
const QUIET_AFTER_MS = 700;
const STOPS_WITHIN_MS = 1000;
/** An agent that has been silent for this long has stopped; word gaps are far shorter. */
const STOPPED_AFTER_MS = 240;
const BETWEEN_KEYS_MS = 120;
const BETWEEN_LOOKS_MS = 100;
/** Longest speech of a caller. */
const SPOKEN_WITHIN_MS = 120_000;

const MISSED: Readonly<Record<Missed, string>> = {
  late: "not in time",
  ended: "the call ended",
  stopped: "the script was stopped",
  deaf: "the caller can hear nothing any more",
};

const passed = (detail: string): StepResult => ({ ok: true, detail });
const failed = (detail: string): StepResult => ({ ok: false, detail });
const isMissed = (answer: unknown): answer is Missed => typeof answer === "string";
const heardText = (call: CallSession, sinceMs: number): string => `heard "${call.heardSince(sinceMs).join(" ")}"`;

/** Runs one step to its end. */
export function runStep(
  call: CallSession,
  step: CallerStep,
  { voiceLevelDb, toolsUsed }: { readonly voiceLevelDb: number; readonly toolsUsed: ToolsUsed | null },
): Promise<StepResult> {
  switch (step.do) {
    case "say":
      return say(call, step.text);
    case "hear":
      return hear(call, step);
    case "listen":
      return listen(call, step);
    case "interrupt":
      return interrupt(call, step);
    case "be-silent":
      return beSilent(call, step.forMs);
    case "press":
      return press(call, step.digits);
    case "noise":
      call.mouth.noiseDb = step.level === undefined ? null : voiceLevelDb + step.level;
      return Promise.resolve(passed(step.level === undefined ? "no noise" : `noise at ${step.level} dB`));
    case "hang-up":
      call.hangUp();
      return Promise.resolve(passed("hung up"));
    case "expect-tool":
      return expectTool(call, step, toolsUsed);
    case "expect-end":
      return expectEnd(call, step);
  }
}

async function say(call: CallSession, text: string): Promise<StepResult> {
  await call.say(text);
  const spoken = await call.until(() => (call.isSpeaking ? null : true), SPOKEN_WITHIN_MS);
  return isMissed(spoken) ? failed(`not spoken to the end: ${MISSED[spoken]}`) : passed(`said "${text}"`);
}

async function hear(call: CallSession, { anyOf, withinMs = DEFAULT_WITHIN_MS }: StepOf<"hear">): Promise<StepResult> {
  const sinceMs = call.lastSpokeMs;
  call.isWaiting = true;
  const found = await call.until(() => {
    const heard = call.heardSince(sinceMs);
    return anyOf.some((text) => wasSaid(heard, text)) || null;
  }, withinMs);
  call.isWaiting = false;
  const wanted = anyOf.map((text) => `"${text}"`).join(" or ");
  return isMissed(found)
    ? failed(`${wanted}: ${MISSED[found]} (${withinMs} ms); ${heardText(call, sinceMs)}`)
    : passed(heardText(call, sinceMs));
}

async function listen(call: CallSession, { withinMs = DEFAULT_WITHIN_MS }: StepOf<"listen">): Promise<StepResult> {
  const sinceMs = call.lastSpokeMs;
  call.isWaiting = true;
  const done = await call.until(() => {
    const hasSpoken = call.ear.lastSoundMs > sinceMs && call.heardSince(sinceMs).length > 0;
    if (call.ear.lastSoundMs > sinceMs) call.isWaiting = false;
    return hasSpoken && call.nowMs - call.ear.lastSoundMs >= QUIET_AFTER_MS ? true : null;
  }, withinMs);
  call.isWaiting = false;
  return isMissed(done)
    ? failed(`the agent did not speak and then fall silent: ${MISSED[done]}; ${heardText(call, sinceMs)}`)
    : passed(heardText(call, sinceMs));
}

async function interrupt(call: CallSession, step: StepOf<"interrupt">): Promise<StepResult> {
  const { atWord, text, stopsWithinMs = STOPS_WITHIN_MS } = step;
  const sinceMs = call.lastSpokeMs;
  const heard = await call.until(() => (wasSaid(call.heardSince(sinceMs), atWord) ? true : null), DEFAULT_WITHIN_MS);
  if (isMissed(heard)) return failed(`"${atWord}" to interrupt at: ${MISSED[heard]}; ${heardText(call, sinceMs)}`);
  await call.say(text);
  const fromMs = call.nowMs;
  const stoppedMs = await call.until(() => {
    const lastMs = Math.max(call.ear.lastSoundMs, fromMs);
    return call.nowMs - lastMs >= STOPPED_AFTER_MS ? lastMs - fromMs : null;
  }, stopsWithinMs + STOPPED_AFTER_MS);
  const spoken = await call.until(() => (call.isSpeaking ? null : true), SPOKEN_WITHIN_MS);
  if (isMissed(spoken)) return failed(`not spoken to the end: ${MISSED[spoken]}`);
  if (isMissed(stoppedMs)) return failed(`the agent went on for more than ${stopsWithinMs} ms`);
  return stoppedMs <= stopsWithinMs
    ? passed(`said "${text}" at "${atWord}"; the agent stopped after ${Math.round(stoppedMs)} ms`)
    : failed(`the agent went on for ${Math.round(stoppedMs)} ms, ${stopsWithinMs} ms at most`);
}

async function beSilent(call: CallSession, forMs: number): Promise<StepResult> {
  const sinceMs = call.nowMs;
  const end: Missed = await call.until<never>(() => null, forMs);
  return end === "late" ? passed(heardText(call, sinceMs)) : failed(MISSED[end]);
}

async function press(call: CallSession, digits: string): Promise<StepResult> {
  for (const digit of digits) {
    if (call.endStatus !== null) return failed(MISSED.ended);
    call.press(digit);
    await call.until(() => null, BETWEEN_KEYS_MS);
  }
  return passed(`pressed ${digits}`);
}

async function expectTool(
  call: CallSession,
  { tool, outcome, withinMs = DEFAULT_WITHIN_MS }: StepOf<"expect-tool">,
  toolsUsed: ToolsUsed | null,
): Promise<StepResult> {
  if (toolsUsed === null) return failed("nobody here can tell which tools were used");
  const dueMs = call.nowMs + withinMs;
  for (;;) {
    const used = await toolsUsed();
    if (used.some((each) => each.tool === tool && each.outcome === outcome)) return passed(`${tool}: ${outcome}`);
    const seen = used.map((each) => `${each.tool}: ${each.outcome}`).join(", ") || "none";
    if (call.nowMs >= dueMs) return failed(`${tool} with ${outcome}: not in time; tools used: ${seen}`);
    const waited = await call.until(() => null, BETWEEN_LOOKS_MS, false);
    if (waited === "stopped") return failed(MISSED.stopped);
  }
}

async function expectEnd(
  call: CallSession,
  { by, withinMs = DEFAULT_WITHIN_MS }: StepOf<"expect-end">,
): Promise<StepResult> {
  const isReached = () =>
    by === "hand-off" ? call.connectedTo === "person" : call.endStatus !== null && !call.hasHungUp;
  const end = await call.until(() => (isReached() ? true : call.isOver ? false : null), withinMs, false);
  if (end === true) return passed(by === "hand-off" ? "handed to a person" : `the agent ended the call`);
  const instead =
    end === false ? `it ended otherwise (${call.endStatus ?? `connected to ${call.connectedTo}`})` : MISSED[end];
  return failed(`the end by ${by}: ${instead}`);
}
