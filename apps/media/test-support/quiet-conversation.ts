// A conversation that says and does nothing: for tests of what is around it.
import type { CollectedFact, ConversationEngine, ResponseSink } from "@tandem/agent";
import type { Converse } from "../src/call/converse.ts";

export const quietConversation =
  (facts: readonly CollectedFact[] = []): Converse =>
  ({ remembered }): ConversationEngine => {
    const pending = { commit() {}, discard() {}, interrupt() {}, finish() {} };
    const listen = (sink: ResponseSink) => {
      sink.done({ next: "listen" });
      return pending;
    };
    return {
      opening: [],
      opened() {},
      respond: (_turn, sink) => listen(sink),
      remind: listen,
      state: { objective: "greet", facts: [...remembered, ...facts], transcript: [] },
      summary: () => "Nothing was said.",
      close() {},
    };
  };
