import type { CarriedCall } from "@tandem/domain/outbound";
import type { E164 } from "@tandem/domain/tenant";
import type { Probe } from "./probe.ts";

/** Where a number sends its calls today, as the carrier stores it. Stored at attach and restored at detach, field for field. */
export interface NumberRouting {
  /** The carrier's id of the number. */
  readonly numberId: string;
  readonly voiceUrl: string;
  readonly voiceMethod: "GET" | "POST";
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: "GET" | "POST";
  readonly statusCallbackUrl: string;
  readonly statusCallbackMethod: "GET" | "POST";
  /** Carrier application that overrides the voice URL; empty when none. */
  readonly applicationId: string;
  /** Trunk that overrides both; empty when none. Setting a voice URL can drop it: preflight names it. */
  readonly trunkId: string;
}

/** What the carrier plays or sends as audio. */
export interface CarrierAudio {
  readonly encoding: "mulaw" | "alaw" | "opus";
  readonly sampleRateHz: number;
}

/** A live call as the carrier lists it: for reconciling drain counts. */
export interface LiveCall {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: string;
}

/** A call that we place. Carriers take no idempotency key: after a lost answer `placedCalls` tells whether there is one. */
export interface CallWish {
  /** A number of the account. */
  readonly from: E164;
  readonly to: E164;
  /** Asked for the document once somebody, or a machine at the end of its greeting, has answered. */
  readonly answerUrl: string;
  /** Told the call's end. */
  readonly statusUrl: string;
  readonly ringSeconds: number;
  /** Whether the carrier finds out who answers before it asks for the document. */
  readonly detectsMachine: boolean;
}

/** A call that was placed by this account. */
export interface PlacedCall extends CarriedCall {
  readonly callId: string;
}

/** A carrier account. Errors: `VendorError`. */
export interface Telephony extends Probe {
  readonly audio: CarrierAudio;
  /** The routing of a number owned by the account; null when the account does not own it. */
  readRouting(number: E164): Promise<NumberRouting | null>;
  /** Writes the whole routing in one request, only when what is there equals `expected`; else `VendorError` fault `conflict`, effect `none`. Returns the routing read back. */
  writeRouting(expected: NumberRouting, next: NumberRouting): Promise<NumberRouting>;
  /** Calls now and the most at once; null limit when the carrier does not tell. */
  concurrency(): Promise<{ readonly current: number; readonly limit: number | null }>;
  /** Calls in progress to and from a number. */
  liveCalls(number: E164): Promise<readonly LiveCall[]>;
  /** Sends a call in progress to another carrier document URL (hand-off to a person). */
  redirectCall(callId: string, documentUrl: string): Promise<void>;
  /** Places a call; resolves when the carrier has taken it, before it rings. */
  placeCall(wish: CallWish): Promise<PlacedCall>;
  /** Calls placed from one number to another since an instant (epoch milliseconds, to the second), newest first, 50 at most. */
  placedCalls(parties: {
    readonly from: E164;
    readonly to: E164;
    readonly sinceMs: number;
  }): Promise<readonly PlacedCall[]>;
  /** How a placed call stands; null when the carrier does not know it. */
  placedCall(callId: string): Promise<PlacedCall | null>;
}
