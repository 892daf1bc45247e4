import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { proofText } from "@tandem/domain/audit";
import type { Pointer } from "@tandem/domain/slot";
import { AppError, contentHash, instant, type Json, systemClock } from "@tandem/kernel";
import type { Actor, ControlStore, RolloutDetail } from "@tandem/ports/store/control";
import type { RolloutEvent } from "@tandem/domain/rollout";
import { makeSigner, type Signer } from "@tandem/secrets";
import { permissions } from "../auth/permission.ts";
import { CONFIG, STORE } from "../tokens.ts";
import { proofContent } from "./proof-content.ts";
import type { ProofContent, ProofPack } from "./proof-pack.ts";

const EVENTS_AT_A_TIME = 500;
const MOST_EVENTS = 5_000;
const MOST_AUDIT_ROWS = 2_000;
const DAY_MS = 86_400_000;

/** Gathers what is known of a rollout and vouches for it. */
@Injectable()
export class ProofMaker {
  private readonly signer: Signer | null;

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) { proofKey }: ApiConfig,
  ) {
    this.signer = proofKey === null ? null : makeSigner(proofKey, "TANDEM_PROOF_KEY");
  }

  /** Public JWK that proof packs are signed with; null where no key is set. */
  get publicJwk(): string | null {
    return this.signer?.publicJwk ?? null;
  }

  /** Throws `not_found`. What was said in the smoke test is left out for roles that may not read the words of calls. */
  async make(actor: Actor, rolloutId: string): Promise<ProofPack> {
    const rollout = await this.store.rollout(actor, rolloutId);
    if (rollout === null) throw new AppError("not_found", `There is no rollout ${rolloutId}`);
    return this.sealed(await this.gather(actor, rollout));
  }

  private async gather(actor: Actor, rollout: RolloutDetail): Promise<ProofContent> {
    const { store } = this;
    const nowMs = systemClock.now();
    const { id, deploymentId, bundleHash } = rollout;
    const [deployment, bundle, events, approvals, latency, audit, pointerMoves] = await Promise.all([
      store.deployment(actor, deploymentId),
      store.release(actor, bundleHash),
      this.events(actor, id),
      store.approvals(actor, id),
      store.latency(actor, { deploymentId, kind: "live", span: { fromMs: nowMs - DAY_MS, toMs: nowMs } }),
      this.audit(actor, rollout),
      this.pointerMoves(actor, rollout),
    ]);
    const mayReadWords = actor.roles.some((role) => (permissions.transcripts as readonly string[]).includes(role));
    const asked = { generatedAt: instant(nowMs), generatedFor: actor.subject, mayReadWords };
    return proofContent({
      ...asked,
      rollout,
      deployment,
      bundle,
      events,
      approvals,
      measured: latency.measured,
      audit,
      pointerMoves,
    });
  }

  private async events(actor: Actor, rolloutId: string): Promise<readonly RolloutEvent[]> {
    const events: RolloutEvent[] = [];
    for (;;) {
      const page = await this.store.rolloutEvents(actor, rolloutId, events.at(-1)?.seq ?? -1, EVENTS_AT_A_TIME);
      events.push(...page);
      if (page.length < EVENTS_AT_A_TIME || events.length >= MOST_EVENTS) return events;
    }
  }

  /** Rows of the rollout, and of its deployment while it ran; with the first checkpoint that covers them. */
  private async audit(actor: Actor, { id, deploymentId, createdAt, updatedAt }: RolloutDetail) {
    const objects = [`rollout/${id}`, `deployment/${deploymentId}`];
    const read = await this.store.auditOf(actor, { objects, fromSeq: 0, limit: MOST_AUDIT_ROWS });
    const rows = read.filter(({ object, at }) => object === objects[0] || (at >= createdAt && at <= updatedAt));
    const last = rows.at(-1)?.seq ?? 0;
    let checkpoint: ProofContent["audit"]["checkpoint"] = null;
    for (let cursor: string | null = null; ;) {
      const page: Awaited<ReturnType<ControlStore["auditCheckpoints"]>> = await this.store.auditCheckpoints(actor, {
        limit: 200,
        cursor,
      });
      checkpoint = page.items.findLast(({ seq }) => seq >= last) ?? checkpoint;
      cursor = page.next;
      if (cursor === null || page.items.some(({ seq }) => seq < last)) break;
    }
    return { rows, checkpoint, isWhole: read.length < MOST_AUDIT_ROWS };
  }

  private async pointerMoves(actor: Actor, { id, deploymentId }: RolloutDetail) {
    const { items } = await this.store.pointerHistory(actor, deploymentId, { limit: 200, cursor: null });
    const activeOf = ({ active, candidate, weightBp }: Pointer): string =>
      candidate == null || weightBp === 0 ? active : `${active}, ${weightBp / 100} % to ${candidate}`;
    return items
      .filter((move) => move.rolloutId === id)
      .map(({ at, cause, pointer, actor: mover }) => ({
        at,
        cause,
        active: activeOf(pointer),
        generation: pointer.generation,
        actor: mover,
      }))
      .toReversed();
  }

  private sealed(content: ProofContent): ProofPack {
    const plain = JSON.parse(JSON.stringify(content)) as ProofContent;
    const hash = contentHash(plain as unknown as Json);
    const { signer } = this;
    const signature =
      signer === null
        ? null
        : { keyId: signer.keyId, signature: signer.sign(proofText(hash)), publicKey: signer.publicJwk };
    return { content: plain, contentHash: hash, signature };
  }
}
