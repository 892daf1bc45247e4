import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Put, Query } from "@nestjs/common";
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import {
  ChangeConnection,
  CheckReference,
  Connection,
  ConnectionDetail,
  ConnectionPage,
  CreateConnection,
  CredentialVersion,
  PageQuery,
  PutCredential,
} from "@tandem/contracts";
import type { Connection as ConnectionNoun } from "@tandem/domain/tenant";
import { AppError, Secret } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import type { Sealer } from "@tandem/secrets";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { requireConfig, requireSecrets } from "../planning/vendor-input.ts";
import { pageRequest, presentPage } from "../presentation/page.ts";
import { DOORBELL, SEALER, STORE } from "../tokens.ts";

const Id = z.uuid();

@ApiTags("connections")
@Controller("v1/connections")
export class ConnectionsController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(SEALER) private readonly sealer: Sealer,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  @Post()
  @Allow("manage")
  @ApiCreatedResponse({ standardSchema: Connection })
  async create(@CurrentActor() actor: Actor, @Body({ schema: CreateConnection }) body: CreateConnection) {
    return present(
      await this.store.createConnection(actor, { ...body, config: requireConfig(body.vendor, body.config) }),
    );
  }

  @Get()
  @Allow("read")
  @ApiOkResponse({ standardSchema: ConnectionPage })
  async list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return presentPage(await this.store.listConnections(actor, pageRequest(query)), present);
  }

  @Get(":id")
  @Allow("read")
  @ApiOkResponse({ standardSchema: ConnectionDetail })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const connection = present(await this.find(actor, id));
    return { ...connection, credentials: await this.store.storedCredentials(actor, id) };
  }

  @Patch(":id")
  @Allow("manage")
  @ApiOkResponse({ standardSchema: Connection })
  async change(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ChangeConnection }) { name }: ChangeConnection,
  ) {
    return present(
      name === undefined ? await this.find(actor, id) : await this.store.renameConnection(actor, id, name),
    );
  }

  @Put(":id/credential")
  @Allow("manage")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: CredentialVersion })
  async putCredential(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: PutCredential }) body: PutCredential,
  ) {
    return this.seal(actor, id, body, (sealed) => this.store.putCredential(actor, id, sealed, this.sealer.kid));
  }

  @Post(":id/rotate")
  @HttpCode(202)
  @Allow("manage")
  @NeedsConfirmation("always")
  @ApiAcceptedResponse({ standardSchema: CredentialVersion })
  async rotate(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: PutCredential }) body: PutCredential,
  ) {
    return this.seal(actor, id, body, (sealed) => this.store.rotateCredential(actor, id, sealed, this.sealer.kid));
  }

  @Post(":id/test")
  @HttpCode(202)
  @Allow("manage")
  @ApiAcceptedResponse({ standardSchema: CheckReference })
  async test(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    await this.find(actor, id);
    const check = await this.store.requestCheck(actor, { kind: "test-connection", subjectId: id });
    await this.doorbell.ringForCommands();
    return check;
  }

  /** Seals for the next version and has it stored. */
  private async seal(
    actor: Actor,
    id: string,
    body: PutCredential,
    store: (sealed: string) => Promise<{ version: number }>,
  ): Promise<{ version: number }> {
    const connection = await this.find(actor, id);
    requireSecrets(connection.vendor, body.secrets);
    const version = ((await this.store.storedCredentials(actor, id))[0]?.version ?? 0) + 1;
    const secrets = Object.fromEntries(Object.entries(body.secrets).map(([name, value]) => [name, new Secret(value)]));
    const stored = await store(
      await this.sealer.seal({ tenantId: connection.tenantId, connectionId: id, version }, secrets),
    );
    // The version is sealed with the value: stored under another number it could not be opened.
    if (stored.version !== version)
      throw new AppError(
        "precondition_failed",
        "Another credential was stored at the same moment: send this one again",
      );
    return stored;
  }

  private async find(actor: Actor, id: string): Promise<ConnectionNoun> {
    const connection = await this.store.connection(actor, id);
    if (connection === null) throw new AppError("not_found", `There is no connection ${id}`);
    return connection;
  }
}

const present = ({ tenantId: _tenant, ...connection }: ConnectionNoun) => connection;
