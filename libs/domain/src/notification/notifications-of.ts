import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { type FleetReasonCode, fleetReasons } from "../fleet/index.ts";
import { type ReasonCode, type ReasonEntry, reasons, terminalPhases } from "../rollout/index.ts";
import type { Notification } from "./event-catalog.ts";
import { commandsFor } from "./next-commands.ts";
import { ROLLOUT_EVENT } from "./rollout-message.ts";

/** What a committed change left in the outbox. */
export interface OutboxFact {
  readonly kind: string;
  readonly payload: JsonObject;
}

/** The deployment that the message is about, as it is now; null when it is about none. */
export interface NotificationSubject {
  readonly deployment: {
    readonly id: string;
    readonly name: string;
    readonly playbook: string;
    readonly environment: string;
  } | null;
}

const LONGEST_TEXT = 500;
const MOST_ADDRESSES = 20;

/** The text of a member, cut to what a message may hold; empty when there is none. */
const text = (value: Json | undefined): string => (typeof value === "string" ? value.slice(0, LONGEST_TEXT) : "");
const idOf = (object: string): string => object.slice(object.indexOf("/") + 1);

/** The events that a message becomes, in order: none for what stays inside. Every text is cut, so that an event stays far below 20 kB. */
export function notificationsOf(fact: OutboxFact, subject: NotificationSubject): readonly Notification[] {
  if (fact.kind === ROLLOUT_EVENT) return ofRolloutEvent(fact.payload, subject);
  return ofPlatform(fact) ?? (subject.deployment === null ? [] : ofDeployment(fact, subject.deployment));
}

type Deployment = NonNullable<NotificationSubject["deployment"]>;

function ofRolloutEvent(payload: JsonObject, { deployment }: NotificationSubject): readonly Notification[] {
  if (deployment === null) return [];
  const common = { deployment, rolloutId: text(payload["rolloutId"]) };
  const reason = reasonOf(payload);
  switch (payload["type"]) {
    case "phase-entered": {
      const [from, to] = [text(payload["from"]), text(payload["to"])];
      const changed: Notification = { type: "rollout.phase-changed", data: { ...common, from, to, reason, links: [] } };
      return [changed, ...ended(common, to, reason), ...attention(common, to, payload)];
    }
    case "rollout-waited":
      return attention(common, text(payload["phase"]), payload);
    case "evidence-weighed":
      return [weighed(common, payload)];
    default:
      return [];
  }
}

type Common = { readonly deployment: Deployment; readonly rolloutId: string };
type Reason = { code: string; summary: string; detail: string; nextAction: string };

function ended(common: Common, phase: string, reason: Reason | null): readonly Notification[] {
  if (!(terminalPhases as ReadonlySet<string>).has(phase)) return [];
  const outcome = phase as "succeeded" | "aborted" | "rolled-back" | "failed";
  return [{ type: "rollout.ended", data: { ...common, outcome, reason } }];
}

/** Waits that go on by themselves are nobody's business. */
function attention(common: Common, phase: string, payload: JsonObject): readonly Notification[] {
  const reason = reasonOf(payload);
  if (reason === null || !needsPerson(reason.code)) return [];
  const commands = commandsFor(reason.code, common.rolloutId, common.deployment.name);
  return [{ type: "rollout.needs-attention", data: { ...common, phase, reason, commands, links: [] } }];
}

/** True for reasons that nothing but a person ends. */
export function needsPerson(code: string): boolean {
  const entry = entryOf(code);
  if (entry === null) return false;
  if (entry.kind === "hold") return entry.isSelfResuming !== true;
  return code === "awaiting-approval" || code === "awaiting-promotion";
}

const entryOf = (code: string): ReasonEntry | null =>
  Object.hasOwn(reasons, code) ? reasons[code as ReasonCode] : null;

function reasonOf(payload: JsonObject): Reason | null {
  const code = text(payload["reason"]);
  const entry = entryOf(code);
  if (entry === null) return null;
  return { code, summary: entry.summary, detail: text(payload["detail"]), nextAction: entry.nextAction };
}

function weighed(common: Common, payload: JsonObject): Notification {
  const verdict = payload["verdict"];
  const facts = isJsonObject(verdict) ? verdict : payload;
  const kind = text(facts["kind"]) || text(verdict);
  return { type: "rollout.evidence-weighed", data: { ...common, verdict: kind, detail: text(facts["detail"]) } };
}

function ofDeployment({ kind, payload }: OutboxFact, deployment: Deployment): readonly Notification[] {
  const [object, actor] = [text(payload["object"]), text(payload["actor"]) || "worker"];
  const [noun = "", change = ""] = kind.split(".");
  if (kind === "pointer-moved") {
    const generation = typeof payload["generation"] === "number" ? payload["generation"] : 0;
    return [{ type: "pointer.moved", data: { deployment, active: text(payload["active"]), generation } }];
  }
  if (kind === "pointer.rolled-back" || kind === "pointer.diverted" || kind === "pointer.resumed")
    return [{ type: kind, data: { deployment, actor } }];
  if (kind === "drift.appeared" || kind === "drift.changed")
    return [{ type: "drift.found", data: { deployment, addresses: addressesIn(payload["open"]) } }];
  if (kind === "drift.cleared") return [{ type: kind, data: { deployment } }];
  if (kind === "rollout.queue-failed") {
    const [code, detail] = [text(payload["code"]), text(payload["detail"])];
    return [{ type: kind, data: { deployment, waitingId: idOf(object), code, detail } }];
  }
  if (noun === "incident") return [ofIncident(kind, payload, { deployment, incidentId: idOf(object), actor })];
  if (noun === "outbound-call") {
    const { state, reason } = payload;
    const data = { deployment, outboundCallId: idOf(object), state: text(state), reason: text(reason) || null };
    return [{ type: "outbound-call.ended", data }];
  }
  const common = { deployment, rolloutId: object.startsWith("rollout/") ? idOf(object) : "" };
  if (kind === "rollout.started") return [{ type: "rollout.started", data: { ...common, actor } }];
  if (noun === "rollout" || kind === "deployment.detach-asked")
    return [{ type: "rollout.decided", data: { ...common, decision: change, actor } }];
  return [];
}

function ofIncident(
  kind: string,
  payload: JsonObject,
  common: { readonly deployment: Deployment; readonly incidentId: string; readonly actor: string },
): Notification {
  if (kind === "incident.resolved") return { type: kind, data: { ...common, resolution: text(payload["resolution"]) } };
  const [severity, summary] = [text(payload["severity"]), text(payload["summary"])];
  return { type: "incident.opened", data: { ...common, severity, stack: text(payload["stack"]) || null, summary } };
}

function ofFleet(change: string, payload: JsonObject, actor: string): Notification {
  const code = text(payload["reason"]);
  const entry = Object.hasOwn(fleetReasons, code) ? fleetReasons[code as FleetReasonCode] : null;
  const reason = entry === null ? null : { code, detail: text(payload["detail"]), ...entry };
  return {
    type: "fleet-rollout.changed",
    data: { fleetRolloutId: idOf(text(payload["object"])), change, reason, actor },
  };
}

const addressesIn = (open: Json | undefined): string[] =>
  Array.isArray(open) ? open.slice(0, MOST_ADDRESSES).map(text) : [];

/** Messages about the tenant as a whole; null when it is none of these. */
function ofPlatform({ kind, payload }: OutboxFact): readonly Notification[] | null {
  const [noun = "", change = ""] = kind.split(".");
  const actor = text(payload["actor"]) || "worker";
  const seq = (name: string): number => (typeof payload[name] === "number" ? payload[name] : 0);
  if (noun === "freeze") return [{ type: "freeze.changed", data: { change, object: text(payload["object"]), actor } }];
  if (noun === "fleet-rollout") return [ofFleet(change, payload, actor)];
  if (noun === "tenant") return [{ type: "tenant.changed", data: { change, actor } }];
  const detail = text(payload["detail"]);
  switch (kind) {
    case "audit.checkpoint-missing":
      return [{ type: kind, data: { lastSeq: seq("lastSeq"), lastAt: text(payload["lastAt"]) || null, detail } }];
    case "audit.chain-broken":
      return [{ type: kind, data: { seq: seq("seq"), detail } }];
    case "webhook.disabled": {
      const [endpointId, failingSince] = [text(payload["endpointId"]), text(payload["failingSince"]) || null];
      return [{ type: kind, data: { endpointId, failingSince, detail } }];
    }
    case "webhook.test":
      return [{ type: kind, data: { endpointId: text(payload["endpointId"]), actor } }];
    default:
      return null;
  }
}
