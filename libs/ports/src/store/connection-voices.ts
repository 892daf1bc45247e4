import type { Instant, Json } from "@tandem/kernel";
import type { Actor } from "./control.ts";

/** What is known of the voices of a connection's account. */
export interface KnownVoices {
  /** The newest answer of a worker as it left it (`VoiceListing`), and when; null before the first. */
  readonly answer: { readonly result: Json; readonly at: Instant } | null;
  /** The newest look, whatever became of it; null before the first. */
  readonly look: {
    readonly checkId: string;
    readonly state: "pending" | "done" | "failed";
    readonly askedAt: Instant;
    readonly code: string | null;
    readonly detail: string | null;
  } | null;
}

export interface ConnectionVoiceReads {
  /** Null when there is no such connection. */
  connectionVoices(actor: Actor, connectionId: string): Promise<KnownVoices | null>;
}
