export { createConversation } from "./conversation.ts";
export type {
  AgentModels,
  AgentTools,
  CallerTurn,
  CollectedFact,
  ConversationEngine,
  ConversationOptions,
  ConversationState,
  EngineEvent,
  HandOffTarget,
  PendingResponse,
  ResponseOutcome,
  ResponseSink,
  SpokenLine,
  ToolAnswer,
  TranscriptLine,
} from "./conversation-engine.ts";
