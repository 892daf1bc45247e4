import {
  applyRecord,
  offeredTimes,
  readToolCall,
  recordTool,
  type Rejection,
  withResult,
} from "@tandem/domain/conversation";
import type { Tool } from "@tandem/domain/manifest";
import type { LlmToolCall } from "@tandem/ports/llm";
import type { CallScript } from "./call-script.ts";
import type { EngineEvent, HandOffTarget, ToolAnswer } from "./conversation-engine.ts";
import type { Round } from "./history.ts";
import { factEvents } from "./progress-events.ts";
import type { Standing, StandingChange } from "./standing.ts";
import { stepTools } from "./model-request.ts";
import type { ToolArguments, ToolRuns } from "./tool-runs.ts";

/** What the tool calls of one completion came to. */
export interface RoundOutcome {
  readonly standing: Standing;
  readonly events: readonly EngineEvent[];
  /** An answer or a call was refused, and the model must know. */
  readonly hasRejected: boolean;
  /** Something was not as its schema asks for. */
  readonly isMalformed: boolean;
  /** A tool of the playbook has answered, and the model must know. */
  readonly hasRun: boolean;
  /** A tool of the playbook has failed. */
  readonly hasFailed: boolean;
  readonly handOff: { readonly to: HandOffTarget; readonly reason: string } | null;
  readonly isHangUp: boolean;
  /** Completes what the model is told of its records, once the step that is now current is known. */
  tellModel(step: string): void;
}

interface RoundParts {
  readonly script: CallScript;
  readonly runs: ToolRuns;
  readonly round: Round;
  /** The step that the model was asked in. */
  readonly objective: string;
  readonly callerText: string;
}

/** How the calls of a round report. */
export interface RoundHooks {
  /** A tool has answered: `next` goes on. */
  answered(): void;
  waiting(acknowledgement: string): void;
  /** A write has answered after the round was cut off. */
  late(change: StandingChange): void;
}

/** Works through the calls of one completion in order: records, then reads and writes one after the other. */
export class RoundCalls {
  readonly #parts: RoundParts;
  /** Tools that were on offer when the model was asked. */
  readonly #offered: readonly Tool[];
  readonly #events: EngineEvent[] = [];
  readonly #records: {
    readonly id: string;
    readonly accepted: readonly string[];
    readonly rejected: readonly Rejection[];
  }[] = [];
  readonly #flags = { hasRejected: false, isMalformed: false, hasRun: false, hasFailed: false, isHangUp: false };
  #handOff: RoundOutcome["handOff"] = null;
  #standing: Standing;
  #next = 0;
  #isCut = false;

  constructor(parts: RoundParts, standing: Standing) {
    this.#parts = parts;
    this.#standing = standing;
    this.#offered = stepTools(parts.script, standing.progress);
  }

  /** Goes on until a tool runs, a write must wait for the commit, or all is done. */
  next(isCommitted: boolean, hooks: RoundHooks): "running" | "held" | RoundOutcome {
    const { calls } = this.#parts.round;
    while (this.#next < calls.length) {
      const call = calls[this.#next];
      if (call === undefined) break;
      const step = this.#take(call, isCommitted, hooks);
      if (step === "held") return step;
      this.#next += 1;
      if (step === "running") return step;
    }
    return this.#outcome();
  }

  /** The caller took the floor: records still count, what has not begun never does, what runs is told later. */
  cutOff(): RoundOutcome {
    this.#isCut = true;
    const { calls, results } = this.#parts.round;
    for (const call of calls.slice(this.#next)) {
      if (call.name === recordTool) this.#record(call);
      else results.set(call.id, JSON.stringify(interrupted));
    }
    this.#next = calls.length;
    const outcome = this.#outcome();
    outcome.tellModel(this.#parts.objective);
    return outcome;
  }

  rebase(change: StandingChange): void {
    this.#standing = change(this.#standing);
  }

  #take(call: LlmToolCall, isCommitted: boolean, hooks: RoundHooks): "held" | "running" | "done" {
    if (call.name === recordTool) {
      this.#record(call);
      return "done";
    }
    const tool = this.#offered.find(({ name }) => name === call.name);
    if (tool === undefined) return this.#refuse(call, "unknown-tool", "There is no such tool in this step.");
    const offers = this.#parts.script.tools.some(({ operation }) => operation === "calendar.find-slots")
      ? this.#standing.told
      : null;
    const read = readToolCall(tool, call.arguments, offers);
    if ("problem" in read) return this.#refuse(call, "invalid-arguments", read.problem);
    if (tool.operation === "call.transfer") return this.#transfer(call, read.args);
    if (tool.operation === "call.hang-up") {
      this.#flags.isHangUp = true;
      this.#parts.round.results.set(call.id, JSON.stringify({ outcome: "success" }));
      return "done";
    }
    if (!isCommitted && !this.#parts.runs.isRead(tool)) return "held";
    return this.#run(call, tool, read.args, { isCommitted, hooks });
  }

  #record(call: LlmToolCall): void {
    const { script, callerText } = this.#parts;
    const reading = applyRecord(script, this.#standing.progress, call.arguments, {
      callerText,
      call: { ...script.context, told: this.#standing.told },
    });
    this.#events.push(...factEvents(this.#standing.progress, reading.progress));
    this.#standing = { ...this.#standing, progress: reading.progress };
    this.#records.push({
      id: call.id,
      accepted: reading.accepted,
      rejected: reading.rejected,
    });
    this.#flags.hasRejected ||= reading.rejected.length > 0;
    this.#flags.isMalformed ||= reading.isMalformed;
  }

  #refuse(call: LlmToolCall, reason: string, message: string): "done" {
    this.#parts.round.results.set(call.id, JSON.stringify({ outcome: "failure", reason, message }));
    this.#flags.hasRejected = true;
    this.#flags.isMalformed = true;
    return "done";
  }

  /** The destination is one of the two that a playbook has, whatever the model writes. */
  #transfer(call: LlmToolCall, { destination, reason }: ToolArguments): "done" {
    if (destination !== "human" && destination !== "emergency")
      return this.#refuse(call, "not-allowed", "Only `human` and `emergency` can be reached.");
    this.#handOff ??= { to: destination, reason: reason === undefined ? "The caller needs a person" : String(reason) };
    this.#parts.round.results.set(call.id, JSON.stringify({ outcome: "success" }));
    return "done";
  }

  #run(
    call: LlmToolCall,
    tool: Tool,
    args: ToolArguments,
    { isCommitted, hooks }: { readonly isCommitted: boolean; readonly hooks: RoundHooks },
  ): "running" | "done" {
    const answer = this.#parts.runs.run(tool, args, !isCommitted);
    if (!(answer instanceof Promise)) {
      this.#answered(call, tool, args, answer);
      return "done";
    }
    const stopWaiting = this.#excuse(tool, hooks);
    void answer.then((late) => {
      stopWaiting();
      const change = this.#answered(call, tool, args, late);
      if (this.#isCut) hooks.late(change);
      else hooks.answered();
    });
    return "running";
  }

  /** The prepared acknowledgement at once; a tool without one is excused when it takes long. */
  #excuse({ acknowledgement }: Tool, hooks: RoundHooks): () => void {
    const { options, lines } = this.#parts.script;
    if (acknowledgement !== "") {
      hooks.waiting(acknowledgement);
      return () => undefined;
    }
    const stop = new AbortController();
    options.clock.sleep(options.waitingAfterMs, stop.signal).then(
      () => hooks.waiting(lines.oneMoment),
      () => undefined,
    );
    return () => stop.abort();
  }

  #answered(call: LlmToolCall, tool: Tool, args: ToolArguments, { outcome, reply }: ToolAnswer): StandingChange {
    const { round, objective } = this.#parts;
    round.results.set(call.id, JSON.stringify({ outcome, ...reply }));
    const times = tool.operation === "calendar.find-slots" ? offeredTimes(reply) : [];
    const change: StandingChange = (standing) => ({
      ...standing,
      progress: withResult(standing.progress, objective, { tool: tool.name, outcome, used: args }),
      told: [...standing.told.filter(({ start }) => !times.some((time) => time.start === start)), ...times],
    });
    this.#standing = change(this.#standing);
    this.#flags.hasRun = true;
    this.#flags.hasFailed ||= outcome === "failure";
    return change;
  }

  #outcome(): RoundOutcome {
    const records = this.#records;
    const { results } = this.#parts.round;
    return {
      ...this.#flags,
      standing: this.#standing,
      events: this.#events,
      handOff: this.#handOff,
      tellModel: (step) => {
        for (const { id, accepted, rejected } of records) results.set(id, JSON.stringify({ accepted, rejected, step }));
      },
    };
  }
}

const interrupted = { outcome: "failure", reason: "interrupted", message: "The caller spoke; it was not done." };
