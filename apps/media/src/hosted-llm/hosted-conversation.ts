import type { ConversationEngine, PendingResponse, ResponseOutcome, ResponseSink, SpokenLine } from "@tandem/agent";
import type { ResponsePiece, Utterance } from "./agent-frame.ts";

/** What the vendor writes for sounds that it could not make out. */
const UNINTELLIGIBLE = "(unintelligible audio)";
/** The vendor tells no confidence: its words are taken as heard, its noises as hardly heard. */
const CONFIDENCE = { heard: 1, unintelligible: 0.3 } as const;

/** Ten minutes of talk in one turn: nobody says more before an answer. */
const MOST_CALLER_CHARACTERS = 8000;

/** A response that is over, with what came of it. */
export interface HostedTurn {
  readonly callerText: string;
  readonly agentText: string;
  readonly wasInterrupted: boolean;
  readonly confidence: number;
}

export interface HostedConversationOptions {
  readonly engine: ConversationEngine;
  readonly send: (piece: ResponsePiece) => void;
  /** Spoken when no model is left. */
  readonly failureLine: string;
  /** How long a tool may run before its acknowledgement is spoken, milliseconds. */
  readonly patienceMs: number;
  readonly onTurn: (turn: HostedTurn) => void;
  readonly onOutcome: (outcome: ResponseOutcome, say: (last: Partial<ResponsePiece>) => void) => void;
}

interface Current {
  readonly responseId: number;
  readonly callerText: string;
  readonly confidence: number;
  pending: PendingResponse | null;
  said: string;
  acknowledgement: NodeJS.Timeout | null;
  isDone: boolean;
}

/**
 * The conversation engine behind a hosted agent: the vendor hears, speaks and decides whose turn it is; every request for a response is a
 * turn that has ended. Only the newest request is answered.
 */
export class HostedConversation {
  readonly #options: HostedConversationOptions;
  #current: Current | null = null;
  #newestId = 0;
  #isOpened: boolean;

  constructor(options: HostedConversationOptions) {
    this.#options = options;
    this.#isOpened = options.engine.state.transcript.length > 0;
  }

  /** Says the opening: what must be heard is not interruptible, the greeting is. */
  open(): void {
    this.#sayOpening(0);
    this.#options.send({ responseId: 0, content: "", isComplete: true });
  }

  /** Answers what the caller said since the agent last spoke; an answer that was still being made is dropped. */
  respond(responseId: number, transcript: readonly Utterance[]): void {
    if (responseId <= this.#newestId) return; // an older request, late
    this.#settle(transcript);
    if (!this.#isOpened) this.#sayOpening(responseId);
    const { text, confidence } = callerWords(transcript);
    const current = this.#begin(responseId, text, confidence);
    const pending = this.#options.engine.respond({ text, confidence, via: "speech" }, this.#sinkOf(current));
    this.#commit(current, pending);
  }

  /** The caller has been silent. */
  remind(responseId: number, transcript: readonly Utterance[]): void {
    if (responseId <= this.#newestId) return;
    this.#settle(transcript);
    if (!this.#isOpened) this.#sayOpening(responseId);
    const current = this.#begin(responseId, "", CONFIDENCE.heard);
    this.#commit(current, this.#options.engine.remind(this.#sinkOf(current)));
  }

  /** The socket or the call is over. */
  close(): void {
    this.#settle(null);
    this.#options.engine.close();
  }

  /** Also in front of an answer: on a call that nobody has opened yet, however old it is, the disclosure comes before everything else. */
  #sayOpening(responseId: number): void {
    const { engine, send } = this.#options;
    const lines = engine.opening;
    this.#isOpened = true;
    for (const { text, isUninterruptible } of lines)
      send({ responseId, content: `${text} `, isComplete: false, isUninterruptible });
    engine.opened(lines.map(({ text }) => text).join(" "));
  }

  #begin(responseId: number, callerText: string, confidence: number): Current {
    this.#newestId = responseId;
    this.#current = {
      responseId,
      callerText,
      confidence,
      pending: null,
      said: "",
      acknowledgement: null,
      isDone: false,
    };
    return this.#current;
  }

  #commit(current: Current, pending: PendingResponse): void {
    current.pending = pending;
    pending.commit();
  }

  /** The answer before this one is over: as much of it was heard as the transcript tells; null when nothing more will be told. */
  #settle(transcript: readonly Utterance[] | null): void {
    const current = this.#current;
    this.#current = null;
    if (current?.pending == null) return;
    if (current.acknowledgement !== null) clearTimeout(current.acknowledgement);
    const heard = transcript === null ? current.said.trim() : heardOf(current.said, transcript);
    const wasInterrupted = !current.isDone || lettersOf(heard).length < lettersOf(current.said).length;
    if (wasInterrupted) current.pending.interrupt(heard);
    else current.pending.finish();
    const { callerText, confidence } = current;
    this.#options.onTurn({ callerText, agentText: heard, wasInterrupted, confidence });
  }

  #sinkOf(current: Current): ResponseSink {
    const isCurrent = () => this.#current === current && !current.isDone;
    return {
      text: (delta) => {
        if (isCurrent()) this.#say(current, delta, undefined);
      },
      line: ({ text, isUninterruptible }: SpokenLine) => {
        if (isCurrent()) this.#say(current, `${text} `, isUninterruptible);
      },
      waiting: (acknowledgement) => {
        if (!isCurrent() || current.said !== "") return;
        current.acknowledgement ??= setTimeout(() => {
          if (isCurrent() && current.said === "") this.#say(current, `${acknowledgement} `, undefined);
        }, this.#options.patienceMs);
      },
      done: (outcome) => {
        if (isCurrent()) this.#done(current, outcome);
      },
    };
  }

  #say(current: Current, content: string, isUninterruptible: boolean | undefined): void {
    current.said += content;
    const { responseId } = current;
    this.#options.send({
      responseId,
      content,
      isComplete: false,
      ...(isUninterruptible === undefined ? {} : { isUninterruptible }),
    });
  }

  #done(current: Current, outcome: ResponseOutcome): void {
    const { send, onOutcome, failureLine } = this.#options;
    if (outcome.next === "failed") this.#say(current, failureLine, true);
    current.isDone = true;
    const { responseId } = current;
    onOutcome(outcome, (last) => send({ responseId, content: "", isComplete: true, ...last }));
  }
}

/** What the caller said since the agent last spoke. */
function callerWords(transcript: readonly Utterance[]): { text: string; confidence: number } {
  const lastAgent = transcript.findLastIndex(({ role }) => role === "agent");
  const said = transcript.slice(lastAgent + 1).filter(({ role }) => role === "user");
  const words = said.map(({ content }) => content.trim()).filter((content) => content !== UNINTELLIGIBLE);
  const text = words.join(" ").trim().slice(0, MOST_CALLER_CHARACTERS);
  return { text, confidence: text === "" ? CONFIDENCE.unintelligible : CONFIDENCE.heard };
}

/** How much of what we said the vendor transcribed as spoken: the agent's last words before the caller took the floor. */
function heardOf(said: string, transcript: readonly Utterance[]): string {
  const lastUser = transcript.findLastIndex(({ role }) => role === "user");
  const before = lastUser === -1 ? transcript : transcript.slice(0, lastUser);
  const spoken = before.findLast(({ role }) => role === "agent")?.content.trim() ?? "";
  return lettersOf(said).startsWith(lettersOf(spoken)) ? spoken : said.trim();
}

const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
