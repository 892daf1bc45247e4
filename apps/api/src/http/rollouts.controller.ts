import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from "@nestjs/common";
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import {
  Reason,
  Rollout,
  RolloutDetail,
  RolloutSmoke,
  StartRollout,
  StatedReason,
  WaitingRollout,
} from "@tandem/contracts";
import { type Rollout as RolloutNoun, SmokeReport } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore, RolloutRequest } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { type FastifyReply } from "fastify";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { RolloutStarter } from "../planning/rollout-starter.ts";
import { presentRollout, presentRolloutDetail } from "../presentation/rollout.ts";
import { DOORBELL, STORE } from "../tokens.ts";

const Id = z.uuid();
const DAY_MS = 86_400_000;
/** Phases in which callers come to the release. */
const SWITCHED: ReadonlySet<RolloutNoun["phase"]> = new Set([
  "shifting",
  "baking",
  "retiring",
  "succeeded",
  "rolling-back",
]);
const MOST_EVENTS = 1000;

@ApiTags("rollouts")
@Controller("v1/rollouts")
export class RolloutsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
    private readonly starter: RolloutStarter,
  ) {}

  /**
   * From a saved plan (revalidated, never made anew) or from a manifest version (planned first). While another is live it is refused, or
   * waits where the request or the gate policy says so: then 202 with its place.
   */
  @Post()
  @Allow("apply")
  @NeedsConfirmation("production")
  @ApiCreatedResponse({ standardSchema: Rollout })
  @ApiAcceptedResponse({ standardSchema: WaitingRollout })
  async start(
    @CurrentActor() actor: Actor,
    @Body({ schema: StartRollout }) body: StartRollout,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const started = await this.starter.start(actor, body);
    if (started.kind === "waiting") {
      void reply.code(202);
      return started.waiting;
    }
    await this.ring(started.rollout);
    return presentRollout(started.rollout);
  }

  @Get(":id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: RolloutDetail })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const rollout = await this.store.rollout(actor, id);
    if (rollout === null) throw new AppError("not_found", `There is no rollout ${id}`);
    return presentRolloutDetail(rollout, await this.latencyOf(actor, rollout));
  }

  /** What callers have had since the switch, of the last day; nothing was heard before it. */
  private async latencyOf(actor: Actor, { deploymentId, phase }: RolloutNoun) {
    if (!SWITCHED.has(phase)) return [];
    const toMs = Date.now();
    const span = { fromMs: toMs - DAY_MS, toMs };
    return (await this.store.latency(actor, { deploymentId, kind: "live", span })).measured;
  }

  /** What the rollout's last smoke test showed: words heard by both sides, times, and where each answer's time went. */
  @Get(":id/smoke")
  @Allow("read")
  @ApiOkResponse({ standardSchema: RolloutSmoke })
  async smoke(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const events = await this.store.rolloutEvents(actor, id, -1, MOST_EVENTS);
    const reported = events.findLast(({ type }) => type === "smoke-reported");
    const report = SmokeReport.safeParse(reported?.payload);
    if (reported === undefined || !report.success)
      throw new AppError("not_found", `The rollout ${id} has no smoke test yet`);
    return { rolloutId: id, at: reported.at, ...report.data };
  }

  /** Opens the last gate before the switch. */
  @Post(":id/promote")
  @HttpCode(200)
  @Allow("promote")
  @NeedsConfirmation("production")
  @ApiOkResponse({ standardSchema: Rollout })
  promote(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    return this.request(actor, id, "promote", body.reason);
  }

  /** Stops before the switch and cleans the inactive slot. */
  @Post(":id/abort")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: Rollout })
  abort(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string, @Body({ schema: Reason }) body: Reason) {
    return this.request(actor, id, "abort", body.reason);
  }

  /** Stops it where it is: nothing more is written before callers are on the release, and afterwards it stays watched and goes no further. */
  @Post(":id/pause")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: Rollout })
  pause(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string, @Body({ schema: Reason }) body: Reason) {
    return this.request(actor, id, "pause", body.reason);
  }

  /** Takes the next canary step now, without waiting for what the calls of the present one tell. */
  @Post(":id/skip")
  @HttpCode(200)
  @Allow("apply")
  @NeedsConfirmation("production")
  @ApiOkResponse({ standardSchema: Rollout })
  skip(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: StatedReason }) body: StatedReason,
  ) {
    return this.request(actor, id, "skip", body.reason);
  }

  /** Lets a held rollout try its phase again, or a paused one go on. */
  @Post(":id/resume")
  @HttpCode(200)
  @Allow("apply")
  @NeedsConfirmation("production")
  @ApiOkResponse({ standardSchema: Rollout })
  resume(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: Reason }) body: Reason,
  ) {
    return this.request(actor, id, "resume", body.reason);
  }

  private async request(actor: Actor, id: string, request: RolloutRequest, reason: string | null) {
    const rollout = await this.store.requestOfRollout(actor, id, request, reason);
    await this.ring(rollout);
    return presentRollout(rollout);
  }

  private ring(rollout: RolloutNoun): Promise<void> {
    return this.doorbell.ring(rollout.tenantId, rollout.deploymentId);
  }
}
