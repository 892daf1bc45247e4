import { AuditCheckpoint, type ChainHead, checkpointText } from "@tandem/domain/audit";
import { type Clock, counted, instant } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { AuditWork, DueChain } from "./audit-work.ts";

/** Signs and checks, with keys that the store does not hold. */
export interface CheckpointKeys {
  readonly keyId: string;
  sign(text: string): string;
  isGenuine(keyId: string, text: string, signature: string): boolean;
}

export interface CheckpointMakerOptions {
  readonly work: AuditWork;
  /** Outside of the database: where nobody who can only write there reaches. */
  readonly objects: ObjectStore;
  readonly keys: CheckpointKeys;
  readonly clock: Clock;
  readonly intervalMs: number;
}

/** What became of a chain. */
export type CheckpointOutcome =
  | { readonly kind: "made"; readonly tenantId: string; readonly seq: number }
  | { readonly kind: "broken"; readonly tenantId: string; readonly seq: number; readonly problem: string };

const MOST_AT_ONCE = 200;
/** So many intervals without a checkpoint, while the log grew, are told of. */
const MISSED_INTERVALS = 3;

/** Where a tenant's last checkpoint is kept outside; `seq` names one that stays. */
export const checkpointKey = (tenantId: string, seq: number | "latest"): string => `audit/${tenantId}/${seq}.json`;

/**
 * Makes checkpoints: checks the chain against the last one that is kept outside the database, signs its end, keeps that outside and then
 * inside. A chain that does not go on from the one outside was shortened or written anew: it gets no checkpoint, and is told of.
 */
export class CheckpointMaker {
  readonly #options: CheckpointMakerOptions;

  constructor(options: CheckpointMakerOptions) {
    this.#options = options;
  }

  /** One pass over what is due. A failure of one chain does not stop the others: the first is thrown at the end. */
  async run(): Promise<readonly CheckpointOutcome[]> {
    const { work, intervalMs } = this.#options;
    const outcomes: CheckpointOutcome[] = [];
    const failures: unknown[] = [];
    for (const due of await work.dueChains(intervalMs, MOST_AT_ONCE)) {
      try {
        const outcome = await this.#attend(due);
        if (outcome !== null) outcomes.push(outcome);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return outcomes;
  }

  async #attend({ tenantId }: DueChain): Promise<CheckpointOutcome | null> {
    const { work } = this.#options;
    const [outside, inside] = await Promise.all([this.#outside(tenantId), work.lastCheckpoint(tenantId)]);
    if (outside === "forged")
      return this.#broken(tenantId, {
        seq: 0,
        problem: "the checkpoint that is kept outside is not signed by a key of ours",
      });
    const known = outside ?? (inside !== null && this.#isGenuine(inside) ? inside : null);
    const walked = await work.walkFrom(tenantId, known);
    if ("problem" in walked) return this.#broken(tenantId, walked);
    const { head, unsignedMs } = walked;
    if (head === null) return null;
    if (known !== null && head.seq === known.seq) {
      await work.keep(known); // kept outside, and lost inside
      return null;
    }
    if (known !== null && unsignedMs !== null && unsignedMs > MISSED_INTERVALS * this.#options.intervalMs)
      await this.#missed(known, unsignedMs);
    return this.#make(tenantId, head);
  }

  async #make(tenantId: string, { seq, hash }: ChainHead): Promise<CheckpointOutcome> {
    const { work, objects, keys, clock } = this.#options;
    const content = { tenantId, seq, hash, at: instant(clock.now()), keyId: keys.keyId };
    const checkpoint = { ...content, signature: keys.sign(checkpointText(content)) };
    const body = Buffer.from(`${JSON.stringify(checkpoint)}\n`);
    await objects.put(checkpointKey(tenantId, seq), body, "application/json");
    await objects.put(checkpointKey(tenantId, "latest"), body, "application/json");
    await work.keep(checkpoint);
    return { kind: "made", tenantId, seq };
  }

  /** The last one kept outside: null when there is none, `forged` for what is not signed by a key of ours, or is of another tenant. */
  async #outside(tenantId: string): Promise<AuditCheckpoint | "forged" | null> {
    const body = await this.#options.objects.get(checkpointKey(tenantId, "latest"));
    if (body === null) return null;
    const checkpoint = AuditCheckpoint.safeParse(parse(Buffer.from(body).toString())).data;
    const isOurs = checkpoint !== undefined && checkpoint.tenantId === tenantId && this.#isGenuine(checkpoint);
    return isOurs ? checkpoint : "forged";
  }

  #isGenuine(checkpoint: AuditCheckpoint): boolean {
    return this.#options.keys.isGenuine(checkpoint.keyId, checkpointText(checkpoint), checkpoint.signature);
  }

  async #broken(
    tenantId: string,
    { seq, problem }: { readonly seq: number; readonly problem: string },
  ): Promise<CheckpointOutcome> {
    await this.#options.work.report(tenantId, "audit.chain-broken", { seq, detail: problem });
    return { kind: "broken", tenantId, seq, problem };
  }

  async #missed({ tenantId, seq, at }: AuditCheckpoint, unsignedMs: number): Promise<void> {
    const detail = `Rows stood unsigned for ${counted(Math.round(unsignedMs / 60_000), "minute")}: workers, the key or the store of checkpoints were away.`;
    await this.#options.work.report(tenantId, "audit.checkpoint-missing", { lastSeq: seq, lastAt: at, detail });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
