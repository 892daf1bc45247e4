import type { CallName } from "../manifest/index.ts";

/** What texts of the conversation may name of the call, by template name: `call.from` E.164 or "withheld", `call.isOpen` yes or no. */
export type CallFacts = Readonly<Record<CallName, string>> & {
  /** Told to the model on calls that we place; no text of a playbook can name it. */
  readonly "call.direction"?: "outbound";
};

/** Fills `{{call.…}}` in one pass; values are never looked at again, other templates stay as they are. */
export const fillCallNames = (text: string, call: CallFacts): string =>
  text.includes("{{")
    ? text.replaceAll(/\{\{\s*(call\.[A-Za-z]+)\s*\}\}/g, (whole, name: string) =>
        name !== "call.direction" && Object.hasOwn(call, name) ? call[name as CallName] : whole,
      )
    : text;
