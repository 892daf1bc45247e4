import { Controller, Get, Inject, Param } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { DeploymentStanding } from "@tandem/contracts";
import type { Slot } from "@tandem/domain/slot";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { deploymentStanding } from "../presentation/deployment-standing.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

@ApiTags("deployments")
@Controller("v1/deployments/:reference/standing")
export class DeploymentStandingController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** What its slots hold by name, which releases callers have had, and which a revert would bring back. */
  @Get()
  @Allow("read")
  @ApiOkResponse({ standardSchema: DeploymentStanding })
  async read(@CurrentActor() actor: Actor, @Param("reference", { schema: Reference }) reference: string) {
    const deployment = await findDeployment(this.store, actor, reference);
    const releaseIn = async (slot: Slot) => {
      const hash = deployment.slots[slot].bundleHash;
      return hash === null ? null : this.store.release(actor, hash);
    };
    const [lived, blue, green] = await Promise.all([
      this.store.livedReleases(actor, deployment.id),
      releaseIn("blue"),
      releaseIn("green"),
    ]);
    return deploymentStanding({ deployment, lived, releases: { blue, green } });
  }
}
