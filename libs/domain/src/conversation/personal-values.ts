import type { Conversation } from "../manifest/index.ts";
import type { Fact } from "./progress.ts";

/** Values of facts that the playbook calls personal, as texts: what redaction looks for in everything that was said. */
export const personalValues = (conversation: Conversation, facts: readonly Fact[]): readonly string[] =>
  facts.flatMap(({ field, value }) =>
    typeof value === "string" && conversation.fields.some(({ name, personal }) => name === field && personal)
      ? [value]
      : [],
  );
