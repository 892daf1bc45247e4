import { type Json, type JsonObject } from "@tandem/kernel";
import type { ReleaseBundle } from "../release/index.ts";
import type { ValueSource } from "../tenant/index.ts";
import { isSameJson } from "./json-equality.ts";
import type { FieldChange } from "./change.ts";
import { diffFields } from "./field-diff.ts";
import { masked } from "./field-provenance.ts";

/** What callers will notice: differences between two bundles outside vendor resources. Of a first bundle, what a caller meets. */
export function callerChanges(previous: ReleaseBundle | null, next: ReleaseBundle): FieldChange[] {
  if (previous === null) return masked(firstMeeting(next));
  const parameters = changedParameters(previous, next);
  return masked(diffFields(audible(previous), audible(next)).map((change) => withSource(change, parameters)));
}

/** The parts of a bundle that a call can tell apart. */
const audible = (bundle: ReleaseBundle): JsonObject =>
  ({
    number: bundle.deployment.number,
    answer: bundle.answer,
    agent: bundle.agent,
    conversation: bundle.conversation,
    tools: bundle.tools,
    providers: bundle.providers,
    latency: bundle.latency,
    fallbackNumber: bundle.fallbackNumber,
    emergency: bundle.emergency,
    humanPath: bundle.humanPath,
    policies: bundle.policies,
  }) as unknown as JsonObject;

function firstMeeting(bundle: ReleaseBundle): FieldChange[] {
  const added = (path: string, after: Json): FieldChange => ({ path, operation: "add", after });
  return [
    ...(bundle.deployment.number === null ? [] : [added("number", bundle.deployment.number)]),
    added("answer.schedule.timeZone", bundle.answer.schedule.timeZone),
    added("answer.schedule.weekly", bundle.answer.schedule.weekly),
    added("answer.whenOpen", bundle.answer.whenOpen),
    added("answer.whenClosed", bundle.answer.whenClosed),
    added("agent.kind", bundle.agent.kind),
    added("agent.language", bundle.agent.language),
    ...(bundle.agent.kind === "tandem" ? [added("providers.tts[0]", voiceOf(bundle))] : []),
    added("conversation.greeting", bundle.conversation.greeting),
    added("policies.disclosure.text", bundle.policies.disclosure.text),
    ...(bundle.outbound === undefined ? [] : [added("outbound.disclosure.text", bundle.outbound.disclosure.text)]),
    added("humanPath.number", bundle.humanPath.number),
    added("fallbackNumber", bundle.fallbackNumber),
    added("emergency.number", bundle.emergency.number),
  ];
}

/** The voice that callers hear unless its provider fails. */
function voiceOf({ providers }: ReleaseBundle): Json {
  const [first] = providers.tts;
  return first === undefined ? null : { provider: first.provider, model: first.model, voice: first.voice ?? "" };
}

interface ChangedParameter {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly source: ValueSource;
}

/** Every value inside the parameters that differs, with the layer that now sets it. */
function changedParameters(previous: ReleaseBundle, next: ReleaseBundle): ChangedParameter[] {
  return Object.entries(next.parameters).flatMap(([name, { value, source }]) => {
    const old = previous.parameters[name];
    if (old === undefined) return [{ before: undefined, after: value, source }];
    const whole = isSameJson(old.value, value) ? [] : [{ before: old.value, after: value, source }];
    return [...whole, ...diffFields(old.value, value).map(({ before, after }) => ({ before, after, source }))];
  });
}

/** The layer of the parameter that explains the change: it went from the same value to the same value, also inside a text. */
function withSource(change: FieldChange, parameters: readonly ChangedParameter[]): FieldChange {
  if (change.after === undefined || change.operation === "move") return change;
  return { ...change, source: parameters.find((parameter) => explains(parameter, change))?.source ?? "playbook" };
}

function explains(parameter: ChangedParameter, change: FieldChange): boolean {
  if (isSameOrAbsent(parameter.before, change.before) && isSameOrAbsent(parameter.after, change.after)) return true;
  const [old, now] = [parameter.before, parameter.after];
  if (typeof old !== "string" || typeof now !== "string" || old === "" || typeof change.before !== "string")
    return false;
  return change.before.includes(old) && change.before.replaceAll(old, () => now) === change.after;
}

const isSameOrAbsent = (left: Json | undefined, right: Json | undefined): boolean =>
  left === undefined || right === undefined ? left === right : isSameJson(left, right);
