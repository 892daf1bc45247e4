import { Controller, Get, Inject, Param } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Reasons, RolloutStanding } from "@tandem/contracts";
import { reasons } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { rolloutStanding } from "../presentation/rollout-standing.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();
const items = Object.entries(reasons).map(([code, { kind, summary, nextAction }]) => ({
  code,
  kind,
  summary,
  nextAction,
}));

@ApiTags("rollouts")
@Controller("v1")
export class RolloutStandingController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Where it stands for whoever asks: what is watched, and which requests would be done now. */
  @Get("rollouts/:id/standing")
  @Allow("read")
  @ApiOkResponse({ standardSchema: RolloutStanding })
  async standing(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const rollout = await this.store.rollout(actor, id);
    if (rollout === null) throw new AppError("not_found", `There is no rollout ${id}`);
    const previous = rollout.plan?.previousBundleHash ?? null;
    const [deployment, approvals, release, before] = await Promise.all([
      this.store.deployment(actor, rollout.deploymentId),
      this.store.approvals(actor, id),
      this.store.release(actor, rollout.bundleHash),
      previous === null ? null : this.store.release(actor, previous),
    ]);
    if (deployment === null) throw new AppError("not_found", `The deployment of rollout ${id} is gone`);
    return rolloutStanding({
      actor,
      rollout,
      deployment,
      approvals,
      release,
      before: previous === null ? null : { hash: previous, release: before },
    });
  }

  /** What the reason codes of rollouts stand for. */
  @Get("reasons")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Reasons })
  reasons() {
    return { items };
  }
}
