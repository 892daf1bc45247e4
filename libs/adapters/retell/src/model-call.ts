import { isJsonObject, type JsonObject } from "@tandem/kernel";
import { E164 } from "@tandem/domain/tenant";
import type { TrialModelAnswer, TrialModelCall, TrialModelSocket } from "@tandem/ports/inbound";

const OPENS_WITHIN_MS = 7000;
const PING_EVERY_MS = 2000;

interface Utterance {
  readonly role: "agent" | "user";
  readonly content: string;
}

interface Waiting {
  readonly responseId: number;
  readonly askedMs: number;
  readonly settle: (answer: TrialModelAnswer | Error) => void;
  content: string;
  firstMs: number | null;
}

/** Opens the socket of one call as Retell does. Rejects when it does not open within seven seconds. */
export function dialModel(call: TrialModelCall): Promise<TrialModelSocket> {
  const socket = new WebSocket(`${call.url}/${encodeURIComponent(call.agentCallId)}`);
  const model = new ModelCall(socket, call);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.close();
      reject(new Error(`the model's socket did not open within ${OPENS_WITHIN_MS} ms`));
    }, OPENS_WITHIN_MS);
    socket.addEventListener("open", () => (clearTimeout(late), resolve(model)));
    socket.addEventListener("error", () => (clearTimeout(late), reject(new Error("the model's socket did not open"))));
  });
}

/** Retell's end: asks for responses one after another, takes answers to the newest request only, and keeps the socket alive. */
class ModelCall implements TrialModelSocket {
  readonly #socket: WebSocket;
  readonly #call: TrialModelCall;
  readonly #startedAtMs = Date.now();
  readonly #transcript: Utterance[] = [];
  #responseId = 0;
  #waiting: Waiting | null = null;
  #pings: NodeJS.Timeout | null = null;
  readonly opening: Promise<TrialModelAnswer>;

  constructor(socket: WebSocket, call: TrialModelCall) {
    this.#socket = socket;
    this.#call = call;
    this.opening = this.#await(0);
    this.opening.catch(() => undefined); // told to whoever awaits it
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", ({ code }) => this.#closed(code));
  }

  async say(text: string, heard: string | null): Promise<TrialModelAnswer> {
    const last = this.#transcript.at(-1);
    if (heard !== null && last?.role === "agent") this.#transcript.splice(-1, 1, { role: "agent", content: heard });
    this.#transcript.push({ role: "user", content: text });
    this.#send({ interaction_type: "update_only", transcript: this.#spoken(), turntaking: "agent_turn" });
    return this.#ask("response_required");
  }

  remind(): Promise<TrialModelAnswer> {
    return this.#ask("reminder_required");
  }

  close(): void {
    if (this.#pings !== null) clearInterval(this.#pings);
    this.#socket.close(1000);
  }

  #ask(interaction: "response_required" | "reminder_required"): Promise<TrialModelAnswer> {
    this.#responseId += 1;
    const answer = this.#await(this.#responseId);
    this.#send({ interaction_type: interaction, response_id: this.#responseId, transcript: this.#spoken() });
    return answer;
  }

  #await(responseId: number): Promise<TrialModelAnswer> {
    this.#waiting?.settle(new Error("another answer was asked for"));
    return new Promise((resolve, reject) => {
      const { answerWithinMs } = this.#call;
      const settle: Waiting["settle"] = (answer) => {
        clearTimeout(late);
        if (this.#waiting === waiting) this.#waiting = null;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      const waiting: Waiting = { responseId, askedMs: performance.now(), settle, content: "", firstMs: null };
      const late = setTimeout(() => settle(new Error(`no whole answer within ${answerWithinMs} ms`)), answerWithinMs);
      this.#waiting = waiting;
    });
  }

  #receive(data: unknown): void {
    const frame = typeof data === "string" ? parsed(data) : null;
    if (frame === null) return this.#socket.close(1007);
    if (frame["response_type"] === "config") this.#begin(isJsonObject(frame["config"]) ? frame["config"] : {});
    if (frame["response_type"] === "response") this.#respond(frame);
  }

  #begin(config: JsonObject): void {
    if (config["auto_reconnect"] === true)
      this.#pings ??= setInterval(
        () => this.#send({ interaction_type: "ping_pong", timestamp: Date.now() }),
        PING_EVERY_MS,
      );
    if (config["call_details"] !== true) return;
    const { agentCallId, metadata } = this.#call;
    const call = {
      call_id: agentCallId,
      call_type: "phone_call",
      metadata: { ...metadata },
      start_timestamp: this.#startedAtMs,
      transcript_object: [],
    };
    this.#send({ interaction_type: "call_details", call });
  }

  #respond(frame: JsonObject): void {
    const waiting = this.#waiting;
    if (waiting === null || frame["response_id"] !== waiting.responseId) return;
    const content = typeof frame["content"] === "string" ? frame["content"] : "";
    if (content !== "") waiting.firstMs ??= performance.now() - waiting.askedMs;
    waiting.content += content;
    if (frame["content_complete"] !== true) return;
    const said = waiting.content.trim();
    if (said !== "") this.#transcript.push({ role: "agent", content: said });
    this.#send({ interaction_type: "update_only", transcript: this.#spoken(), turntaking: "user_turn" });
    const transfersTo = E164.safeParse(frame["transfer_number"]).data ?? null;
    waiting.settle({ content: said, firstMs: waiting.firstMs, endsCall: frame["end_call"] === true, transfersTo });
  }

  #closed(code: number): void {
    if (this.#pings !== null) clearInterval(this.#pings);
    this.#waiting?.settle(new Error(`the model's socket closed with ${code}`));
  }

  #spoken(): JsonObject[] {
    return this.#transcript.map((each) => ({ ...each }));
  }

  #send(frame: JsonObject): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
