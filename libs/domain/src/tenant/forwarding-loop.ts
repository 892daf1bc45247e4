import type { Diagnostic } from "@tandem/kernel";

/** A number that a release may dial, with the place in the bundle it comes from. */
export interface DialledNumber {
  /** E.164. */
  readonly number: string;
  /** Path in the bundle, e.g. `answer.whenOpen.numbers[0]`. */
  readonly path: string;
}

/** A number whose calls come to us. */
export interface AttachedNumber {
  /** E.164. */
  readonly number: string;
  /** Name of the deployment that it belongs to. */
  readonly deployment: string;
}

/**
 * Numbers whose call would come straight back (ruling 39): those we would dial and that lead to this deployment or to another one of
 * the tenant. What a foreign phone forwards to cannot be seen before a call: `isForwardingLoop` watches for it.
 */
export function findForwardingLoops(
  dialled: readonly DialledNumber[],
  own: string | null,
  attached: readonly AttachedNumber[],
): readonly Diagnostic[] {
  const owners = new Map(attached.map(({ number, deployment }) => [number, deployment]));
  return dialled.flatMap(({ number, path }) => {
    const owner = number === own ? "this deployment itself" : owners.get(number);
    if (owner === undefined) return [];
    const to = number === own ? owner : `the deployment \`${owner}\``;
    return [
      {
        severity: "error",
        code: "forwarding-loop",
        summary: "A number that we would dial leads back to us.",
        detail: `\`${path}\` is ${number}, which is answered by ${to}.`,
        path,
        fix: "Name a line that a person or another system answers.",
      },
    ];
  });
}

/** A call as the carrier reports it when it arrives. Numbers are E.164; empty when withheld. */
export interface ArrivingCall {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  /** Number that passed the call on to us; null when the carrier names none. */
  readonly forwardedFrom: string | null;
  /** Epoch milliseconds. */
  readonly arrivedAtMs: number;
}

/** An earlier call of the same deployment. */
export interface EarlierCall {
  readonly callId: string;
  readonly from: string;
  readonly arrivedAtMs: number;
  /** Numbers that we are dialling, or connected it to, right now; empty when none. */
  readonly dialling: readonly string[];
}

/** How often one caller may arrive within how long before it is taken for a circle. */
export interface LoopLimits {
  readonly windowMs: number;
  readonly arrivals: number;
}

/** Four arrivals of one caller within half a minute: more than impatience explains. */
export const loopLimits: LoopLimits = { windowMs: 30_000, arrivals: 4 };

/**
 * Whether a call that arrives is one of our own coming back: it was passed on by a number we dial, it calls from the number it calls, its
 * caller is already on a call of ours that is being dialled out, or the same caller arrives again and again. Such a call is answered by
 * the agent or ended, never dialled out again.
 */
export function isForwardingLoop(
  call: ArrivingCall,
  dialled: ReadonlySet<string>,
  earlier: readonly EarlierCall[],
  limits: LoopLimits = loopLimits,
): boolean {
  if (call.forwardedFrom !== null && (dialled.has(call.forwardedFrom) || call.forwardedFrom === call.to)) return true;
  if (call.from !== "" && call.from === call.to) return true;
  const others = earlier.filter(({ callId, from }) => callId !== call.callId && from === call.from);
  if (call.from !== "" && others.some(({ dialling }) => dialling.length > 0)) return true;
  const recent = others.filter(({ arrivedAtMs }) => call.arrivedAtMs - arrivedAtMs < limits.windowMs);
  return call.from !== "" && recent.length + 1 >= limits.arrivals;
}
