import type { CallerTurn, ConversationEngine, PendingResponse } from "@tandem/agent";
import { expect, test } from "vitest";
import { HostedConversation } from "./hosted-conversation.ts";

test("what a vendor says that a caller said in one turn has an end: history, memory and models keep no more of it", () => {
  const turns: CallerTurn[] = [];
  const pending: PendingResponse = { commit() {}, discard() {}, interrupt() {}, finish() {} };
  const engine: ConversationEngine = {
    opening: [],
    opened: () => {},
    respond: (turn) => (turns.push(turn), pending),
    remind: () => pending,
    state: { objective: "x", facts: [], transcript: [] },
    summary: () => "",
    close: () => {},
  };
  const kept: string[] = [];
  const conversation = new HostedConversation({
    engine,
    send: () => {},
    failureLine: "",
    patienceMs: 1000,
    onTurn: ({ callerText }) => kept.push(callerText),
    onOutcome: () => {},
  });
  conversation.respond(1, [{ role: "user", content: "word ".repeat(12_000) }]);
  conversation.respond(2, [{ role: "user", content: "short" }]);
  conversation.close();
  expect(turns.map(({ text }) => text.length)).toEqual([8000, 5]);
  expect(kept.map((text) => text.length)).toEqual([8000, 5]);
});
