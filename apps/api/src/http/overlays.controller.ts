import { Body, Controller, Get, Headers, Inject, Param, Put, Res } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Overlay, PutOverlay } from "@tandem/contracts";
import { Slug } from "@tandem/domain/tenant";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply } from "fastify";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { etag, versionOf } from "../presentation/etag.ts";
import { STORE } from "../tokens.ts";

@ApiTags("overlays")
@Controller("v1/overlays")
export class OverlaysController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get(":playbook")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Overlay })
  async read(
    @CurrentActor() actor: Actor,
    @Param("playbook", { schema: Slug }) playbook: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const overlay = await this.store.tenantOverlay(actor, playbook);
    void reply.header("etag", etag(overlay.version));
    return overlay;
  }

  @Put(":playbook")
  @Allow("edit")
  @ApiOkResponse({ standardSchema: Overlay })
  async write(
    @CurrentActor() actor: Actor,
    @Param("playbook", { schema: Slug }) playbook: string,
    @Headers("if-match") ifMatch: string | undefined,
    @Body({ schema: PutOverlay }) body: PutOverlay,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const overlay = await this.store.putTenantOverlay(actor, playbook, body.values, versionOf(ifMatch));
    void reply.header("etag", etag(overlay.version));
    return overlay;
  }
}
