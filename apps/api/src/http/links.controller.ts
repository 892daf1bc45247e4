import { Body, Controller, Get, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import { CreatedLink, CreateLink, Link, Links } from "@tandem/contracts";
import { linkBinding } from "@tandem/domain/gate";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { signLinkToken } from "@tandem/secrets";
import { z } from "zod";
import { requireRole } from "../auth/access.guard.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { CONFIG, STORE } from "../tokens.ts";

const Id = z.uuid();

/** Links of one use for chat and mail: made here, followed under `/links`. */
@ApiTags("gates")
@Controller("v1")
export class LinksController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** A link by which one person approves or rejects the present plan, or rolls back from the present state, once. */
  @Post("rollouts/:id/links")
  @Allow("rollback")
  @ApiCreatedResponse({ standardSchema: CreatedLink })
  async create(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) rolloutId: string,
    @Body({ schema: CreateLink }) body: CreateLink,
  ) {
    if (body.action !== "rollback") requireRole(actor.roles, "manage");
    const { action, ttlMs } = body;
    const link = await this.store.createLink(actor, rolloutId, { action, addressee: body.for, ttlMs });
    const tenantId = actor.tenantId ?? "";
    const token = signLinkToken(this.config.linkKey ?? this.config.keyPepper, {
      tenantId,
      linkId: link.id,
      binding: linkBinding(tenantId, link),
    });
    const base = this.config.apiUrl ?? `http://127.0.0.1:${this.config.port}`;
    return { ...link, url: `${base}/links/${token}` };
  }

  @Get("rollouts/:id/links")
  @Allow("read")
  @ApiOkResponse({ standardSchema: Links })
  async list(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) rolloutId: string) {
    return { items: await this.store.links(actor, rolloutId) };
  }

  /** Takes a link back that was not used. */
  @Post("links/:id/revoke")
  @HttpCode(200)
  @Allow("rollback")
  @ApiOkResponse({ standardSchema: Link })
  revoke(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return this.store.revokeLink(actor, id);
  }
}
