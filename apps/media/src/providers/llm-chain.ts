import type { AgentModels } from "@tandem/agent";
import type { LlmCompletion, LlmListener, LlmMessage, LlmRequest } from "@tandem/ports/llm";
import type { ProviderFailure } from "@tandem/ports/provider";
import { Deadline, type Timers } from "../pipeline/timers.ts";
import { type ChainLink, type ChainListener, countFailure, missed } from "./chain.ts";

type Asked = Pick<LlmRequest, "messages" | "tools" | "maxOutputTokens">;
type Tier = "light" | "full";

export interface LlmChainOptions {
  readonly timers: Timers;
  readonly listener: ChainListener;
  /** Longest wait for the first useful output, and between two, milliseconds. */
  readonly deadlineMs: number;
  /** A completion was taken over by the next provider. */
  readonly onFailover: () => void;
  /** The provider whose output is being used, and its full model. */
  readonly onServed: (provider: string, model: string) => void;
}

/** The models of a release behind one conversation: the next one takes over inside the turn, with its own settings. */
export class LlmChain implements AgentModels {
  readonly #options: LlmChainOptions;
  readonly #waiting = new Set<ChainedCompletion>();
  #links: readonly ChainLink<"llm">[] | null = null;

  constructor(options: LlmChainOptions) {
    this.#options = options;
  }

  /** The accounts are open; what was asked meanwhile is asked now. */
  attach(links: readonly ChainLink<"llm">[]): void {
    this.#links = links;
    for (const completion of this.#waiting) completion.begin(links);
    this.#waiting.clear();
  }

  stream(request: Asked, tier: Tier, listener: LlmListener): LlmCompletion {
    const completion = new ChainedCompletion(this.#options, request, tier, listener);
    if (this.#links === null) this.#waiting.add(completion);
    else completion.begin(this.#links);
    return completion;
  }
}

/** One completion, whoever makes it. */
class ChainedCompletion implements LlmCompletion {
  readonly #options: LlmChainOptions;
  readonly #request: Asked;
  readonly #tier: Tier;
  readonly #listener: LlmListener;
  readonly #deadline: Deadline;
  #untried: ChainLink<"llm">[] = [];
  #link: ChainLink<"llm"> | null = null;
  #current: LlmCompletion | null = null;
  #text = "";
  #hasToolCall = false;
  #isUseful = false;
  #isOver = false;

  constructor(options: LlmChainOptions, request: Asked, tier: Tier, listener: LlmListener) {
    this.#options = options;
    this.#request = request;
    this.#tier = tier;
    this.#listener = listener;
    const { deadlineMs, timers } = options;
    this.#deadline = new Deadline(timers, () => this.#failed(missed(`No output within ${deadlineMs} ms.`)));
  }

  begin(links: readonly ChainLink<"llm">[]): void {
    if (this.#isOver) return;
    this.#untried = links.filter(({ breaker }) => !breaker.isOpen);
    this.#askNext(missed("No model of the chain is available."));
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.cancel();
    this.#current?.cancel();
  }

  #askNext(because: ProviderFailure): void {
    const link = this.#untried.shift();
    this.#link = link ?? null;
    if (link === undefined) {
      this.#end();
      return this.#listener.failed(because);
    }
    this.#isUseful = false;
    this.#deadline.set(this.#options.deadlineMs);
    const { model, settings } = link.choice;
    const request = {
      ...this.#request,
      messages: this.#messages(),
      model: this.#tier === "light" ? link.lightModel : model,
      settings,
    };
    const completion = link.port.stream(request, this.#listenTo(link));
    if (this.#link === link) this.#current = completion;
  }

  /** What was spoken is kept: the next model goes on where the former broke off. */
  #messages(): readonly LlmMessage[] {
    const { messages } = this.#request;
    if (this.#text === "") return messages;
    return [
      ...messages,
      { role: "assistant", content: this.#text },
      {
        role: "system",
        content: "Your last message was cut off. Go on with the very next word, repeat nothing and do not mention it.",
      },
    ];
  }

  #listenTo(link: ChainLink<"llm">): LlmListener {
    const isCurrent = (): boolean => !this.#isOver && this.#link === link;
    return {
      text: (delta) => {
        if (!isCurrent() || delta === "") return;
        this.#useful(link);
        this.#text += delta;
        this.#listener.text(delta);
      },
      toolCall: (call) => {
        if (!isCurrent()) return;
        this.#useful(link);
        this.#hasToolCall = true;
        this.#listener.toolCall(call);
      },
      done: (outcome) => {
        if (!isCurrent()) return;
        this.#useful(link);
        this.#end();
        this.#listener.done(outcome);
      },
      failed: (failure) => {
        if (isCurrent()) this.#failed(failure);
      },
    };
  }

  #useful(link: ChainLink<"llm">): void {
    this.#deadline.set(this.#options.deadlineMs);
    if (this.#isUseful) return;
    this.#isUseful = true;
    link.breaker.succeeded();
    this.#options.onServed(link.provider, link.choice.model);
  }

  #failed(failure: ProviderFailure): void {
    const link = this.#link;
    if (link === null) return;
    this.#deadline.cancel();
    this.#link = null;
    this.#current?.cancel();
    countFailure(link, failure, this.#options.listener);
    if (this.#hasToolCall) {
      // Whole tool calls were told already: they are this answer; nobody is asked for them twice.
      this.#end();
      return this.#listener.done({ finishReason: "tool-calls", usage: null });
    }
    if (this.#untried.length > 0) this.#options.onFailover();
    this.#askNext(failure);
  }

  #end(): void {
    this.#isOver = true;
    this.#deadline.cancel();
  }
}
