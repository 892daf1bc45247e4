import { Controller, Get, Inject, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { AuditPage, PageQuery } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

@ApiTags("audit")
@Controller("v1/audit")
export class AuditController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get()
  @Allow("audit")
  @ApiOkResponse({ standardSchema: AuditPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.audit(actor, pageRequest(query));
  }
}
