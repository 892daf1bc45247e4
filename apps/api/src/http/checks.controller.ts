import { Controller, Get, Inject, Param } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Check } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { STORE } from "../tokens.ts";

@ApiTags("checks")
@Controller("v1/checks")
export class ChecksController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get(":id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Check })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: z.uuid() }) id: string) {
    const check = await this.store.check(actor, id);
    if (check === null) throw new AppError("not_found", `There is no check ${id}`);
    return check;
  }
}
