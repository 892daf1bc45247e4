import type { Conversation, Tool } from "../manifest/index.ts";

/** What a conversation is judged by: its objectives and fields, and the tools its steps may use. */
export interface Script {
  readonly conversation: Conversation;
  readonly tools: readonly Tool[];
}
