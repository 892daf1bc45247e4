// People with telephones: they talk by script at the emulated carrier, and what they heard is printed.
import { setTimeout as sleep } from "node:timers/promises";
import { callFromSandbox, runScript, toneVoice } from "@tandem/caller";
import { read } from "./tandem.mjs";

const FAST = 30;
const FREEZE_MS = 2000;
const ALARM_MS = 1200;

/** Calls a deployment. `onStep` is told how many steps have ended. */
export class Callers {
  constructor(environment, deployment) {
    Object.assign(this, { environment, deployment });
  }

  /** Begins a call; `ended` resolves with everything that was heard. */
  async call(name, { from, to, steps, onStep = () => {} }) {
    const controlOrigin = `http://127.0.0.1:${this.environment.TANDEM_SANDBOX_CONTROL_PORT}`;
    const line = await callFromSandbox({ controlOrigin, to, from });
    let done = 0;
    const ended = runScript({
      line,
      voice: toneVoice({ msPerCharacter: FAST }),
      steps,
      onStep: ({ ok }) => ok && onStep((done += 1)),
    });
    return { name, callId: line.callId, ended };
  }

  /** What our own records say of a call; they come through the node's spool. */
  async session({ callId }) {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { items } = await read(this.environment, `/v1/deployments/${this.deployment}/sessions?limit=50`);
      const session = items.find((item) => item.callId === callId);
      if (session !== undefined) return session;
      await sleep(100);
    }
    throw new Error(`no session row for call ${callId} after 10 s`);
  }
}

/** Prints a conversation and says whether it was a good one: every step went as scripted, no freeze, no alarm. */
export function tellConversation(name, report) {
  console.log(`\n  ${name}'s call, as ${name} heard it:`);
  for (const { by, text, startMs, latencyMs, wasInterrupted } of report.turns) {
    const notes = [
      ...(latencyMs === null ? [] : [`after ${Math.round(latencyMs)} ms`]),
      ...(wasInterrupted ? ["interrupted"] : []),
    ];
    const who = by === "caller" ? name.toLowerCase() : by;
    console.log(
      `  ${(startMs / 1000).toFixed(2).padStart(7)}s  ${who.padEnd(7)} ${text}${notes.length === 0 ? "" : `   (${notes.join(", ")})`}`,
    );
  }
  const failed = report.steps.find(({ ok }) => !ok);
  const slowestMs = Math.max(0, ...report.latenciesMs);
  return {
    isAsScripted: failed === undefined,
    why: failed === undefined ? "" : `${failed.step.do}: ${failed.detail}`,
    isFluent: report.longestSilenceMs <= FREEZE_MS && slowestMs <= ALARM_MS && report.latenciesMs.length > 0,
    slowestMs: Math.round(slowestMs),
    longestSilenceMs: Math.round(report.longestSilenceMs),
    words: report.turns.flatMap(({ by, text }) => (by === "agent" ? [text] : [])).join(" "),
  };
}
