import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import { ApiKeyPage, CreateApiKey, CreatedApiKey, PageQuery } from "@tandem/contracts";
import { AppError, instant } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { hashApiKeySecret, makeApiKey } from "@tandem/secrets";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { CONFIG, STORE } from "../tokens.ts";

const DAY_MS = 86_400_000;

@ApiTags("api-keys")
@Controller("v1/api-keys")
export class ApiKeysController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  @Post()
  @Allow("keys")
  @NeedsConfirmation("always")
  @ApiCreatedResponse({ standardSchema: CreatedApiKey })
  async create(@CurrentActor() actor: Actor, @Body({ schema: CreateApiKey }) body: CreateApiKey) {
    const tenantId = tenantOfKey(actor, body);
    const made = makeApiKey("live");
    const row = await this.store.createApiKey(actor, {
      keyId: made.keyId,
      secretHash: hashApiKeySecret(this.config.keyPepper, made.secret),
      name: body.name,
      roles: body.roles,
      tenantId,
      expiresAt: instant(Date.now() + body.expiresInDays * DAY_MS),
    });
    return { key: made.key, ...row };
  }

  @Get()
  @Allow("keys")
  @ApiOkResponse({ standardSchema: ApiKeyPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.listApiKeys(actor, pageRequest(query));
  }

  @Delete(":keyId")
  @HttpCode(204)
  @Allow("keys")
  @ApiNoContentResponse()
  revoke(@CurrentActor() actor: Actor, @Param("keyId", { schema: z.string().max(32) }) keyId: string) {
    return this.store.revokeApiKey(actor, keyId);
  }
}

/** Whose key it becomes: a tenant administrator's own tenant; a platform administrator names one, or none for a platform key. */
function tenantOfKey(actor: Actor, body: CreateApiKey): string | null {
  const isPlatformKey = body.roles.includes("platform-admin");
  if (actor.tenantId !== null) {
    if (isPlatformKey || (body.tenantId !== undefined && body.tenantId !== actor.tenantId)) {
      throw new AppError("forbidden", "A tenant's key makes keys of its own tenant only");
    }
    return actor.tenantId;
  }
  if (isPlatformKey !== (body.tenantId === undefined) || (isPlatformKey && body.roles.length > 1)) {
    throw new AppError(
      "invalid_input",
      "A platform key has the one role platform-admin and no tenantId; every other key names its tenantId",
    );
  }
  return body.tenantId ?? null;
}
