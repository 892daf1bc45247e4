import { Body, Controller, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Pointer, Reason, RollbackResult, Rollout } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { presentPointer } from "../presentation/deployment.ts";
import { presentRollout } from "../presentation/rollout.ts";
import { DOORBELL, STORE } from "../tokens.ts";
import { deploymentIdOf, findDeployment, Reference } from "./deployment-reference.ts";

/** What moves a deployment's calls at once: one transaction each, with no worker, queue or vendor on the way. */
@ApiTags("traffic")
@Controller("v1/deployments/:reference")
export class TrafficController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  /** After the switch: new calls go back to the previous slot. Before it: the rollout is aborted. */
  @Post("rollback")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: RollbackResult })
  async rollback(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    const id = await deploymentIdOf(this.store, actor, reference);
    const result = await this.store.rollback(actor, id, body.reason);
    if (actor.tenantId !== null) void this.doorbell.ring(actor.tenantId, id);
    return {
      pointer: presentPointer(result.pointer),
      rollout: result.rollout === null ? null : presentRollout(result.rollout),
      wasAbort: result.wasAbort,
    };
  }

  /** Every new call goes to the human path. */
  @Post("divert")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: Pointer })
  divert(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    return this.setMode(actor, reference, "diverted", body.reason);
  }

  /** Ends a divert: new calls follow the active slot again. */
  @Post("undivert")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: Pointer })
  undivert(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    return this.setMode(actor, reference, "live", body.reason);
  }

  /** Gives the number its stored routing back; the pointer goes to `none`. */
  @Post("detach")
  @HttpCode(202)
  @Allow("manage")
  @ApiAcceptedResponse({ standardSchema: Rollout })
  async detach(@CurrentActor() actor: Actor, @Param("reference", { schema: Reference }) reference: string) {
    const { id, tenantId } = await findDeployment(this.store, actor, reference);
    const rollout = await this.store.requestDetach(actor, id);
    await this.doorbell.ring(tenantId, id);
    return presentRollout(rollout);
  }

  private async setMode(actor: Actor, reference: string, mode: "live" | "diverted", reason: string | null) {
    const id = await deploymentIdOf(this.store, actor, reference);
    return presentPointer(await this.store.setMode(actor, id, mode, reason));
  }
}
