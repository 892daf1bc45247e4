import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { PageQuery, RequestTestCall, TestCall, TestCallPage } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

const Id = z.uuid();

@ApiTags("calls")
@Controller("v1")
export class TestCallsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Has a scripted caller ring a slot, as a trial call: it moves no caller, counts in no KPI, and writes nothing at a vendor. */
  @Post("deployments/:reference/test-calls")
  @HttpCode(202)
  @Allow("call")
  @ApiAcceptedResponse({ standardSchema: TestCall })
  async request(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: RequestTestCall }) { slot, script }: RequestTestCall,
  ) {
    const { id, slots } = await findDeployment(this.store, actor, reference);
    if (slots[slot].bundleHash === null) throw new AppError("conflict", `Slot ${slot} holds no release to talk to.`);
    return this.store.requestTestCall(actor, id, { slot, script: script ?? null });
  }

  /** Newest first. */
  @Get("deployments/:reference/test-calls")
  @Allow("read")
  @ApiOkResponse({ standardSchema: TestCallPage })
  async list(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return presentPage(await this.store.testCalls(actor, id, pageRequest(query)), (call) => call);
  }

  /** Poll until it is no longer `pending`. */
  @Get("test-calls/:id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: TestCall })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const call = await this.store.testCall(actor, id);
    if (call === null) throw new AppError("not_found", `There is no test call ${id}`);
    return call;
  }
}
