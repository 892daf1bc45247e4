import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import type { Customer } from "./accounts.ts";

/** What a model says and which tools it calls. `arguments` is text and may be anything. */
export interface Answer {
  readonly say: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
}

/** How a scripted answer breaks: with an error in the stream, dropped, silent for ever, or ended without a reason. */
export const BREAKS = ["error", "drop", "stall", "end"] as const;
export type Break = (typeof BREAKS)[number];

/** A scripted answer. What it leaves out is the model's own. */
type ScriptRow = {
  readonly id: string;
  /** Regular expression (without case) on what the caller said last; null for anything. */
  readonly match: string | null;
  /** Only for customers of this service; null for all. */
  readonly service: string | null;
  readonly say: string | null;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[] | null;
  /** Null when it ends as it should. */
  readonly breaks: Break | null;
  /** It breaks after so many tokens; null after the whole answer. */
  readonly afterTokens: number | null;
  /** Answers left; null for ever. */
  readonly times: number | null;
};

const scripts = (world: SandboxWorld) => world.collection<ScriptRow>("scripts");

/** Action `script`. Throws a TypeError that says what is wrong. */
export async function addScript(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const id = world.newId("script-", 20);
  const breaks = BREAKS.find((each) => each === input["breaks"]) ?? null;
  if (breaks === null && input["breaks"] !== undefined)
    throw new TypeError(`\`breaks\` is one of ${BREAKS.join(", ")}`);
  const match = textOrNull(input, "match");
  if (match !== null) new RegExp(match, "iu");
  scripts(world).put(id, {
    id,
    match,
    service: textOrNull(input, "service"),
    say: textOrNull(input, "say"),
    toolCalls: input["toolCalls"] === undefined ? null : readCalls(input["toolCalls"]),
    breaks,
    afterTokens: typeof input["afterTokens"] === "number" ? input["afterTokens"] : null,
    times: input["times"] === null ? null : typeof input["times"] === "number" ? input["times"] : 1,
  });
  return { id };
}

/** Action `clearScripts`. */
export async function clearScripts(_: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  for (const { id } of scripts(world).all()) scripts(world).remove(id);
  return {};
}

function textOrNull(input: JsonObject, name: string): string | null {
  const value = input[name];
  if (value !== undefined && typeof value !== "string") throw new TypeError(`\`${name}\` must be text`);
  return value ?? null;
}

function readCalls(value: Json): Answer["toolCalls"] {
  if (!Array.isArray(value)) throw new TypeError("`toolCalls` must be a list");
  return value.map((call: Json) => {
    if (!isJsonObject(call) || typeof call["name"] !== "string") throw new TypeError("a tool call needs a `name`");
    const given = call["arguments"] ?? {};
    return { name: call["name"], arguments: typeof given === "string" ? given : JSON.stringify(given) };
  });
}

/** The first script that this turn meets, used up by one. Null when there is none. */
export function takeScript(world: SandboxWorld, customer: Customer, callerText: string): ScriptRow | null {
  for (const script of scripts(world).all()) {
    if (script.service !== null && script.service !== customer.service) continue;
    if (script.match !== null && !new RegExp(script.match, "iu").test(callerText)) continue;
    if (script.times === null) return script;
    if (script.times <= 1) scripts(world).remove(script.id);
    else scripts(world).put(script.id, { ...script, times: script.times - 1 });
    return script;
  }
  return null;
}
