import { spokenWords, wasSaid } from "@tandem/caller";
import type { CallerStep } from "@tandem/domain/manifest";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { Clock } from "@tandem/kernel";
import type { TrialModelAnswer, TrialModelSocket } from "@tandem/ports/inbound";
import type {
  SpokenReport,
  SpokenStep,
  SpokenTurn,
  TrialAnswer,
  TrialScript,
  TrialTrace,
} from "@tandem/ports/ingress-probe";
import { reachAgent } from "./next-instruction.ts";
import { silent } from "./spoken-call.ts";
import type { TrialSessions } from "./trial-sessions.ts";
import { agentVendorOf, type IngressProbeOptions, type Subject } from "./trial-signer.ts";
import { fetchTrace, finalTrace } from "./trial-trace.ts";

const ANSWER_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/** Has the scripted conversation as text over our socket, as the agent's vendor does once it has recognised what was said. */
export async function converse(
  options: IngressProbeOptions,
  sessions: TrialSessions,
  trial: { readonly subject: Subject; readonly answer: TrialAnswer; readonly script: TrialScript },
): Promise<SpokenReport> {
  const reached = await reachAgent(options, trial.subject, trial.answer);
  const { instruction = null, call = null } = reached ?? {};
  const { deployment, vendor } = await agentVendorOf(options, trial.subject);
  const agentCallId = instruction?.do === "dial" ? firstAgentCall(instruction.targets, vendor.agentCallOf) : null;
  const session = call === null ? undefined : sessions.get(call.sessionId);
  if (call === null || session === undefined || agentCallId === null || vendor.dialModel === undefined)
    return silent("text", "the carrier document reaches no agent that asks our engine");
  const { ingressKey } = deployment;
  const socket = await vendor
    .dialModel({
      url: `${options.publicUrl.replace(/^http/, "ws")}/agent/${ingressKey}/llm/${agentSocketSecret(ingressKey)}`,
      agentCallId,
      metadata: { tandem_stamp: session.stamp, tandem_session: call.sessionId },
      answerWithinMs: ANSWER_WITHIN_MS,
    })
    .catch((error: unknown) => error as Error);
  if (socket instanceof Error) return silent("text", socket.message);
  const conversation = new TextConversation(options.clock, socket, () => fetchTrace(options, call));
  const isWhole = await conversation.run(trial.script.steps, trial.script.signal);
  socket.close();
  return conversation.report(isWhole, await finalTrace(options, call));
}

function firstAgentCall(
  targets: readonly ({ readonly sipUri: string } | { readonly number: string })[],
  read: (sipUri: string) => string | null,
): string | null {
  const uri = targets.flatMap((target) => ("sipUri" in target ? [target.sipUri] : []))[0];
  return uri === undefined ? null : read(uri);
}

interface Outcome {
  readonly ok: boolean;
  readonly detail: string;
}

const passed = (detail: string): Outcome => ({ ok: true, detail });
const failed = (detail: string): Outcome => ({ ok: false, detail });

/** A caller's script without sound: what it says is a request for a response, what it hears is the response. */
class TextConversation {
  readonly #clock: Clock;
  readonly #socket: TrialModelSocket;
  readonly #trace: () => Promise<TrialTrace | null>;
  readonly #startedMs: number;
  readonly #steps: SpokenStep[] = [];
  readonly #turns: SpokenTurn[] = [];
  /** What was said since the caller last spoke. */
  #heard = "";
  #last: TrialModelAnswer | null = null;

  constructor(clock: Clock, socket: TrialModelSocket, trace: () => Promise<TrialTrace | null>) {
    this.#clock = clock;
    this.#socket = socket;
    this.#trace = trace;
    this.#startedMs = clock.monotonicMs();
  }

  /** True when every step came out well. Never rejects. */
  async run(steps: readonly CallerStep[], signal: AbortSignal): Promise<boolean> {
    const opened = await this.#take(() => this.#socket.opening, 0).catch((error: unknown) => error as Error);
    if (opened instanceof Error) {
      this.#steps.push({ do: "listen", ok: false, detail: opened.message, atMs: 0 });
      return false;
    }
    for (const step of steps) {
      const atMs = this.#nowMs();
      const outcome = signal.aborted ? failed("the script was stopped") : await this.#step(step).catch(failure);
      this.#steps.push({ do: step.do, ...outcome, atMs });
      if (!outcome.ok) return false;
    }
    return true;
  }

  report(ok: boolean, trace: TrialTrace | null): SpokenReport {
    const isOver = this.#last?.endsCall === true || this.#last?.transfersTo != null;
    return {
      ...silent("text", ""),
      trouble: null,
      ok,
      steps: this.#steps,
      turns: this.#turns,
      endedBy: trace?.handedOffTo != null ? "hand-off" : isOver ? "agent" : "caller",
      durationMs: this.#nowMs(),
      trace,
    };
  }

  #step(step: CallerStep): Promise<Outcome> {
    switch (step.do) {
      case "say":
        return this.#say(step.text, null);
      case "interrupt":
        return this.#interrupt(step.atWord, step.text);
      case "hear":
        return Promise.resolve(this.#hear(step.anyOf));
      case "listen":
        return Promise.resolve(this.#heard === "" ? failed("the agent said nothing") : passed(this.#heardText()));
      case "be-silent":
        return this.#remind();
      case "expect-tool":
        return this.#expectTool(step);
      case "expect-end":
        return this.#expectEnd(step.by);
      case "press":
      case "noise":
        return Promise.resolve(passed("has no meaning in a conversation as text"));
      case "hang-up":
        this.#socket.close();
        return Promise.resolve(passed("hung up"));
    }
  }

  async #say(text: string, heard: string | null): Promise<Outcome> {
    const atMs = this.#nowMs();
    this.#turns.push(turn("caller", text, atMs, atMs));
    this.#heard = "";
    await this.#take(() => this.#socket.say(text, heard), atMs);
    return passed(`said "${text}"; ${this.#heardText()}`);
  }

  /** The vendor tells how far its agent had come: up to and with the word. */
  #interrupt(atWord: string, text: string): Promise<Outcome> {
    const at = this.#heard.toLowerCase().indexOf(atWord.toLowerCase());
    if (at < 0) return Promise.resolve(failed(`"${atWord}" to interrupt at: ${this.#heardText()}`));
    return this.#say(text, this.#heard.slice(0, at + atWord.length));
  }

  #hear(anyOf: readonly string[]): Outcome {
    const words = spokenWords(this.#heard);
    if (anyOf.some((text) => wasSaid(words, text))) return passed(this.#heardText());
    return failed(`${anyOf.map((text) => `"${text}"`).join(" or ")}: ${this.#heardText()}`);
  }

  async #remind(): Promise<Outcome> {
    const atMs = this.#nowMs();
    await this.#take(() => this.#socket.remind(), atMs);
    return passed(this.#heardText());
  }

  async #take(ask: () => Promise<TrialModelAnswer>, askedMs: number): Promise<void> {
    const answer = await ask();
    this.#last = answer;
    this.#heard = `${this.#heard} ${answer.content}`.trim();
    if (answer.content === "") return;
    const latencyMs = answer.firstMs === null ? null : Math.round(answer.firstMs);
    this.#turns.push({ ...turn("agent", answer.content, askedMs, this.#nowMs()), latencyMs });
  }

  async #expectTool(step: Extract<CallerStep, { do: "expect-tool" }>): Promise<Outcome> {
    const dueMs = this.#nowMs() + (step.withinMs ?? 10_000);
    for (;;) {
      const used = (await this.#trace())?.tools ?? [];
      if (used.some(({ tool, outcome }) => tool === step.tool && outcome === step.outcome))
        return passed(`${step.tool}: ${step.outcome}`);
      const seen = used.map(({ tool, outcome }) => `${tool}: ${outcome}`).join(", ") || "none";
      if (this.#nowMs() >= dueMs) return failed(`${step.tool} with ${step.outcome}: not in time; tools used: ${seen}`);
      await this.#clock.sleep(LOOK_AGAIN_MS);
    }
  }

  async #expectEnd(by: "hang-up" | "hand-off"): Promise<Outcome> {
    const isOver = this.#last?.endsCall === true || this.#last?.transfersTo != null;
    if (!isOver) return failed("the agent goes on");
    const wasHandedOff = (await this.#trace())?.handedOffTo != null;
    const isAsked = wasHandedOff === (by === "hand-off");
    return isAsked ? passed(by) : failed(wasHandedOff ? "it was handed over" : "it was ended");
  }

  #heardText(): string {
    return `heard "${this.#heard}"`;
  }

  #nowMs(): number {
    return Math.round(this.#clock.monotonicMs() - this.#startedMs);
  }
}

const failure = (error: unknown): Outcome => failed((error as Error).message);

const turn = (by: SpokenTurn["by"], text: string, startMs: number, endMs: number): SpokenTurn => ({
  by,
  text,
  startMs,
  endMs,
  latencyMs: null,
  wasInterrupted: false,
});
