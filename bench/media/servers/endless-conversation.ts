import type { ConversationEngine, PendingResponse, ResponseSink } from "@tandem/agent";
import type { Converse } from "../../../apps/media/src/call/converse.ts";

const nothing = (): void => undefined;
const pending: PendingResponse = { commit: nothing, discard: nothing, interrupt: nothing, finish: nothing };

/** Answers every turn with a line that the benchmark's voice speaks until it is cancelled: a relay has no model behind it either. */
export const endlessConversation: Converse = (): ConversationEngine => {
  const answer = (sink: ResponseSink): PendingResponse => {
    sink.line({ text: "Endless talk.", isUninterruptible: false });
    sink.done({ next: "listen" });
    return pending;
  };
  return {
    opening: [{ text: "Hello.", isUninterruptible: false }],
    opened: nothing,
    respond: (_turn, sink) => answer(sink),
    remind: answer,
    state: { objective: "greet", facts: [], transcript: [] },
    summary: () => "",
    close: nothing,
  };
};
