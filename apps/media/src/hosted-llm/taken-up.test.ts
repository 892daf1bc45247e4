import type { ConversationState } from "@tandem/agent";
import type { Field } from "@tandem/domain/manifest";
import { instant } from "@tandem/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { spokenBundle } from "../../test-support/spoken-office.ts";
import { takenUp } from "./taken-up.ts";

const nowMs = 1_800_000_000_000;
const field = (name: string, type: Field["type"], confirm: Field["confirm"] = "none"): Field => ({
  name,
  type,
  description: name,
  confirm,
  required: true,
  personal: true,
});
const bundleWith = (...fields: Field[]) => {
  const { conversation } = spokenBundle();
  return spokenBundle({ conversation: { ...conversation, fields: [...conversation.fields, ...fields] } });
};
const agent = (content: string) => ({ role: "agent", content });
const user = (content: string) => ({ role: "user", content });
const greeted = agent("Hello, this is the front desk.");
const from = "+15550004001";
const takeUp = (bundle: ReturnType<typeof spokenBundle>, ...said: { role: string; content: string }[]) =>
  takenUp({ bundle, from, known: null, transcript: [...said, agent("All right."), user("One more thing.")], nowMs });

test("the words up to the agent's last are what was said; the caller's after it are the turn that waits", () => {
  const state = takeUp(bundleWith(), greeted, user("Hello."), { role: "tool_call_result", content: "{}" });
  expect(state?.transcript.map(({ who, text }) => `${who}: ${text}`)).toEqual([
    "agent: Hello, this is the front desk.",
    "caller: Hello.",
    "agent: All right.",
  ]);
  expect(state).toMatchObject({ objective: "greet", facts: [] });
});

test("nothing was said by the agent: the conversation is at its beginning", () => {
  expect(takenUp({ bundle: bundleWith(), from, known: null, transcript: [user("Hello?")], nowMs })).toBeNull();
});

test("an address and a number are read, the last that was whole; what must be read back is not confirmed by that", () => {
  const bundle = bundleWith(field("email", "email"), field("phone", "phone-number", "explicit"));
  const said = [
    user("It is ada at example dot com, and 555 010 0199"),
    greeted,
    user("no, 555 010 0142"),
    greeted,
    user("12"),
  ];
  expect(takeUp(bundle, greeted, ...said)?.facts).toEqual([
    { field: "email", value: "ada@example.com", isConfirmed: true },
    { field: "phone", value: "+15550100142", isConfirmed: false },
  ]);
});

test("where two fields could be meant, and for words that may mean anything, nothing is made of them", () => {
  const bundle = bundleWith(field("own", "phone-number"), field("other", "phone-number"), field("when", "date"));
  expect(takeUp(bundle, greeted, user("+15550100199, tomorrow"))?.facts).toEqual([]);
});

test("what this node knows is kept until the vendor tells of more; its facts always are", () => {
  const facts = [{ field: "caller_name", value: "Ada", isConfirmed: true }];
  const at = instant(nowMs);
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), (knownLines, toldLines) => {
      const transcript = Array.from({ length: knownLines }, () => ({ who: "caller" as const, text: "Hello.", at }));
      const known: ConversationState = { objective: "reason", facts, transcript };
      const told = [...Array.from({ length: toldLines }, () => user("Hello.")), agent("Yes?")];
      const state = takenUp({ bundle: bundleWith(), from, known, transcript: told, nowMs });
      expect(state).toMatchObject({ objective: "reason", facts });
      expect(state?.transcript).toHaveLength(toldLines > knownLines ? told.length : knownLines);
    }),
  );
});
