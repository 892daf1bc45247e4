import { type FleetPolicy, type MemberChange, memberPolicy, type MemberReasonCode } from "@tandem/domain/fleet";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError, fault, type Json } from "@tandem/kernel";
import type { FleetWork, MemberSubject, MemberToBegin } from "@tandem/ports/store/fleet";

/** Makes the release of a member; `detail` names what is wrong with its configuration. */
export type CompileMember = (
  subject: MemberSubject,
  manifest: { readonly hash: string; readonly content: Json },
) =>
  | { readonly ok: true; readonly bundle: ReleaseBundle; readonly hash: string }
  | { readonly ok: false; readonly detail: string };

export interface BeginOptions {
  readonly work: Pick<FleetWork, "subject" | "begin">;
  readonly compile: CompileMember;
}

/** How long a member waits until it is tried again, milliseconds. */
const RETRY_MS: Partial<Record<MemberReasonCode, number>> = {
  "rollout-live": 10_000,
  "freeze-window": 60_000,
  "tenant-suspended": 60_000,
  "begin-failed": 5000,
};
const MOST_DETAIL = 1000;

/** Begins one member's rollout. Null: it is begun, or it was taken back meanwhile; else what becomes of it. Never throws. */
export async function beginMember(
  { work, compile }: BeginOptions,
  member: MemberToBegin,
  asked: { readonly manifest: { readonly hash: string; readonly content: Json }; readonly policy: FleetPolicy },
): Promise<{ readonly change: MemberChange | null; readonly isBegun: boolean }> {
  try {
    const subject = await work.subject(member);
    if (subject === null) return ended(member, "blocked", "begin-refused", "The deployment is gone.");
    const release = compile(subject, asked.manifest);
    if (!release.ok) return ended(member, "blocked", "does-not-compile", release.detail);
    if (subject.activeBundleHash === release.hash) return ended(member, "skipped", "already-there", "");
    const own = memberPolicy(subject.gatePolicy, asked.policy);
    const policy = { ...own, fleetRolloutId: member.fleetRolloutId, waveId: member.waveId };
    await fault("fleet.begin.before");
    const outcome = await work.begin(member, { ...release, policy });
    await fault("fleet.begin.after");
    return { change: null, isBegun: outcome === "begun" };
  } catch (error) {
    return refused(member, error);
  }
}

const ended = (member: MemberToBegin, to: MemberChange["to"], reason: MemberReasonCode, detail: string) => ({
  change: changeOf(member, to, reason, detail),
  isBegun: false,
});

const changeOf = (
  { tenantId, deploymentId }: MemberToBegin,
  to: MemberChange["to"],
  reason: MemberReasonCode,
  detail: string,
): MemberChange => ({ tenantId, deploymentId, from: "beginning", to, reason, detail: detail.slice(0, MOST_DETAIL) });

/** What may pass is waited for; what the tenant has to mend blocks; everything else is tried again. */
function refused(member: MemberToBegin, error: unknown) {
  const passing = passingReason(error);
  if (passing === null) return ended(member, "blocked", "begin-refused", (error as Error).message);
  const change = changeOf(member, "waiting", passing, passing === "begin-failed" ? codeOf(error) : "");
  return { change: { ...change, dueInMs: RETRY_MS[passing] ?? 0 }, isBegun: false };
}

function passingReason(error: unknown): MemberReasonCode | null {
  if (!(error instanceof AppError)) return "begin-failed";
  if (error.code === "rollout_live") return "rollout-live";
  if ((error.code as string) === "frozen") return "freeze-window";
  if (error.details["reason"] === "tenant-suspended") return "tenant-suspended";
  return error.kind === "internal" || error.retryable ? "begin-failed" : null;
}

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : "internal");
