import { Controller, Get, Inject, Param, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { ConnectionStanding, ConnectionStandingPage, PageQuery, ShownAccount } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { ConnectionStanding as StandingNoun } from "@tandem/ports/store/connection-standings";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

/** How connections stand: newest credential, last test, deployments that use them. */
@ApiTags("connections")
@Controller("v1")
export class ConnectionStandingsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** In the order of the list of connections. */
  @Get("connection-standings")
  @Allow("read")
  @ApiOkResponse({ standardSchema: ConnectionStandingPage })
  async list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return presentPage(await this.store.connectionStandings(actor, pageRequest(query)), present);
  }

  @Get("connections/:id/standing")
  @Allow("read")
  @ApiOkResponse({ standardSchema: ConnectionStanding })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: z.uuid() }) id: string) {
    const standing = await this.store.connectionStanding(actor, id);
    if (standing === null) throw new AppError("not_found", `There is no connection ${id}`);
    return present(standing);
  }
}

function present({ lastTest, ...standing }: StandingNoun) {
  if (lastTest === null) return { ...standing, lastTest };
  const { result, ...test } = lastTest;
  return { ...standing, lastTest: { ...test, shown: ShownAccount.safeParse(result).data ?? null } };
}
