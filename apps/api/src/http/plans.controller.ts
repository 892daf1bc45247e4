import { Body, Controller, Get, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { CreatePlan, PlanReference, type PlanStanding, PlanState } from "@tandem/contracts";
import { renderPlan } from "@tandem/domain/plan";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { ReleaseCompiler } from "../planning/release-compiler.ts";
import { presentPlan } from "../presentation/rollout.ts";
import { ReleaseComparer } from "../statistics/release-comparer.ts";
import { DOORBELL, STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

@ApiTags("plans")
@Controller("v1")
export class PlansController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
    private readonly compiler: ReleaseCompiler,
    private readonly comparer: ReleaseComparer,
  ) {}

  /** Has a worker look at the vendors and make a plan; writes nothing anywhere. Poll the plan until it is ready. */
  @Post("deployments/:reference/plans")
  @HttpCode(202)
  @Allow("edit")
  @ApiAcceptedResponse({ standardSchema: PlanReference })
  async create(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: CreatePlan }) body: CreatePlan,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    const release = await this.compiler.compile(actor, deployment, body.manifest ?? deployment.playbook);
    const plan = await this.store.requestPlan(actor, {
      deploymentId: deployment.id,
      bundle: release.bundle,
      bundleHash: release.hash,
    });
    await this.doorbell.ringForCommands();
    return plan;
  }

  @Get("plans/:id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: PlanState })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: z.uuid() }) id: string) {
    const [state, standing] = await Promise.all([this.store.plan(actor, id), this.standing(actor, id)]);
    if (state === null || standing === null) throw new AppError("not_found", `There is no plan ${id}`);
    if (state.state !== "ready") return { ...state, standing };
    const { plan } = state;
    const comparison = await this.comparer.compare(actor, plan);
    return { state: "ready", standing, plan: presentPlan(plan), comparison, prose: renderPlan(plan, { comparison }) };
  }

  private async standing(actor: Actor, id: string): Promise<PlanStanding | null> {
    const standing = await this.store.planStanding(actor, id);
    if (standing === null) return null;
    const { deploymentId, bundleHash, ...rest } = standing;
    const [deployment, bundle] = await Promise.all([
      findDeployment(this.store, actor, deploymentId),
      this.store.release(actor, bundleHash),
    ]);
    const { name, environment, playbook } = deployment;
    const { version = null, manifestHash = null } = bundle?.playbook ?? {};
    return {
      ...rest,
      moved: [...rest.moved],
      rollouts: [...rest.rollouts],
      deployment: { id: deploymentId, name, environment, playbook },
      release: { bundleHash, version, manifestHash },
    };
  }
}
