import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxOutgoing, SandboxWorld } from "@tandem/ports/sandbox";
import type { Customer } from "./accounts.ts";
import type { ChatRequest } from "./chat-request.ts";
import { isSetFor } from "./models.ts";
import type { Answer, Break } from "./script.ts";
import { tokenCount, tokensOf } from "./tokens.ts";

/** One completion that is being written. */
export interface Speech {
  readonly id: string;
  readonly customer: Customer;
  readonly request: ChatRequest;
  readonly answer: Answer;
  readonly breaks: Break | null;
  readonly afterTokens: number | null;
}

const FIRST_TOKEN_MS = 80;
const MS_PER_TOKEN = 15;

/** Writes an answer token by token, and the ledger once it is over. */
export function speak(speech: Speech, outgoing: SandboxOutgoing, world: SandboxWorld): void {
  const deltas = deltasOf(speech);
  const most = withinLimit(deltas, speech.request.mostTokens);
  const breaksAt = speech.breaks === null ? null : Math.min(speech.afterTokens ?? most, most);
  const write = (delta: JsonObject, finish: string | null): void =>
    outgoing.write(event(chunk(speech, world, delta, finish)));
  let sent = 0;
  let timer: NodeJS.Timeout;
  let isOver = false;
  const close = (effect: string, facts: JsonObject): void => {
    isOver = true;
    clearTimeout(timer);
    note(speech, world, effect, facts);
  };
  outgoing.onAbort = () => {
    if (!isOver)
      close("cancelled", {
        tokensSent: tokensIn(deltas, sent),
        tokensNotSent: tokensIn(deltas, most) - tokensIn(deltas, sent),
      });
  };
  const next = (): void => {
    if (isOver || isSetFor(world, "stall", speech.customer)) return;
    if (speech.breaks !== null && sent === breaksAt) {
      if (speech.breaks === "stall") return;
      close("broken", { tokensSent: sent, by: speech.breaks });
      return breakOff(speech.breaks, outgoing);
    }
    const delta = deltas[sent];
    if (sent === most || delta === undefined) {
      const isCut = most < deltas.length;
      write({}, isCut ? "length" : speech.answer.toolCalls.length > 0 ? "tool_calls" : "stop");
      if (speech.request.wantsUsage) outgoing.write(event(usageChunk(speech, world, tokensIn(deltas, most))));
      outgoing.write("data: [DONE]\n\n");
      close("completed", { tokens: tokensIn(deltas, most), tools: speech.answer.toolCalls.map(({ name }) => name) });
      return outgoing.end();
    }
    if (sent === 0) write({ role: "assistant", content: "" }, null);
    write(delta.body, null);
    sent += 1;
    timer = setTimeout(next, sent === most ? 0 : draw(world.setting("msPerToken"), MS_PER_TOKEN));
  };
  timer = setTimeout(next, draw(world.setting("firstTokenMs"), FIRST_TOKEN_MS));
}

function breakOff(how: Break, outgoing: SandboxOutgoing): void {
  if (how === "drop") return outgoing.destroy();
  if (how === "error")
    outgoing.write(
      event({ error: { message: "The server had an error.", type: "server_error", param: null, code: null } }),
    );
  outgoing.end();
}

const note = (speech: Speech, world: SandboxWorld, effect: string, facts: JsonObject): void =>
  world.record({
    effect,
    kind: "completion",
    objectId: speech.id,
    facts: { service: speech.customer.service, model: speech.request.model, ...facts },
    account: speech.customer.account,
  });

/** What one event adds to the answer. */
interface Delta {
  readonly body: JsonObject;
  readonly tokens: number;
}

const PIECE = /[\s\S]{1,12}/gu;

/** Words of the text, one a token, then the tool calls in pieces; Groq and Together send a tool call in one. */
function deltasOf({ answer, customer, id }: Speech): readonly Delta[] {
  const texts = tokensOf(answer.say).map((content): Delta => ({ body: { content }, tokens: 1 }));
  const calls = answer.toolCalls.flatMap((call, index): Delta[] => {
    const head = { index, id: `call_${id.slice(-12)}_${index}`, type: "function" };
    const pieces = call.arguments.match(PIECE) ?? [];
    const whole = { tool_calls: [{ ...head, function: { name: call.name, arguments: call.arguments } }] };
    if (customer.service === "groq" || customer.service === "together")
      return [{ body: whole, tokens: 1 + pieces.length }];
    return [
      { body: { tool_calls: [{ ...head, function: { name: call.name, arguments: "" } }] }, tokens: 1 },
      ...pieces.map((piece): Delta => ({
        body: { tool_calls: [{ index, function: { arguments: piece } }] },
        tokens: 1,
      })),
    ];
  });
  return [...texts, ...calls];
}

const tokensIn = (deltas: readonly Delta[], count: number): number =>
  deltas.slice(0, count).reduce((sum, { tokens }) => sum + tokens, 0);

/** How many deltas fit into the limit. */
function withinLimit(deltas: readonly Delta[], mostTokens: number | null): number {
  if (mostTokens === null) return deltas.length;
  const beyond = deltas.findIndex((_, index) => tokensIn(deltas, index + 1) > mostTokens);
  return beyond < 0 ? deltas.length : beyond;
}

function chunk(speech: Speech, world: SandboxWorld, delta: JsonObject, finish: string | null): JsonObject {
  const isTogether = speech.customer.service === "together";
  return {
    ...headOf(speech, world),
    choices: [
      { index: 0, delta: isTogether ? { role: "assistant", ...delta } : delta, logprobs: null, finish_reason: finish },
    ],
    ...(isTogether && finish !== null
      ? { usage: usageOf(speech, tokensIn(deltasOf(speech), Number.POSITIVE_INFINITY)) }
      : {}),
    ...(speech.request.wantsUsage ? { usage: null } : {}),
  };
}

const usageChunk = (speech: Speech, world: SandboxWorld, tokens: number): JsonObject => ({
  ...headOf(speech, world),
  choices: [],
  usage: usageOf(speech, tokens),
});

const headOf = (speech: Speech, world: SandboxWorld): JsonObject => ({
  id: speech.id,
  object: "chat.completion.chunk",
  created: Math.floor(world.now() / 1000),
  model: speech.request.model,
});

/** The usage of a completion in the protocol's words. */
export function usageOf({ request }: Pick<Speech, "request">, outputTokens: number): JsonObject {
  const inputTokens = tokenCount(request.messages.map(({ text }) => text).join(" "));
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}

const event = (body: JsonObject): string => `data: ${JSON.stringify(body)}\n\n`;

/** A time: fixed, or log-normal with the given median and 95th percentile. */
function draw(setting: Json | undefined, otherwise: number): number {
  if (typeof setting === "number") return setting;
  if (!isJsonObject(setting) || typeof setting["p50"] !== "number") return otherwise;
  const { p50, p95 } = setting;
  if (typeof p95 !== "number" || p95 <= p50) return p50;
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return p50 * Math.exp((Math.log(p95 / p50) / 1.645) * normal);
}
