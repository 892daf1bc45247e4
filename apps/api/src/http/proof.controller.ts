import { Controller, Get, Inject, Param, Query, Res } from "@nestjs/common";
import { ApiOkResponse, ApiProduces, ApiTags } from "@nestjs/swagger";
import { ProofPack, ProofQuery } from "@tandem/contracts";
import type { Actor } from "@tandem/ports/store/control";
import { type FastifyReply } from "fastify";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { ProofMaker } from "../proof/proof-maker.ts";
import { proofPage } from "../proof/proof-page.ts";

const Id = z.uuid();

@ApiTags("rollouts")
@Controller("v1/rollouts")
export class ProofController {
  constructor(@Inject(ProofMaker) private readonly maker: ProofMaker) {}

  /** Everything that is known of a rollout, hashed and signed: as JSON, or with `format=html` as one page that needs nothing else. */
  @Get(":id/proof")
  @Allow("read")
  @ApiProduces("application/json", "text/html")
  @ApiOkResponse({ standardSchema: ProofPack })
  async proof(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Query({ schema: ProofQuery }) { format }: ProofQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const pack = await this.maker.make(actor, id);
    if (format === "json") return pack;
    void reply
      .header("content-type", "text/html; charset=utf-8")
      .header("content-disposition", `attachment; filename="proof-${id}.html"`);
    return proofPage(pack);
  }
}
