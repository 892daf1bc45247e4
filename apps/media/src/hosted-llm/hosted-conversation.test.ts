import type { ConversationEngine, ConversationState } from "@tandem/agent";
import { expect, test } from "vitest";
import type { ResponsePiece } from "./agent-frame.ts";
import { HostedConversation } from "./hosted-conversation.ts";

const pending = { commit: () => {}, discard: () => {}, interrupt: () => {}, finish: () => {} };

/** A conversation with a disclosure and a greeting that answers everything with one sentence. */
function scene(transcript: ConversationState["transcript"] = []) {
  const opened: string[] = [];
  const engine: ConversationEngine = {
    opening: [
      { text: "This is an assistant.", isUninterruptible: true },
      { text: "How can I help?", isUninterruptible: false },
    ],
    opened: (heard) => void opened.push(heard),
    respond: (_turn, sink) => {
      sink.text("Certainly.");
      sink.done({ next: "listen" });
      return pending;
    },
    remind: (sink) => {
      sink.line({ text: "Are you still there?", isUninterruptible: false });
      sink.done({ next: "listen" });
      return pending;
    },
    state: { objective: "greet", facts: [], transcript },
    summary: () => "",
    close: () => {},
  };
  const sent: ResponsePiece[] = [];
  const conversation = new HostedConversation({
    engine,
    send: (piece) => void sent.push(piece),
    failureLine: "Sorry.",
    patienceMs: 500,
    onTurn: () => {},
    onOutcome: (_outcome, say) => say({}),
  });
  return { conversation, sent, opened, words: () => sent.map(({ content }) => content).join("") };
}
const asked = [{ role: "user", content: "Hello?" }];

test("the opening is said once, by itself", () => {
  const { conversation, sent, opened, words } = scene();
  conversation.open();
  conversation.respond(1, asked);
  expect(words()).toBe("This is an assistant. How can I help? Certainly.");
  expect(sent[0]).toMatchObject({ responseId: 0, isUninterruptible: true });
  expect(opened).toEqual(["This is an assistant. How can I help?"]);
});

test("whoever was never told that they talk to a machine is told before they are answered, however late", () => {
  const { conversation, sent, words } = scene();
  conversation.respond(3, asked);
  expect(words()).toBe("This is an assistant. How can I help? Certainly.");
  expect(sent.every(({ responseId }) => responseId === 3)).toBe(true);
  expect(sent.filter(({ isComplete }) => isComplete)).toEqual([sent.at(-1)]);
  expect(sent[0]).toMatchObject({ isUninterruptible: true });
  const silent = scene();
  silent.conversation.remind(2, []);
  expect(silent.words()).toMatch(/^This is an assistant\. How can I help\? Are you still there\?/);
});

test("a conversation that goes on opens nothing again", () => {
  const { conversation, words } = scene([{ who: "agent", text: "Hello.", at: "2026-11-28T00:00:00.000Z" }]);
  conversation.respond(4, asked);
  expect(words()).toBe("Certainly.");
});
