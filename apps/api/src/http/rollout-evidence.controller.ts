import { Controller, Get, Inject, Param, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { EvidenceLookPage, PageQuery } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const Id = z.uuid();

@ApiTags("rollouts")
@Controller("v1/rollouts")
export class RolloutEvidenceController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** What its calls told from look to look, oldest first; as it was seen then, also when the calls are long erased. */
  @Get(":id/evidence")
  @Allow("read")
  @ApiOkResponse({ standardSchema: EvidenceLookPage })
  async looks(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ) {
    if ((await this.store.rollout(actor, id)) === null) throw new AppError("not_found", `There is no rollout ${id}`);
    return this.store.evidenceLooks(actor, id, pageRequest(query));
  }
}
