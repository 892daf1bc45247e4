import type { Json, Secret } from "@tandem/kernel";
import type { E164 } from "@tandem/domain/tenant";
import type { CarrierStream } from "./carrier-stream.ts";
import type { CallRegistrar } from "./voice-agent.ts";

/** An inbound vendor request as it arrived, before anything in it is believed. */
export interface InboundRequest {
  /** The configured public address of the route with the query as received: what the vendor signed, never the Host header. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Raw body, byte for byte as received, decoded as UTF-8. */
  readonly body: string;
  /** Epoch milliseconds at which it arrived. */
  readonly receivedAtMs: number;
}

/** Named secrets of one credential version. */
export type CredentialSecrets = Readonly<Record<string, Secret>>;

/** A carrier's request for a document: a call rings, a dialled leg has ended, or the primary document failed. */
export interface CarrierCall {
  readonly callId: string;
  /** On a leg that our document dialled: the call that it was dialled for; absent on the caller's own leg. */
  readonly parentCallId?: string;
  /** Caller in E.164; null when withheld. */
  readonly from: E164 | null;
  readonly to: E164 | null;
  /** The number that forwarded the call to us; null when it was dialled directly. */
  readonly forwardedFrom: E164 | null;
  /** How the leg that our last document dialled ended; null when no leg was dialled. */
  readonly leg: "answered" | "no-answer" | "busy" | "failed" | "canceled" | null;
  /** Seconds that the dialled leg was connected; null when unknown. */
  readonly legSeconds: number | null;
  /** Who took a call that we placed, where the carrier was asked to find out; absent otherwise. */
  readonly answeredBy?: "human" | "machine";
}

/** A carrier's report about a call. May come twice, late or out of order. */
export interface CarrierStatus {
  readonly callId: string;
  /** Carrier's word for the state, e.g. `completed`. */
  readonly status: string;
  readonly hasEnded: boolean;
  readonly durationSeconds: number | null;
  /** Names this report: the same report again has the same identity. */
  readonly identity: string;
}

/** One leg that a document dials. `whisperUrl`: asked, once somebody has answered, for what only they hear before they are connected. */
export type DialTarget = { readonly number: E164; readonly whisperUrl?: string } | { readonly sipUri: string };

/** What a document makes of a call, as the carrier takes it. `actionUrl`: asked when the leg has ended; null: nothing is. */
export type CarrierInstruction =
  | {
      readonly do: "stream";
      readonly url: string;
      readonly parameters: Readonly<Record<string, string>>;
      readonly actionUrl: string | null;
    }
  | { readonly do: "dial"; readonly targets: readonly DialTarget[]; readonly actionUrl: string | null }
  | { readonly do: "redirect"; readonly url: string }
  | { readonly do: "hang-up" };

/** The carrier's own language for "what to do with this call". All text is escaped by the builder. */
export interface CarrierDocuments {
  readonly contentType: string;
  /** Says `say` first (it cannot be interrupted), rings all targets together, reports to `actionUrl` when the leg has ended. */
  dial(document: {
    readonly say: string | null;
    readonly targets: readonly DialTarget[];
    readonly actionUrl: string;
    readonly ringSeconds: number;
    readonly maxSeconds: number;
    /** Number shown to who is rung; null shows the caller's. */
    readonly callerId: E164 | null;
  }): string;
  /** Hands the call to another document. */
  redirect(document: { readonly url: string; readonly method: "GET" | "POST" }): string;
  hangUp(document: { readonly say: string | null }): string;
  /** What who has answered a dialled leg hears, alone; then they are connected. Null connects them at once. */
  whisper(document: { readonly say: string | null }): string;
  /** Connects the call to our audio stream; absent where the carrier has none. `parameters` come back when the stream starts. */
  connectStream?(document: {
    readonly url: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly actionUrl: string;
  }): string;
  /** The other way round, for calls on which we play the carrier; null for what connects nobody and ends nothing. */
  read(document: string): CarrierInstruction | null;
}

/** What a vendor that carries calls brings to the ingress. No SDK behind it. */
export interface CarrierIngress {
  readonly vendor: string;
  readonly documents: CarrierDocuments;
  /** The carrier's audio protocol; absent where it has none. */
  readonly stream?: CarrierStream;
  /** The address of a route with how long the carrier may wait for it, where the carrier can be told; the same address elsewhere. */
  withDeadlines(url: string): string;
  /** True when the request was signed with this credential for this URL, with or without the connection overrides in its fragment. */
  verify(request: InboundRequest, secrets: CredentialSecrets): boolean;
  /** Null when the body is not what the carrier sends. */
  readCall(body: string): CarrierCall | null;
  readStatus(request: InboundRequest): CarrierStatus | null;
  /** Signed requests as the carrier would send them: for smoke calls only. */
  sign(
    call: TrialCarrierRequest,
    secrets: CredentialSecrets,
  ): { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

/** What a smoke call says of itself. */
export interface TrialCarrierRequest {
  readonly url: string;
  readonly callId: string;
  readonly from: E164;
  readonly to: E164;
  /** `leg-ended` and `not-answered`: what the last document connected to is over, or nobody took it; the carrier asks what comes next. */
  readonly event: "ringing" | "leg-ended" | "not-answered" | "completed";
}

/** A hosted agent's request to run a tool. */
export interface AgentToolRequest {
  readonly agentCallId: string;
  readonly arguments: Readonly<Record<string, Json>>;
  /** What we gave the call when it was registered. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The vendor's id of this tool invocation; null when it has none. */
  readonly invocationId: string | null;
}

/** A hosted agent's report about a call. */
export interface AgentEvent {
  readonly type: "call-started" | "call-ended" | "call-analyzed" | "other";
  readonly agentCallId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly durationMs: number | null;
  /** The vendor's word for why the call ended; null when it has not. */
  readonly endReason: string | null;
  /** The agent failed and left the caller in mid-call. */
  readonly hasFailed: boolean;
  /** Vendor-reported figures without personal data (latency percentiles, sentiment, success). */
  readonly facts: Readonly<Record<string, Json>>;
  readonly identity: string;
}

/** A call to a number that the agent vendor holds: which agent shall take it? */
export interface AgentInboundCall {
  readonly from: E164 | null;
  readonly to: E164 | null;
}

/** One call of a hosted agent that asks the customer's model what to say. */
export interface TrialModelCall {
  /** The socket's address without the call: as the agent is configured with. */
  readonly url: string;
  readonly agentCallId: string;
  /** What the call was registered with. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Longest wait for one whole answer, milliseconds. */
  readonly answerWithinMs: number;
}

/** What the model said once. */
export interface TrialModelAnswer {
  readonly content: string;
  /** From the request to the first text, milliseconds; null when no text came. */
  readonly firstMs: number | null;
  readonly endsCall: boolean;
  readonly transfersTo: E164 | null;
}

/** The vendor's end of the socket. Answers reject when the socket closes or nothing comes in time. */
export interface TrialModelSocket {
  /** What is said first. */
  readonly opening: Promise<TrialModelAnswer>;
  /** The caller has said something. `heard`: how much of the answer before was spoken when they took the floor; null: all of it. */
  say(text: string, heard: string | null): Promise<TrialModelAnswer>;
  /** The caller has been silent. */
  remind(): Promise<TrialModelAnswer>;
  close(): void;
}

/** What a vendor that hosts agents brings to the ingress. No SDK behind it. */
export interface AgentIngress {
  readonly vendor: string;
  verify(request: InboundRequest, secrets: CredentialSecrets): boolean;
  readTool(body: string): AgentToolRequest | null;
  readEvent(body: string): AgentEvent | null;
  readInbound(body: string): AgentInboundCall | null;
  /** JSON answer to an inbound call. */
  answerInbound(answer: {
    readonly agentId: string;
    readonly agentVersion: number;
    readonly metadata: Readonly<Record<string, string>>;
    readonly variables: Readonly<Record<string, string>>;
  }): Json;
  /** The one outbound call of the answer path. `baseUrl` null is the vendor's own host. */
  registrar(options: { readonly secrets: CredentialSecrets; readonly baseUrl: string | null }): CallRegistrar;
  /** The vendor's id of the call behind a SIP address that its registrar gave; null for any other address. */
  agentCallOf(sipUri: string): string | null;
  /** Plays the vendor towards a customer's model: opens the socket of one call. For smoke calls only. Rejects when it does not open. */
  dialModel?(call: TrialModelCall): Promise<TrialModelSocket>;
  /** Body and headers of a tool request as the agent would send it: for smoke calls only. */
  signTool(
    call: {
      readonly agentCallId: string;
      readonly tool: string;
      readonly arguments: Readonly<Record<string, Json>>;
      readonly metadata: Readonly<Record<string, string>>;
    },
    secrets: CredentialSecrets,
    nowMs: number,
  ): { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}
