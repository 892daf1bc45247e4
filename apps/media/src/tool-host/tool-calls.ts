import { AppError, type Clock, type Json, type JsonObject, type Secret } from "@tandem/kernel";
import { bookingSchedule, type Tool } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Role } from "@tandem/domain/tenant";
import { type Logger, rootSpanId } from "@tandem/telemetry";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import { traceIdOf } from "../telemetry/trace-id.ts";
import { type CallRedirects, roleConnection } from "./call-redirects.ts";
import { readArguments } from "./tool-arguments.ts";
import { exchangeOf } from "./tool-exchange.ts";
import type { ToolHost } from "./tool-host.ts";
import { failure, type JobConnection, success, type ToolOutcome, type ToolRun } from "./tool-job.ts";
import { dealKey, toolKey } from "./tool-key.ts";

export interface ToolCallsOptions {
  readonly host: ToolHost;
  readonly sessions: LiveSessions;
  readonly redirects: CallRedirects;
  readonly ticketKey: Secret;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An agent asks for a tool on a pinned call. */
export interface ToolAsk {
  readonly served: Served;
  readonly session: LiveSession;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, Json>>;
  readonly invocationId: string | null;
}

interface BoundTool extends Omit<ToolAsk, "tool" | "arguments"> {
  readonly tool: Tool;
  readonly bundle: ReleaseBundle;
  readonly arguments: JsonObject;
  readonly key: string;
}

/** Operations that change nothing. */
export const READS = new Set<Tool["operation"]>(["calendar.find-slots"]);
const ROLE_OF: Readonly<Record<string, Role>> = { calendar: "calendar", crm: "crm", call: "telephony" };
/** What is left of a tool's time for the way back. */
const WAY_BACK_MS = 150;

/** Runs tools of pinned calls: with the slot's own bindings, each write once, never cancelled, every result recorded. */
export class ToolCalls {
  readonly #options: ToolCallsOptions;
  readonly #redirects: CallRedirects;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
    this.#redirects = options.redirects;
  }

  /** What the model gets: `{outcome, …}`. Never throws: a failure is an answer too. */
  async run(ask: ToolAsk): Promise<Json> {
    const bound = this.#bind(ask);
    if ("outcome" in bound) return this.#refuse(ask, bound);
    const { session, tool, key } = bound;
    const present = session.toolReplies.get(key);
    if (present !== undefined) return this.#inTime(present.done, tool);
    const entry: { reply: Json; done: Promise<Json> } = { reply: null, done: Promise.resolve(null) };
    entry.done = this.#execute(bound).then((outcome) => {
      entry.reply = replyOf(outcome);
      // What failed may be asked for again: under the same key, so that a write which did happen is found and not doubled.
      if (READS.has(tool.operation) || outcome.outcome === "failure") session.toolReplies.delete(key);
      return entry.reply;
    });
    session.toolReplies.set(key, entry);
    return this.#inTime(entry.done, tool);
  }

  #bind(ask: ToolAsk): BoundTool | ToolOutcome {
    const { served, session } = ask;
    const release = slotRelease(served, session.slot);
    if (session.endedAtMs !== null) return failure("call-ended", "The call has ended.");
    if (release === null || release.bundleHash !== session.bundleHash)
      return failure("release-gone", "This cannot be done on this call any more.");
    const tool = release.bundle.tools.find(({ name }) => name === ask.tool);
    if (tool === undefined) return failure("unknown-tool", "There is no such tool.");
    const read = readArguments(tool, ask.arguments);
    if ("problem" in read) return failure("invalid-arguments", read.problem);
    const [group = ""] = tool.operation.split(".");
    const request = {
      tool: tool.name,
      group: READS.has(tool.operation) ? `${group} reads` : group,
      arguments: read.arguments,
      invocationId: ask.invocationId,
    };
    const key = toolKey(this.#options.ticketKey, session, request);
    return { ...ask, tool, bundle: release.bundle, arguments: read.arguments, key };
  }

  #refuse({ session, tool }: ToolAsk, outcome: ToolOutcome): Json {
    this.#options.sessions.record(session, "tool-refused", {
      tool: tool.slice(0, 60),
      reason: outcome.reply["reason"] ?? null,
    });
    return replyOf(outcome);
  }

  async #execute(bound: BoundTool): Promise<ToolOutcome> {
    const { sessions, clock } = this.#options;
    const { session, tool } = bound;
    const startedMs = clock.monotonicMs();
    const outcome = await this.#perform(bound).catch((error: unknown) => this.#failed(bound, error));
    const { bookingId, contactId } = outcome.facts;
    sessions.note(session, {
      ...(bookingId === undefined ? {} : { bookingId }),
      ...(contactId === undefined ? {} : { contactId }),
    });
    if (session.kind === "trial" && !READS.has(tool.operation))
      session.made.push({ tool: tool.name, result: recordOf(outcome) });
    const exchange = session.kind === "live" ? exchangeOf(bound.bundle, tool, bound.arguments, outcome) : null;
    sessions.record(session, "tool-finished", {
      tool: tool.name,
      operation: tool.operation,
      outcome: outcome.outcome,
      durationMs: Math.round(clock.monotonicMs() - startedMs),
      ...recordOf(outcome),
      ...(exchange === null ? {} : { exchange }),
    });
    return outcome;
  }

  async #perform(bound: BoundTool): Promise<ToolOutcome> {
    const { tool } = bound;
    if (tool.operation === "call.transfer") return this.#transfer(bound);
    if (tool.operation === "call.hang-up") return this.#hangUp(bound);
    const run: ToolRun = {
      job: "run-tool",
      operation: tool.operation,
      settings: tool.settings,
      arguments: bound.arguments,
      connection: connectionOf(bound),
      resourceId: resourceOf(bound),
      trace: traceOf(bound),
      call: this.#callOf(bound),
    };
    return (await this.#options.host.run(run)) as unknown as ToolOutcome;
  }

  #callOf({ session, bundle, key }: BoundTool): ToolRun["call"] {
    return {
      from: session.from,
      key,
      dealKey: dealKey(this.#options.ticketKey, session),
      isTest: session.kind === "trial",
      deploymentId: session.deploymentId,
      schedule: bookingSchedule(bundle.answer.schedule),
      bookingId: session.facts.bookingId,
      contactId: session.facts.contactId,
      nowMs: this.#options.clock.now(),
    };
  }

  /** Destinations are the bundle's own two, never a number that the model gives (ruling 39). */
  async #transfer({ arguments: { destination }, served, session, bundle }: BoundTool): Promise<ToolOutcome> {
    if (destination !== "human" && destination !== "emergency")
      return failure("not-allowed", "Only `human` and `emergency` can be reached.");
    const { number } = destination === "human" ? bundle.humanPath : bundle.emergency;
    if ((await this.#redirects.handOff({ served, session, bundle }, destination)) === "no-leg") return noLeg();
    if (session.kind === "live") {
      this.#options.sessions.note(session, { handedOffTo: destination });
      this.#options.sessions.record(session, "handed-off", { to: destination });
    }
    return success({ destination, ...(session.kind === "trial" ? { number } : {}) });
  }

  async #hangUp({ served, session, bundle }: BoundTool): Promise<ToolOutcome> {
    return (await this.#redirects.hangUp({ served, session, bundle })) === "no-leg" ? noLeg() : success({});
  }

  #failed({ session, tool }: BoundTool, error: unknown): ToolOutcome {
    this.#options.log.warn({ err: error, sessionId: session.sessionId, tool: tool.name }, "a tool failed");
    const isDoubtful = error instanceof AppError && error.details["effect"] === "unknown";
    const outcome =
      READS.has(tool.operation) || !isDoubtful
        ? failure("unavailable", "That is not possible right now. Offer to take a message.")
        : failure("unconfirmed", "It could not be confirmed. Do not promise it; say that somebody will confirm.");
    return { ...outcome, reply: { ...outcome.reply, code: error instanceof AppError ? error.code : "internal" } };
  }

  /** The model must get an answer in its tool's time; the work goes on and its result is recorded whenever it comes. */
  #inTime(work: Promise<Json>, tool: Tool): Promise<Json> {
    return new Promise((resolve) => {
      const late = READS.has(tool.operation)
        ? failure("timeout", "That takes too long right now.")
        : failure("unconfirmed", "It is still being worked on. Do not promise it; say that it will be confirmed.");
      const timer = setTimeout(() => resolve(replyOf(late)), Math.max(50, tool.timeoutMs - WAY_BACK_MS));
      void work.then((reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
    });
  }
}

const replyOf = ({ outcome, reply }: ToolOutcome): Json => ({ outcome, ...reply });

/** Ids and reasons only: what the caller said is kept with the call's words, as long as they are. */
function recordOf({ reply }: ToolOutcome): JsonObject {
  const kept = ["event_id", "contact_id", "deal_id", "note_id", "reason", "code", "destination"];
  return Object.fromEntries(kept.flatMap((name) => (reply[name] === undefined ? [] : [[name, reply[name]]])));
}

function traceOf({ session }: BoundTool): ToolRun["trace"] {
  const traceId = traceIdOf(session);
  return { traceId, parentId: rootSpanId(traceId) };
}

const noLeg = (): ToolOutcome => failure("no-carrier-leg", "Use the vendor's own way to end or transfer this call.");

function connectionOf({ served, bundle, tool }: BoundTool): JobConnection {
  const [area = ""] = tool.operation.split(".");
  return roleConnection(served, bundle, ROLE_OF[area] ?? area);
}

function resourceOf({ served, session, tool }: BoundTool): string | null {
  if (tool.resource === undefined) return null;
  const binding = served.deployment.slots[session.slot].bindings.find(({ address }) => address === tool.resource);
  if (binding?.externalId == null)
    throw new AppError("not_found", `${tool.resource} is not bound`, { details: { effect: "none" } });
  return binding.externalId;
}
