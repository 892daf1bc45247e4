import type { EngineEvent } from "@tandem/agent";
import type { TurnRecord, TurnTool } from "@tandem/domain/session";
import type { HostedTurn } from "./hosted-conversation.ts";

/** Gathers what one turn of a hosted agent used, and makes its record. Its latency is the vendor's to report (ruling 40). */
export class TurnTally {
  #turn = 0;
  #tools: TurnTool[] = [];
  #inputTokens = 0;
  #outputTokens = 0;
  #lightTokens = { input: 0, output: 0 };
  #tier: "light" | "full" = "full";
  #retries = 0;
  #llm: string | null = null;
  #model: string | null = null;

  event(event: EngineEvent): void {
    if (event.type === "tool-finished") {
      const { tool, outcome, durationMs } = event;
      this.#tools.push({ tool, outcome, durationMs, isSpeculative: false });
    } else if (event.type === "model-asked") {
      this.#tier = event.tier;
    } else if (event.type === "model-answered") {
      this.#inputTokens += event.inputTokens;
      this.#outputTokens += event.outputTokens;
      if (this.#tier === "full") return;
      this.#lightTokens = {
        input: this.#lightTokens.input + event.inputTokens,
        output: this.#lightTokens.output + event.outputTokens,
      };
    }
  }

  served(provider: string, model: string): void {
    this.#llm = provider;
    this.#model = model;
  }

  failedOver(): void {
    this.#retries += 1;
  }

  /** The record of the turn that is over; counting begins anew. */
  take({ callerText, agentText, wasInterrupted, confidence }: HostedTurn, objective: string): TurnRecord {
    this.#turn += 1;
    const record: TurnRecord = {
      turn: this.#turn,
      objective,
      callerText,
      agentText,
      wasInterrupted,
      wasSpeculative: false,
      discarded: 0,
      latency: null,
      source: "vendor-reported",
      providers: { stt: null, llm: this.#llm, tts: null },
      models: { stt: null, llm: this.#model, tts: null },
      retries: this.#retries,
      confidence,
      callerLevelDb: null,
      lossRatio: 0,
      tools: this.#tools,
      longestSilenceMs: 0,
      tokens: { input: this.#inputTokens, output: this.#outputTokens },
      ...(this.#lightTokens.input + this.#lightTokens.output > 0 ? { lightTokens: this.#lightTokens } : {}),
      spokenCharacters: agentText.length,
    };
    this.#tools = [];
    [this.#llm, this.#model] = [null, null];
    this.#lightTokens = { input: 0, output: 0 };
    [this.#inputTokens, this.#outputTokens, this.#retries] = [0, 0, 0];
    return record;
  }
}
