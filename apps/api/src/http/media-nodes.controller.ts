import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { ForgetMediaNode, MediaNodePage, PageQuery } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

/** The nodes that answer calls. */
@ApiTags("platform")
@Controller("v1/media-nodes")
export class MediaNodesController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Each with the last look at the pointers that it serves: what calls may use is not removed under one that is behind. */
  @Get()
  @Allow("platform")
  @ApiOkResponse({ standardSchema: MediaNodePage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.mediaNodes(actor, pageRequest(query));
  }

  /** Forgets a node that runs no more, so that nothing waits for it. One that has just told of itself is refused. */
  @Post(":id/forget")
  @HttpCode(204)
  @Allow("platform")
  @ApiNoContentResponse()
  async forget(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ForgetMediaNode }) { reason }: ForgetMediaNode,
  ): Promise<void> {
    await this.store.forgetMediaNode(actor, id, reason);
  }
}
