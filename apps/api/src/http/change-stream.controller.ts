import { Controller, Get, Headers, Inject, Req, Res } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { Authenticator } from "../auth/authenticator.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { overviewScopeOf } from "../auth/overview-scope.ts";
import { Allow } from "../auth/permission.ts";
import { ChangeHub } from "../events/change-hub.ts";
import { tellChanges } from "../events/change-stream.ts";
import { StreamBudget } from "../events/stream-budget.ts";
import { VisibleTenants } from "../events/visible-tenants.ts";
import { STORE } from "../tokens.ts";

@ApiTags("overview")
@Controller("v1/stream")
export class ChangeStreamController {
  private readonly visible: VisibleTenants;

  constructor(
    @Inject(STORE) store: ControlStore,
    private readonly hub: ChangeHub,
    private readonly authenticator: Authenticator,
    private readonly budget: StreamBudget,
  ) {
    this.visible = new VisibleTenants(store);
  }

  /**
   * Hints of what changed in the tenants of whoever asks, as Server-Sent Events: `hint` with a ChangeHint, `reset` when everything may have
   * changed. Goes on after `Last-Event-ID`.
   */
  @Get()
  @Allow("across")
  @ApiOkResponse({ content: { "text/event-stream": { schema: { $ref: "#/components/schemas/ChangeHint" } } } })
  async stream(
    @CurrentActor() actor: Actor,
    @Headers("last-event-id") lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const scope = overviewScopeOf(actor);
    const authorize = async () => {
      const now = await this.authenticator.actor(request, "across");
      return this.visible.of(overviewScopeOf(now));
    };
    await this.budget.within(scope.kind === "tenant" ? scope.tenantId : scope.personId, async () => {
      reply.hijack();
      await tellChanges({ hub: this.hub, lastEventId, authorize }, reply.raw).catch((error: unknown) => {
        request.log.info({ err: error }, "stream of changes ended");
      });
      reply.raw.end();
    });
  }
}
