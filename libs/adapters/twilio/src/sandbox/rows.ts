import type { SandboxWorld } from "@tandem/ports/sandbox";

/** An API key of an emulated account. */
export type KeyRow = {
  readonly sid: string;
  readonly secret: string;
  /** Main keys may do everything, Standard keys nothing on accounts and keys, Restricted keys only what `permissions` names. */
  readonly type: "main" | "standard" | "restricted";
  /** `phone-numbers:read`, `calls:update` …; only for Restricted keys. */
  readonly permissions: readonly string[];
};

export type AccountRow = {
  readonly sid: string;
  readonly friendlyName: string;
  readonly authToken: string;
  readonly status: "active" | "suspended" | "closed";
  /** Absent: Full. */
  readonly type?: "Full" | "Trial";
  readonly keys: readonly KeyRow[];
};

export type NumberRow = {
  readonly sid: string;
  readonly accountSid: string;
  readonly phoneNumber: string;
  readonly friendlyName: string;
  readonly voiceUrl: string;
  readonly voiceMethod: "GET" | "POST";
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: "GET" | "POST";
  readonly statusCallback: string;
  readonly statusCallbackMethod: "GET" | "POST";
  readonly voiceApplicationSid: string;
  readonly trunkSid: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type ApplicationRow = {
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  readonly voiceUrl: string;
  readonly voiceMethod: "GET" | "POST";
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: "GET" | "POST";
  readonly statusCallback: string;
  readonly statusCallbackMethod: "GET" | "POST";
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** What the caller is connected to, as the carrier knows it. */
export type Connected =
  | { readonly to: "nobody" }
  | { readonly to: "agent"; readonly agentCallId: string; readonly agentId: string; readonly agentVersion: number }
  | { readonly to: "person"; readonly number: string }
  | { readonly to: "stream"; readonly url: string; readonly parameters: { readonly [name: string]: string } };

export type CallStatus =
  | "queued"
  | "initiated"
  | "ringing"
  | "in-progress"
  | "completed"
  | "busy"
  | "failed"
  | "no-answer";

/** What a status callback can ask for besides the end. */
export type ProgressEvent = "initiated" | "ringing" | "answered";

export type CallRow = {
  readonly sid: string;
  readonly accountSid: string;
  readonly numberSid: string;
  readonly from: string;
  readonly to: string;
  readonly forwardedFrom: string;
  readonly direction: "inbound" | "outbound-api";
  /** What answer detection found; empty when it was not asked or has not ended. */
  readonly answeredBy: "" | "human" | "machine_start" | "machine_end_beep";
  readonly status: CallStatus;
  readonly connected: Connected;
  /** Where to ask what comes after the connected leg; empty when the document names none. */
  readonly actionUrl: string;
  readonly actionMethod: "GET" | "POST";
  readonly statusCallback: string;
  readonly statusCallbackMethod: "GET" | "POST";
  /** States before the last that are reported too. */
  readonly progressEvents: readonly ProgressEvent[];
  readonly fallbackUrl: string;
  readonly fallbackMethod: "GET" | "POST";
  /** Everything that was said to the caller, in order. */
  readonly said: readonly string[];
  /** What persons who took the call were told alone before they were connected, in order; absent where nobody was. */
  readonly whispered?: readonly string[];
  /** Every document that was run: where it came from and its text. */
  readonly documents: readonly { readonly url: string; readonly text: string }[];
  readonly legs: readonly { readonly target: string; readonly outcome: string }[];
  /** Status reports sent so far; numbers them. */
  readonly reports: number;
  readonly startedAt: number;
  readonly legStartedAt: number;
  readonly endedAt: number;
};

/** How a number outside the account answers when it is dialled. */
export type AnswerRow = {
  readonly answer: "answered" | "machine" | "no-answer" | "busy" | "failed" | "forwards";
  /** With `forwards`: the number that gets the call. */
  readonly forwardsTo: string;
};

export const accounts = (world: SandboxWorld) => world.collection<AccountRow>("accounts");
export const numbers = (world: SandboxWorld) => world.collection<NumberRow>("numbers");
export const applications = (world: SandboxWorld) => world.collection<ApplicationRow>("applications");
export const calls = (world: SandboxWorld) => world.collection<CallRow>("calls");
export const answers = (world: SandboxWorld) => world.collection<AnswerRow>("answers");
