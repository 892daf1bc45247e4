import { callingCodeOf } from "../conversation/index.ts";
import type { OutboundCalls } from "../manifest/index.ts";
import { dialledNumbers, type ReleaseBundle } from "../release/index.ts";
import { callingSchedule, permittedFrom } from "./calling-time.ts";
import type { OutboundWish } from "./outbound-call.ts";

/** Why nobody is called. */
export const outboundRefusals = {
  "tenant-suspended": "The tenant is suspended: no calls are placed.",
  "not-attached": "The deployment's number is not attached to a release: there is nothing that could talk.",
  diverted: "Calls are diverted to a person: no calls are placed until that ends.",
  "no-outbound": "The active release places no calls: its playbook has no section `outbound`.",
  "agent-cannot-call": "The vendor's own language model would greet as if it had been called: set another `agentKind`.",
  "country-not-allowed": "The playbook does not allow calls to this country: see `outbound.countries`.",
  "own-number": "The number is one of the deployment's own.",
  "consent-in-future": "The consent is said to be given in the future.",
  "consent-too-old": "The consent is older than the playbook's `outbound.consentMaxAgeDays`.",
  "no-calling-hours": "No calling hours begin before the consent is too old.",
  "attempt-used": "This lead has been called for this consent: there is one attempt.",
  "call-pending": "A call to this number is under way or scheduled.",
  "minutes-used-up": "This number has used the minutes that the playbook allows per day.",
} as const;
export type OutboundRefusal = keyof typeof outboundRefusals;

/** What a decision needs to know. */
export interface OutboundSituation {
  readonly wish: Pick<OutboundWish, "to" | "timeZone"> & { readonly consent: Pick<OutboundWish["consent"], "givenAt"> };
  readonly isSuspended: boolean;
  readonly isAttached: boolean;
  readonly isDiverted: boolean;
  /** What the active slot runs; null when there is none. */
  readonly bundle: ReleaseBundle | null;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Seconds that this number has talked within the last 24 hours. */
  readonly secondsUsed: number;
  /** This consent has been used for a call of its own. */
  readonly hasAttempt: boolean;
  /** Another call to the number is under way or scheduled. */
  readonly isPending: boolean;
}

export type OutboundDecision =
  /** May be called at `atMs` (now or later); from `expiresAtMs` on the consent is too old. Epoch milliseconds. */
  | { readonly kind: "call"; readonly atMs: number; readonly expiresAtMs: number; readonly outbound: OutboundCalls }
  | { readonly kind: "refused"; readonly reason: OutboundRefusal };

const DAY_MS = 86_400_000;
/** Clocks of forms and of ours may differ by so much. */
const CLOCK_SLACK_MS = 60_000;

const refused = (reason: OutboundRefusal): OutboundDecision => ({ kind: "refused", reason });

/** Whether and when a lead may be called. Pure; asked when a call is requested and again when it is due. */
export function decideOutbound(situation: OutboundSituation): OutboundDecision {
  const { bundle, wish, nowMs } = situation;
  if (situation.isSuspended) return refused("tenant-suspended");
  if (!situation.isAttached || bundle === null) return refused("not-attached");
  if (situation.isDiverted) return refused("diverted");
  const { outbound } = bundle;
  if (outbound === undefined) return refused("no-outbound");
  if (bundle.agent.kind === "retell-llm") return refused("agent-cannot-call");
  const number = numberRefusal(bundle, outbound, wish.to);
  if (number !== null) return refused(number);
  const givenAtMs = Date.parse(wish.consent.givenAt);
  const expiresAtMs = givenAtMs + outbound.consentMaxAgeDays * DAY_MS;
  if (!(givenAtMs <= nowMs + CLOCK_SLACK_MS)) return refused("consent-in-future");
  if (expiresAtMs <= nowMs) return refused("consent-too-old");
  if (situation.hasAttempt) return refused("attempt-used");
  if (situation.isPending) return refused("call-pending");
  if (situation.secondsUsed >= bundle.policies.minutesPerCallerPerDay * 60) return refused("minutes-used-up");
  const atMs = permittedFrom(callingSchedule(outbound, bundle.answer.schedule, wish.timeZone), nowMs);
  if (atMs === null || atMs >= expiresAtMs) return refused("no-calling-hours");
  return { kind: "call", atMs, expiresAtMs, outbound };
}

function numberRefusal(bundle: ReleaseBundle, { countries }: OutboundCalls, to: string): OutboundRefusal | null {
  const own = [bundle.deployment.number, ...dialledNumbers(bundle).map(({ number }) => number)];
  if (own.includes(to)) return "own-number";
  return countries.includes(`+${callingCodeOf(to) ?? ""}`) ? null : "country-not-allowed";
}
