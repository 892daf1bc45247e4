import type { ClientRequest, IncomingMessage } from "node:http";
import type { Clock, VendorFault } from "@tandem/kernel";
import type { LlmCompletion, LlmListener, LlmToolCall, LlmUsage } from "@tandem/ports/llm";
import type { ProviderFailure } from "@tandem/ports/provider";
import { readText } from "./client.ts";
import { errorWords, faultOf, providerFailure, RefusedAnswer } from "./errors.ts";
import { SseReader } from "./sse-reader.ts";
import { readChunk, type ToolCallPiece } from "./wire.ts";

const MOST_ERROR_BYTES = 64 * 1024;
/** An answer of any length that we ask for is a fraction of it; beyond it a service, which a tenant may have named, takes our memory. */
const MOST_ANSWER_BYTES = 2 * 1024 * 1024;
/** How long a body may go on after its last event before its connection is given up. */
const TRAILING_MS = 2000;

type FinishReason = Parameters<LlmListener["done"]>[0]["finishReason"];

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "filtered",
};

export interface CompletionOptions {
  /** Name of the service, for failures. */
  readonly title: string;
  readonly clock: Clock;
  readonly listener: LlmListener;
  /** Sends the request; may throw. */
  readonly send: () => ClientRequest;
  /** The request was aborted, and its connection with it. */
  readonly onCancel: () => void;
}

/** Reads one streamed answer. Everything is told from within the socket's own events; nothing after `cancel`, `done` or `failed`. */
export class Completion implements LlmCompletion {
  readonly #options: CompletionOptions;
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();
  #request: ClientRequest | null = null;
  #receivedBytes = 0;
  #isOver = false;
  #finishReason: FinishReason | null = null;
  #usage: LlmUsage | null = null;

  constructor(options: CompletionOptions) {
    this.#options = options;
    try {
      const request = options.send();
      this.#request = request;
      request.on("response", (response) => this.#answered(response));
      request.on("error", (error) => this.#broken(error));
    } catch (error) {
      queueMicrotask(() => this.#broken(error));
    }
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#request?.destroy();
    setImmediate(this.#options.onCancel); // the caller has just begun to speak: connecting can wait
  }

  #answered(response: IncomingMessage): void {
    response.on("error", (error) => this.#broken(error));
    if (response.statusCode !== 200) return this.#refused(response);
    if (!(response.headers["content-type"] ?? "").includes("text/event-stream"))
      return this.#fail("contract", "an answer that is no event stream");
    const events = new SseReader((data) => this.#event(data));
    response.on("data", (piece: Buffer) => {
      if (this.#isOver) return;
      this.#receivedBytes += piece.length;
      if (this.#receivedBytes > MOST_ANSWER_BYTES) this.#fail("contract", "an answer that does not end");
      else this.#guarded(() => events.read(piece));
    });
    response.on("end", () => {
      if (!this.#isOver) this.#guarded(() => events.end());
      this.#ended();
    });
  }

  #refused(response: IncomingMessage): void {
    readText(response, MOST_ERROR_BYTES).then(
      (body) => this.#broken(new RefusedAnswer(response, body, this.#options.clock.now())),
      () => this.#broken(new RefusedAnswer(response, "", this.#options.clock.now())),
    );
  }

  /** A line beyond all measure is the service's breach, not ours. */
  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#fail("contract", error.message);
    }
  }

  #event(data: string): void {
    if (this.#isOver) return;
    if (data === "[DONE]") {
      this.#release();
      return this.#ended();
    }
    const value = parsed(data);
    const words = errorWords(value);
    if (words !== null) {
      const name = words.code ?? words.type;
      return this.#fail(
        faultOf(undefined, words),
        `an error within the stream${name === undefined ? "" : ` (${name})`}`,
      );
    }
    const chunk = readChunk(value);
    if (chunk === null) return this.#fail("contract", "an event that is no chunk of a completion");
    if (chunk.usage !== null) this.#usage = chunk.usage;
    for (const piece of chunk.toolCalls) this.#gather(piece);
    if (chunk.text !== "") this.#options.listener.text(chunk.text);
    if (chunk.finishReason !== null) this.#finish(chunk.finishReason);
  }

  #gather(piece: ToolCallPiece): void {
    const call = this.#calls.get(piece.index);
    if (call === undefined)
      this.#calls.set(piece.index, {
        id: piece.id ?? `call_${piece.index}`,
        name: piece.name ?? "",
        arguments: piece.arguments,
      });
    else {
      if (call.name === "" && piece.name !== undefined) call.name = piece.name;
      call.arguments += piece.arguments;
    }
  }

  /** The model has ended: its tool calls are whole, unless it was cut off. */
  #finish(reason: string): void {
    if (this.#isOver || this.#finishReason !== null) return;
    const known = FINISH[reason];
    if (known === undefined) return this.#fail("contract", "an unknown reason to finish");
    const isWhole = known === "stop" || known === "tool-calls";
    this.#finishReason = isWhole && this.#calls.size > 0 ? "tool-calls" : known;
    if (!isWhole) return;
    for (const call of [...this.#calls].sort(([a], [b]) => a - b).map(([, each]): LlmToolCall => each)) {
      if (this.#isOver) return; // cancelled by what an earlier call brought about
      this.#options.listener.toolCall(call);
    }
  }

  #ended(): void {
    if (this.#isOver) return;
    if (this.#finishReason === null) return this.#fail("contract", "a stream that ended before the model had");
    this.#isOver = true;
    this.#options.listener.done({ finishReason: this.#finishReason, usage: this.#usage });
  }

  /** What is left of the body is passed over, so that the connection serves the next request; what never ends is dropped. */
  #release(): void {
    const request = this.#request;
    request?.setTimeout(TRAILING_MS, () => request.destroy());
  }

  #broken(error: unknown): void {
    if (this.#isOver) return;
    if (this.#finishReason !== null) return this.#ended(); // all of it had come
    this.#tell(providerFailure(this.#options.title, error));
  }

  #fail(fault: VendorFault, message: string): void {
    if (!this.#isOver) this.#tell({ fault, message: `${this.#options.title}: ${message}`, retryAfterMs: null });
  }

  #tell(failure: ProviderFailure): void {
    this.#isOver = true;
    this.#request?.destroy();
    this.#options.listener.failed(failure);
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
