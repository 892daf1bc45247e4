import { type CallFacts, fillCallNames, type Lines } from "@tandem/domain/conversation";
import type { CollectedFact, ConversationOptions, ConversationState, SpokenLine } from "./conversation-engine.ts";
import { asks } from "./spoken-answer.ts";

/** What is said when a call is taken up again: that it was cut off, and what was asked last. The disclosure was heard already. */
export function resumingLines({ transcript }: ConversationState, lines: Lines): readonly SpokenLine[] {
  const last = transcript.at(-1);
  const isRepeated = last?.who === "agent" && asks(last.text);
  return [{ text: isRepeated ? `${lines.cutOff} ${last.text}` : lines.cutOff, isUninterruptible: false }];
}

/** What is said at pickup. Calls that we place have a disclosure of their own and name their reason before anything is asked. */
export function openingLines(
  { bundle, call, remembered }: Pick<ConversationOptions, "bundle" | "call" | "remembered">,
  facts: CallFacts,
  lines: Lines,
): readonly SpokenLine[] {
  const { disclosure, consent } = bundle.policies;
  const first = call.direction === "outbound" ? (bundle.outbound?.disclosure ?? disclosure) : disclosure;
  const legal = [first.text, ...(consent.recording === "none" ? [] : [consent.text])].map((text) => ({
    text: fillCallNames(text, facts),
    isUninterruptible: true,
  }));
  if (consent.recording === "ask") return legal;
  return [...legal, ...greetingLines({ bundle, call, remembered }, facts, lines)];
}

/** The greeting; on calls that we place the reason of the call in its stead. Empty where the playbook greets nobody. */
export function greetingLines(
  { bundle, call, remembered }: Pick<ConversationOptions, "bundle" | "call" | "remembered">,
  facts: CallFacts,
  lines: Lines,
): readonly SpokenLine[] {
  const { greeting } = bundle.conversation;
  const reason = (): string => lines.calling(reasonOf(bundle.conversation.fields, remembered));
  const text = call.direction === "outbound" ? (bundle.outbound?.opening ?? reason()) : greeting;
  return text === "" ? [] : [{ text: fillCallNames(text, facts), isUninterruptible: false }];
}

/** What the lead asked for: the first free text that is known and is nobody's own. */
function reasonOf(
  fields: ConversationOptions["bundle"]["conversation"]["fields"],
  remembered: readonly CollectedFact[],
): string | null {
  const known = fields.flatMap((field) =>
    field.type === "text" && !field.personal ? remembered.filter((fact) => fact.field === field.name) : [],
  );
  return known[0] === undefined ? null : String(known[0].value);
}
