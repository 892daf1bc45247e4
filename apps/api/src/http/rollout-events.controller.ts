import { Controller, Get, Headers, Inject, Param, Query, Req, Res } from "@nestjs/common";
import { ApiOkResponse, ApiProduces, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import { queryInteger, RolloutEvents } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { requireRole } from "../auth/access.guard.ts";
import { Authenticator } from "../auth/authenticator.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { streamEvents } from "../events/event-stream.ts";
import { RolloutWatch } from "../events/rollout-watch.ts";
import { CONFIG, STORE } from "../tokens.ts";

const EventsQuery = z.strictObject({
  after: queryInteger(-1).default(-1).describe("Sequence number of the last event you have."),
});
type EventsQuery = z.infer<typeof EventsQuery>;

@ApiTags("rollouts")
@Controller("v1/rollouts")
export class RolloutEventsController {
  private readonly streams = new Map<string, number>();

  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly watch: RolloutWatch,
    private readonly authenticator: Authenticator,
  ) {}

  /** What happened, in order. With `Accept: text/event-stream` a live stream that resumes after `Last-Event-ID`; else a JSON list. */
  @Get(":id/events")
  @Allow("read")
  @ApiProduces("application/json", "text/event-stream")
  @ApiOkResponse({ standardSchema: RolloutEvents })
  async events(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: z.uuid() }) rolloutId: string,
    @Query({ schema: EventsQuery }) query: EventsQuery,
    @Headers("accept") accept: string | undefined,
    @Headers("last-event-id") lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if ((await this.store.rollout(actor, rolloutId)) === null)
      throw new AppError("not_found", `There is no rollout ${rolloutId}`);
    const afterSeq = lastEventId !== undefined && /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : query.after;
    if (accept?.includes("text/event-stream") !== true) {
      void reply.send({ items: await this.store.rolloutEvents(actor, rolloutId, afterSeq, 1000) });
      return;
    }
    const authorize = async () => {
      const now = await this.authenticator.actor(request, "read");
      requireRole(now.roles, "read");
      return now;
    };
    await this.counted(actor.tenantId ?? "platform", async () => {
      reply.hijack();
      await streamEvents({ store: this.store, watch: this.watch, rolloutId, afterSeq, authorize }, reply.raw).catch(
        (error: unknown) => {
          request.log.info({ err: error }, "event stream ended");
          reply.raw.destroy();
        },
      );
    });
  }

  /** Bounds the open streams of a tenant. */
  private async counted(tenant: string, work: () => Promise<void>): Promise<void> {
    const open = this.streams.get(tenant) ?? 0;
    if (open >= this.config.eventStreamsPerTenant)
      throw new AppError("rate_limited", `This tenant has ${open} event streams open already`);
    this.streams.set(tenant, open + 1);
    try {
      await work();
    } finally {
      this.streams.set(tenant, (this.streams.get(tenant) ?? 1) - 1);
    }
  }
}
