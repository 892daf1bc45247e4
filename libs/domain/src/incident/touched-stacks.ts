import { contentHash, type Json } from "@tandem/kernel";
import type { ReleaseBundle } from "../release/index.ts";
import { stackOfAddress, type Stack, stacks } from "./stack.ts";

/** The parts of a release that belong to each stack; a part that stands nowhere (KPIs, policies of keeping, smoke tests) touches none. */
function partsOf(bundle: ReleaseBundle): Readonly<Record<Stack, readonly unknown[]>> {
  const resources = (stack: Stack) => bundle.resources.filter(({ address }) => stackOfAddress(address) === stack);
  const { answer, fallbackNumber, emergency, humanPath, outbound, providers, conversation, tools } = bundle;
  const { audio, endpointingMs, language, voicemailMessage, ...mind } = bundle.agent;
  const { telephony: carrier, ...accounts } = bundle.connections;
  const people = [fallbackNumber, emergency, humanPath, outbound];
  return {
    telephony: [carrier, bundle.deployment.number, answer, people, resources("telephony")],
    audio: [providers.stt, audio, endpointingMs, language],
    intelligence: [accounts, providers.llm, mind, conversation, tools, resources("intelligence")],
    output: [providers.tts, voicemailMessage],
  };
}

/** The stacks in which two releases differ; all of them without a release before. */
export function touchedStacks(before: ReleaseBundle | null, after: ReleaseBundle): readonly Stack[] {
  if (before === null) return stacks;
  const [old, present] = [partsOf(before), partsOf(after)];
  return stacks.filter((stack) => hashOf(old[stack]) !== hashOf(present[stack]));
}

const hashOf = (parts: unknown): string => contentHash(JSON.parse(JSON.stringify(parts)) as Json);
