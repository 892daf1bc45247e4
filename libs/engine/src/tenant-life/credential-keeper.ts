import { judgeRotation, type RotationVerdict } from "@tandem/domain/tenant";
import { AppError, VendorError } from "@tandem/kernel";
import type { CredentialProbe } from "@tandem/ports/probe";
import type { CredentialsView, CredentialWork, DueCredentials } from "@tandem/ports/store/tenant-life";
import type { Vendors } from "@tandem/ports/vendors";
import type { EngineLog } from "../context.ts";
import { describeVendorError } from "../executor/failure.ts";
import { probeOf } from "../preflight/credential.ts";

/** What a keeper of credentials works with. */
export interface CredentialKeeperDependencies {
  readonly work: CredentialWork;
  /** Opens connections with the credential in force. */
  readonly vendors: Vendors;
  /** Opens connections with the credential that waits to be verified. */
  readonly pending: Vendors;
  readonly log: EngineLog;
  /** Total deadline of one vendor call; a claim covers four of them. */
  readonly callDeadlineMs: number;
  readonly concurrency: number;
}

const RETRY_MS = 10_000;

/**
 * Brings stored credentials into force once their vendor has shown that they fit, and ends those that were replaced when nothing needs
 * them any more. What fails its look changes nothing: the one in force stays.
 */
export class CredentialKeeper {
  readonly #parts: CredentialKeeperDependencies;

  constructor(parts: CredentialKeeperDependencies) {
    this.#parts = parts;
  }

  /** Takes up what is due; answers how many. Never throws for a single connection: it is tried again. */
  async keepDue(): Promise<number> {
    const { work, concurrency, callDeadlineMs } = this.#parts;
    const due = await work.claimCredentials(concurrency, callDeadlineMs * 4);
    await Promise.all(due.map((one) => this.#keep(one)));
    return due.length;
  }

  async #keep(due: DueCredentials): Promise<void> {
    const { work, log } = this.#parts;
    const view = await work.credentials(due);
    if (view === null) return;
    for (const version of view.drained)
      await work.revokeCredential(due, version, "replaced; erased here: revoke it at the vendor as well");
    if (view.pending === null) return work.lookAgain(due, view.nextLookMs);
    try {
      await this.#verify(due, view, view.pending.version);
      await work.lookAgain(due, null);
    } catch (error) {
      if (!(error instanceof VendorError) && !(error instanceof AppError)) throw error;
      log.warn({ connectionId: due.connectionId, err: error }, "a credential could not be verified; it is tried again");
      await work.lookAgain(due, RETRY_MS);
    }
  }

  async #verify(due: DueCredentials, view: CredentialsView, version: number): Promise<void> {
    const verdict = await this.#judge(due, view);
    const { work } = this.#parts;
    if (verdict.kind === "refused") await work.refuseCredential(due, version, verdict.detail);
    else await work.putInForce(due, version, view.inForce, verdict.detail);
  }

  /** Throws what says nothing about the credential: a vendor that is away, or that asks us to slow down. */
  async #judge(due: DueCredentials, view: CredentialsView): Promise<RotationVerdict> {
    const { vendors, pending } = this.#parts;
    const shown = await lookWith(pending, due);
    if (shown.kind === "refused")
      return {
        kind: "refused",
        detail: `The vendor refuses it (${shown.detail}). Check it at the vendor and rotate again.`,
      };
    if (shown.probe === null) return { kind: "accepted", detail: "the vendor tells nothing about its account" };
    const before = view.inForce === null ? null : await lookWith(vendors, due);
    if (before?.kind === "refused")
      return {
        kind: "refused",
        detail:
          "The vendor refuses the credential in force, so that the accounts cannot be compared. " +
          "If this one is right, store it at once with `tandem connections credential`.",
      };
    const needed = Object.keys(vendors.descriptor(view.vendor).requiredScopes);
    return judgeRotation(shown.probe, before?.probe ?? null, { needed, nowMs: view.nowMs });
  }
}

type Look =
  | { readonly kind: "shown"; readonly probe: CredentialProbe | null }
  | { readonly kind: "refused"; readonly detail: string };

const REFUSALS: ReadonlySet<string> = new Set(["unauthorized", "forbidden"]);

async function lookWith(vendors: Vendors, { tenantId, connectionId }: DueCredentials): Promise<Look> {
  try {
    const connection = await vendors.open(tenantId, connectionId);
    try {
      return { kind: "shown", probe: (await probeOf(connection)?.probe()) ?? null };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof VendorError) || !REFUSALS.has(error.facts.fault)) throw error;
    return { kind: "refused", detail: describeVendorError(error) };
  }
}
