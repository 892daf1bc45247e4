import { Body, Controller, Get, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Replay, ReplayReference, RequestReplay } from "@tandem/contracts";
import { defaultReplay } from "@tandem/domain/replay";
import { AppError } from "@tandem/kernel";
import type { Actor, ActorRole, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow, permissions } from "../auth/permission.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

const Id = z.uuid();

@ApiTags("replays")
@Controller("v1")
export class ReplaysController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Has past sessions of the live release again, as text, on both slots. Nothing is written at a vendor; the release's models are asked. */
  @Post("deployments/:reference/replays")
  @HttpCode(202)
  @Allow("apply")
  @ApiAcceptedResponse({ standardSchema: ReplayReference })
  async request(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: RequestReplay }) body: RequestReplay,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return this.store.requestReplay(actor, id, {
      sessions: body.sessions ?? defaultReplay.sessions,
      maxAgeDays: body.maxAgeDays ?? defaultReplay.maxAgeDays,
      maxDifferingShare: body.maxDifferingShare ?? defaultReplay.maxDifferingShare,
      gate: "show",
    });
  }

  /** A replay that somebody asked for, session by session; words only for roles that may read transcripts. */
  @Get("replays/:id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Replay })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const replay = await this.store.replay(actor, id, { withWords: mayReadWords(actor) });
    if (replay === null) throw new AppError("not_found", `There is no replay ${id}`);
    return replay;
  }

  /** What past sessions came to on the release of a rollout, beside what they came to on the live one. */
  @Get("rollouts/:id/replay")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Replay })
  async ofRollout(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const replay = await this.store.replayOfRollout(actor, id, { withWords: mayReadWords(actor) });
    if (replay === null) throw new AppError("not_found", `There is no rollout ${id} that replays past sessions`);
    return replay;
  }
}

const mayReadWords = ({ roles }: Actor): boolean =>
  roles.some((role) => (permissions.transcripts as readonly ActorRole[]).includes(role));
