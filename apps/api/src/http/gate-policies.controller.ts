import { Body, Controller, Get, Headers, Inject, Param, Put, Res } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { GatePolicy, GatePolicyState } from "@tandem/contracts";
import { Environment } from "@tandem/domain/tenant";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply } from "fastify";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { etag, versionOf } from "../presentation/etag.ts";
import { STORE } from "../tokens.ts";

type GatePolicyBody = z.infer<typeof GatePolicy>;

/** What rollouts of an environment must pass. A platform key reads and writes what holds for tenants without a policy of their own. */
@ApiTags("gates")
@Controller("v1/gate-policies")
export class GatePoliciesController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get(":environment")
  @Allow("readGates")
  @ApiOkResponse({ standardSchema: GatePolicyState })
  async read(
    @CurrentActor() actor: Actor,
    @Param("environment", { schema: Environment }) environment: Environment,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const state = await this.store.gatePolicy(actor, environment);
    void reply.header("etag", etag(state.version));
    return state;
  }

  /** Rollouts that have begun keep the policy they began with. */
  @Put(":environment")
  @Allow("gates")
  @ApiOkResponse({ standardSchema: GatePolicyState })
  async write(
    @CurrentActor() actor: Actor,
    @Param("environment", { schema: Environment }) environment: Environment,
    @Headers("if-match") ifMatch: string | undefined,
    @Body({ schema: GatePolicy }) body: GatePolicyBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const state = await this.store.putGatePolicy(actor, environment, body, versionOf(ifMatch));
    void reply.header("etag", etag(state.version));
    return state;
  }
}
