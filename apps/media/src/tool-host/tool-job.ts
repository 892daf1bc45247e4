import type { Json, JsonObject } from "@tandem/kernel";
import type { Schedule, Tool } from "@tandem/domain/manifest";
import type { ServedConnection } from "@tandem/ports/store/pointer-feed";

/** A connection as the tool host opens it: still sealed. */
export interface JobConnection {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly served: ServedConnection;
}

/** Work for the tool host's thread. Everything is plain data: it crosses a thread. */
export type ToolJob = ToolRun | CallRedirect | CallListing;

/** One vendor operation of a playbook's tool. */
export interface ToolRun {
  readonly job: "run-tool";
  readonly operation: Exclude<Tool["operation"], "call.transfer" | "call.hang-up">;
  readonly settings: Tool["settings"];
  readonly arguments: JsonObject;
  readonly connection: JobConnection;
  /** The vendor's id of the resource that the slot is bound to; null when the operation needs none. */
  readonly resourceId: string | null;
  /** Where the work stands in the call's trace. */
  readonly trace: { readonly traceId: string; readonly parentId: string };
  readonly call: {
    readonly from: string | null;
    /** Call-scoped idempotency key, lower-case base32hex. */
    readonly key: string;
    /** The same for all deals of a call: one call is one deal. */
    readonly dealKey: string;
    /** A smoke call: what it writes is marked as test. */
    readonly isTest: boolean;
    readonly deploymentId: string;
    /** When appointments may be offered, and the time zone they are spoken in. */
    readonly schedule: Schedule;
    readonly bookingId: string | null;
    readonly contactId: string | null;
    readonly nowMs: number;
  };
}

/** Sends a call in progress to another document. */
export interface CallRedirect {
  readonly job: "redirect-call";
  readonly connection: JobConnection;
  readonly callId: string;
  readonly documentUrl: string;
}

/** Ids of the calls in progress to a number, for reconciling drain counts. */
export interface CallListing {
  readonly job: "list-calls";
  readonly connection: JobConnection;
  readonly number: string;
}

/** What a tool came to. `reply` is what the model sees; `facts` later tools of the same call build on; nothing personal beyond what the model said itself. */
export interface ToolOutcome {
  readonly outcome: "success" | "empty" | "failure";
  readonly reply: JsonObject;
  readonly facts: { readonly bookingId?: string | null; readonly contactId?: string };
}

export const success = (reply: JsonObject, facts: ToolOutcome["facts"] = {}): ToolOutcome => ({
  outcome: "success",
  reply,
  facts,
});
export const empty = (reply: JsonObject): ToolOutcome => ({ outcome: "empty", reply, facts: {} });
/** A polite refusal that the model can act on. */
export const failure = (reason: string, message: string): ToolOutcome => ({
  outcome: "failure",
  reply: { reason, message },
  facts: {},
});

/** Messages between the threads. */
export interface JobMessage {
  readonly id: number;
  readonly work: ToolJob;
}
export type JobAnswer =
  | { readonly id: number; readonly isDone: true; readonly result: Json }
  | {
      readonly id: number;
      readonly isDone: false;
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly effect: string | null;
        readonly fault: string | null;
      };
    };
