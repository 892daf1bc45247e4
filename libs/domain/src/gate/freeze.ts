import type { Instant } from "@tandem/kernel";
import type { Environment } from "../tenant/index.ts";

/** A time in which no new release comes to callers: no rollout begins, and none passes its switch or a canary step. */
export interface Freeze {
  readonly id: string;
  /** Whose window it is; a tenant's own may be narrowed to a playbook. */
  readonly level: "platform" | "tenant" | "playbook";
  /** Null: every playbook. */
  readonly playbook: string | null;
  /** Null: every environment. */
  readonly environment: Environment | null;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly reason: string;
  /** When a person ended it early; null: not. */
  readonly endedAt: Instant | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
  /** True when the platform has let this tenant through a window of the platform's. */
  readonly isExempt: boolean;
}

/** Windows as read, with the time of the read: what was being created then has been waited for, and begins no later. */
export interface FreezeLook {
  readonly now: Instant;
  readonly windows: readonly Freeze[];
}

/** A tenant's leave to pass its own windows. */
export interface FreezeOverride {
  readonly by: string;
  readonly reason: string;
  /** Ids of the windows it is for; absent: every window of the tenant. A platform's window is never among them. */
  readonly freezes?: readonly string[];
}

/** Who may let a rollout pass a window. */
export const overriderOf = ({ level }: Pick<Freeze, "level">): "platform-admin" | "tenant-admin" =>
  level === "platform" ? "platform-admin" : "tenant-admin";

/** Whether a window is about a deployment at all. */
export const concerns = (
  freeze: Pick<Freeze, "playbook" | "environment">,
  deployment: { readonly playbook: string; readonly environment: Environment },
): boolean =>
  (freeze.playbook === null || freeze.playbook === deployment.playbook) &&
  (freeze.environment === null || freeze.environment === deployment.environment);

const endMs = ({ endsAt, endedAt }: Freeze): number =>
  Math.min(Date.parse(endsAt), endedAt === null ? Infinity : Date.parse(endedAt));

const isOverridden = ({ id, level }: Freeze, override: FreezeOverride | undefined): boolean =>
  level !== "platform" && override !== undefined && (override.freezes?.includes(id) ?? true);

/**
 * The window that stops a deployment's rollout now: of several the one that ends last; null when none is in force or each is overridden.
 * A window holds from its start up to, and not at, its end. `look`: the windows that concern the deployment, at database time.
 */
export function freezeInForce({ now, windows }: FreezeLook, override: FreezeOverride | undefined): Freeze | null {
  const nowMs = Date.parse(now);
  const inForce = windows.filter(
    (freeze) =>
      Date.parse(freeze.startsAt) <= nowMs &&
      nowMs < endMs(freeze) &&
      !freeze.isExempt &&
      !isOverridden(freeze, override),
  );
  return inForce.toSorted((left, right) => endMs(right) - endMs(left))[0] ?? null;
}

/** `platform window until 2026-12-27T00:00:00.000Z: holidays`. */
export const freezeProse = ({ level, playbook, endsAt, reason }: Freeze): string =>
  `${level}${level === "playbook" ? ` ${playbook ?? ""}` : ""} window until ${endsAt}: ${reason}`;
