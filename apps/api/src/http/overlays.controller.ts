import { Body, Controller, Get, Headers, Inject, Param, Put, Res } from "@nestjs/common";
import { ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from "@nestjs/swagger";
import { Overlay, PutOverlay } from "@tandem/contracts";
import { Slug } from "@tandem/domain/tenant";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply } from "fastify";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { etag, versionOf } from "../presentation/etag.ts";
import { STORE } from "../tokens.ts";
import { inWantedForm } from "../yaml/yaml-body.ts";

@ApiTags("overlays")
@Controller("v1/overlays")
export class OverlaysController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get(":playbook")
  @Allow("read")
  @ApiProduces("application/json", "text/yaml")
  @ApiOkResponse({ standardSchema: Overlay })
  async read(
    @CurrentActor() actor: Actor,
    @Param("playbook", { schema: Slug }) playbook: string,
    @Headers("accept") accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const overlay = await this.store.tenantOverlay(actor, playbook);
    void reply.header("etag", etag(overlay.version));
    return inWantedForm(reply, accept, overlay, { values: overlay.values });
  }

  @Put(":playbook")
  @Allow("edit")
  @ApiConsumes("application/json", "text/yaml")
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
