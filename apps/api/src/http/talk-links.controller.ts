import { Body, Controller, Inject, Param, Post } from "@nestjs/common";
import { ApiCreatedResponse, ApiTags } from "@nestjs/swagger";
import { MakeTalkLink, TalkLink } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { TalkDesk } from "../talk/talk-desk.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

@ApiTags("calls")
@Controller("v1")
export class TalkLinksController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly talks: TalkDesk,
  ) {}

  /** An address at which a person can talk to a slot from a browser: once, within a minute, as a trial call. It moves no caller and counts in no KPI. */
  @Post("deployments/:reference/talk-links")
  @Allow("call")
  @ApiCreatedResponse({ standardSchema: TalkLink })
  async make(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: MakeTalkLink }) { slot }: MakeTalkLink,
  ): Promise<TalkLink> {
    const { id, tenantId, slots } = await findDeployment(this.store, actor, reference);
    if (slots[slot].bundleHash === null) throw new AppError("conflict", `Slot ${slot} holds no release to talk to`);
    const { address, expiresAt } = await this.talks.addressFor({ tenantId, deploymentId: id, slot });
    await this.store.recordTalkLink(actor, id, slot);
    return { slot, address, expiresAt };
  }
}
