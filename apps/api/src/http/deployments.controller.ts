import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Res } from "@nestjs/common";
import {
  ApiAcceptedResponse,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import {
  CheckReference,
  Configuration,
  CreateDeployment,
  Deployment,
  DeploymentDetail,
  DeploymentPage,
  PageQuery,
  PointerMovePage,
  PutConfiguration,
  RolloutPage,
} from "@tandem/contracts";
import type { ByRole } from "@tandem/domain/tenant";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { type FastifyReply } from "fastify";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import {
  presentConfiguration,
  presentDeployment,
  presentDetail,
  presentPointer,
  presentSummary,
} from "../presentation/deployment.ts";
import { etag, versionOf } from "../presentation/etag.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { presentRollout } from "../presentation/rollout.ts";
import { CONFIG, DOORBELL, STORE } from "../tokens.ts";
import { inWantedForm } from "../yaml/yaml-body.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

@ApiTags("deployments")
@Controller("v1/deployments")
export class DeploymentsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  @Post()
  @Allow("manage")
  @ApiCreatedResponse({ standardSchema: Deployment })
  async create(@CurrentActor() actor: Actor, @Body({ schema: CreateDeployment }) body: CreateDeployment) {
    const created = await this.store.createDeployment(actor, { ...body, connections: named(body.connections) });
    return presentDeployment(this.config, created);
  }

  @Get()
  @Allow("read")
  @ApiOkResponse({ standardSchema: DeploymentPage })
  async list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return presentPage(await this.store.listDeployments(actor, pageRequest(query)), (item) =>
      presentSummary(this.config, item),
    );
  }

  /** By id or by name. */
  @Get(":reference")
  @Allow("read")
  @ApiOkResponse({ standardSchema: DeploymentDetail })
  async read(@CurrentActor() actor: Actor, @Param("reference", { schema: Reference }) reference: string) {
    return presentDetail(this.config, await findDeployment(this.store, actor, reference));
  }

  @Get(":reference/configuration")
  @Allow("read")
  @ApiProduces("application/json", "text/yaml")
  @ApiOkResponse({ standardSchema: Configuration })
  async configuration(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Headers("accept") accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    void reply.header("etag", etag(deployment.configVersion));
    const { number, connections, overlay } = deployment;
    return inWantedForm(reply, accept, presentConfiguration(deployment), { number, connections, overlay });
  }

  @Put(":reference/configuration")
  @Allow("edit")
  @ApiConsumes("application/json", "text/yaml")
  @ApiOkResponse({ standardSchema: Configuration })
  async configure(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Headers("if-match") ifMatch: string | undefined,
    @Body({ schema: PutConfiguration }) body: PutConfiguration,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const version = versionOf(ifMatch);
    const { id } = await findDeployment(this.store, actor, reference);
    const configuration = { ...body, connections: named(body.connections) };
    const deployment = await this.store.putConfiguration(actor, id, configuration, version);
    void reply.header("etag", etag(deployment.configVersion));
    return presentConfiguration(deployment);
  }

  /** Reads every bound vendor object and compares it with what was applied. */
  @Post(":reference/drift")
  @HttpCode(202)
  @Allow("read")
  @ApiAcceptedResponse({ standardSchema: CheckReference })
  async drift(@CurrentActor() actor: Actor, @Param("reference", { schema: Reference }) reference: string) {
    const { id } = await findDeployment(this.store, actor, reference);
    const check = await this.store.requestCheck(actor, { kind: "drift", subjectId: id });
    await this.doorbell.ringForCommands();
    return check;
  }

  @Get(":reference/rollouts")
  @Allow("read")
  @ApiOkResponse({ standardSchema: RolloutPage })
  async rollouts(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return presentPage(await this.store.listRollouts(actor, id, pageRequest(query)), presentRollout);
  }

  @Get(":reference/pointer-history")
  @Allow("read")
  @ApiOkResponse({ standardSchema: PointerMovePage })
  async pointerHistory(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ) {
    const { id } = await findDeployment(this.store, actor, reference);
    return presentPage(await this.store.pointerHistory(actor, id, pageRequest(query)), (move) => ({
      ...move,
      pointer: presentPointer(move.pointer),
    }));
  }
}

/** The roles that are given a connection. */
const named = (connections: CreateDeployment["connections"]): ByRole<string> =>
  Object.fromEntries(Object.entries(connections).flatMap(([role, id]) => (id === undefined ? [] : [[role, id]])));
