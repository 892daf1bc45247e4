import { currentObjective, currentVisit, nextObjectives, type Progress, summaryOf } from "@tandem/domain/conversation";
import type { Tool } from "@tandem/domain/manifest";
import { type CallScript, callScript } from "./call-script.ts";
import type {
  CallerTurn,
  ConversationEngine,
  ConversationOptions,
  ConversationState,
  PendingResponse,
  ResponseSink,
  SpokenLine,
} from "./conversation-engine.ts";
import { History, newRound } from "./history.ts";
import { openingLines, resumingLines } from "./opening.ts";
import { Response } from "./response.ts";
import { type Standing, type StandingChange, startStanding } from "./standing.ts";
import { type ToolArguments, ToolRuns } from "./tool-runs.ts";

/** Opens the conversation of one call. Nothing is asked of a model before the first turn; reads that will be wanted begin at once. */
export const createConversation = (options: ConversationOptions): ConversationEngine => new Conversation(options);

class Conversation implements ConversationEngine {
  readonly opening: readonly SpokenLine[];
  readonly #script: CallScript;
  readonly #runs: ToolRuns;
  readonly #history: History;
  #standing: Standing;
  #pending: Response | null = null;
  /** Reminders since the caller last spoke. */
  #reminders = 0;
  #isClosed = false;

  constructor(options: ConversationOptions) {
    this.#script = callScript(options);
    this.#runs = new ToolRuns({
      tools: options.tools,
      declared: options.bundle.tools,
      clock: options.clock,
      onEvent: options.onEvent,
    });
    this.#history = new History(options.clock, options.resumed?.transcript ?? []);
    this.#standing = startStanding(options);
    const { resumed } = options;
    const { facts, lines } = this.#script;
    const isOpened = resumed !== undefined && resumed.transcript.length > 0;
    this.opening = [
      ...(resumed === undefined ? [] : resumingLines(resumed, lines)),
      ...(isOpened ? [] : openingLines(options, facts, lines)),
    ];
    options.onEvent({ type: "objective-entered", objective: currentVisit(this.#standing.progress).objective });
    this.#prefetch(this.#standing.progress);
  }

  opened(heard: string): void {
    const exchange = { callerText: null, rounds: [newRound(this.opening.map(({ text }) => text).join(" "))] };
    this.#history.add(exchange);
    this.#history.heard(exchange, heard);
  }

  respond(turn: CallerTurn, sink: ResponseSink): PendingResponse {
    const response = this.#begin(turn, sink);
    if (this.#isClosed) response.close();
    else response.begin(turn);
    return response;
  }

  remind(sink: ResponseSink): PendingResponse {
    const { lines } = this.#script;
    const response = this.#begin(null, sink);
    if (this.#isClosed) response.close();
    else if (this.#reminders === 0)
      response.saying({ text: lines.stillThere, isUninterruptible: false }, { next: "listen" });
    else
      response.saying(
        { text: lines.silentGoodbye(this.#script.options.call.direction), isUninterruptible: false },
        { next: "hang-up" },
      );
    return response;
  }

  get state(): ConversationState {
    const { progress } = this.#standing;
    return {
      objective: currentVisit(progress).objective,
      facts: progress.facts,
      transcript: [...this.#history.transcript],
    };
  }

  summary(): string {
    const { progress, told } = this.#standing;
    return summaryOf({ progress, told, done: this.#runs.done, reason: null });
  }

  close(): void {
    this.#isClosed = true;
    this.#pending?.close();
    this.#pending = null;
  }

  #begin(turn: CallerTurn | null, sink: ResponseSink): Response {
    this.#settlePending();
    const response: Response = new Response(
      {
        script: this.#script,
        runs: this.#runs,
        history: this.#history,
        adopt: (standing) => this.#adopt(standing),
        committed: () => {
          this.#reminders = turn === null ? this.#reminders + 1 : 0;
          this.#prefetch(this.#standing.progress);
        },
        late: (change) => this.#late(change),
        event: this.#script.options.onEvent,
      },
      this.#standing,
      turn,
      sink,
    );
    this.#pending = response;
    return response;
  }

  /** At most one answer is pending: one that nobody ended is thrown away, or counts as heard so far. */
  #settlePending(): void {
    this.#pending?.finish();
    this.#pending = null;
  }

  #adopt(standing: Standing): void {
    const isMoved = currentVisit(standing.progress).objective !== currentVisit(this.#standing.progress).objective;
    this.#standing = standing;
    if (isMoved) this.#prefetch(standing.progress);
  }

  #late(change: StandingChange): void {
    this.#standing = change(this.#standing);
    this.#pending?.rebase(change);
  }

  /** Begins the reads of this step and of the next ones whose inputs are known. */
  #prefetch(progress: Progress): void {
    if (this.#isClosed) return;
    const { conversation, tools } = this.#script;
    const near = [currentObjective(conversation, progress), ...nextObjectives(conversation, progress)];
    const names = new Set(near.flatMap((objective) => objective.tools));
    for (const tool of tools) {
      if (!names.has(tool.name) || !this.#runs.isRead(tool)) continue;
      const args = knownArguments(tool, progress);
      if (args !== null) this.#runs.prefetch(tool, args);
    }
  }
}

/** The needed arguments out of facts of the same name; null when one is missing. */
function knownArguments(tool: Tool, { facts }: Progress): ToolArguments | null {
  const args: Record<string, ToolArguments[string]> = {};
  for (const [name, { required }] of Object.entries(tool.arguments)) {
    if (!required) continue;
    const fact = facts.find(({ field, isConfirmed }) => field === name && isConfirmed);
    if (fact === undefined) return null;
    args[name] = fact.value;
  }
  return args;
}
