import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from "@nestjs/common";
import { ApiAcceptedResponse, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ApiConfig } from "@tandem/config";
import {
  ChangeWebhook,
  CreateWebhook,
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  PageQuery,
  RotateWebhookSecret,
  Webhook,
  WebhookPage,
  WebhookTest,
  WebhookWithSecret,
} from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { WebhookRow } from "@tandem/ports/store/webhooks";
import { z } from "zod";
import { NeedsConfirmation } from "../auth/confirmation.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { CONFIG, STORE } from "../tokens.ts";
import { WebhookSecrets } from "../webhooks/webhook-secrets.ts";

const Id = z.uuid();
const MessageId = z.string().regex(/^[0-9a-f-]{36}(-\d{1,2})?$/);
const HOUR_MS = 3_600_000;

/** Endpoints at which a tenant, or the platform, is told; what is on its way to them, and sending it again. */
@ApiTags("webhooks")
@Controller("v1/webhooks")
export class WebhooksController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly secrets: WebhookSecrets,
  ) {}

  /** The signing secret is in this answer and in no other. */
  @Post()
  @Allow("webhooks")
  @ApiCreatedResponse({ standardSchema: WebhookWithSecret })
  async create(@CurrentActor() actor: Actor, @Body({ schema: CreateWebhook }) body: CreateWebhook) {
    const { kind, description, events, linksFor } = body;
    this.requireLinks(actor, linksFor);
    const destination = this.secrets.destination(body.url);
    const id = this.store.newWebhookId(actor);
    const made = await this.secrets.make(
      { tenantId: this.store.webhookOwner(actor), id, version: 1 },
      kind,
      destination.url,
    );
    const url = kind === "slack" ? null : destination.url;
    const endpoint = { id, kind, url, host: destination.host, description, events, linksFor };
    const { isNew, ...row } = await this.store.createWebhook(actor, endpoint, made.stored);
    return { signingSecret: isNew ? made.shown : null, ...row };
  }

  @Get()
  @Allow("webhooks")
  @ApiOkResponse({ standardSchema: WebhookPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.listWebhooks(actor, pageRequest(query));
  }

  @Get(":id")
  @Allow("webhooks")
  @ApiOkResponse({ standardSchema: Webhook })
  read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return this.find(actor, id);
  }

  @Patch(":id")
  @Allow("webhooks")
  @ApiOkResponse({ standardSchema: Webhook })
  async change(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: ChangeWebhook }) { url, description, events, linksFor, state }: ChangeWebhook,
  ) {
    const { kind } = await this.find(actor, id);
    if (url !== undefined && kind === "slack")
      throw new AppError("invalid_input", "The URL of a chat is its secret: rotate it", { details: { field: "url" } });
    this.requireLinks(actor, linksFor ?? null);
    const destination = url === undefined ? null : this.secrets.destination(url);
    return this.store.changeWebhook(actor, id, {
      ...(destination !== null && { url: destination.url, host: destination.host }),
      ...(description !== undefined && { description }),
      ...(events !== undefined && { events }),
      ...(linksFor !== undefined && { linksFor }),
      ...(state !== undefined && { state }),
    });
  }

  /** A new secret; the one before signs beside it for a while, so that a receiver can change over without losing a message. */
  @Post(":id/secret")
  @HttpCode(200)
  @Allow("webhooks")
  @NeedsConfirmation("always")
  @ApiOkResponse({ standardSchema: WebhookWithSecret })
  async rotate(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Body({ schema: RotateWebhookSecret }) body: RotateWebhookSecret,
  ) {
    const { kind } = await this.find(actor, id);
    if ((kind === "slack") !== (body.url !== undefined))
      throw new AppError("invalid_input", "`url` is given for a chat, and only there", { details: { field: "url" } });
    const destination = body.url === undefined ? null : this.secrets.destination(body.url);
    const version = await this.store.nextWebhookSecretVersion(actor, id);
    const made = await this.secrets.make(
      { tenantId: this.store.webhookOwner(actor), id, version },
      kind,
      destination?.url ?? "",
    );
    const overlapMs = kind === "slack" ? 0 : body.overlapHours * HOUR_MS;
    const secret = { ...made.stored, version, host: destination?.host ?? null, overlapMs };
    return { signingSecret: made.shown, ...(await this.store.rotateWebhookSecret(actor, id, secret)) };
  }

  /** Sends a `webhook.test` to this endpoint, whatever its filter. */
  @Post(":id/test")
  @HttpCode(202)
  @Allow("webhooks")
  @ApiAcceptedResponse({ standardSchema: WebhookTest })
  test(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return this.store.testWebhook(actor, id);
  }

  @Delete(":id")
  @HttpCode(204)
  @Allow("webhooks")
  @ApiNoContentResponse()
  remove(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    return this.store.removeWebhook(actor, id);
  }

  @Get(":id/deliveries")
  @Allow("webhooks")
  @ApiOkResponse({ standardSchema: DeliveryPage })
  async deliveries(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Query({ schema: DeliveryQuery }) query: DeliveryQuery,
  ) {
    await this.find(actor, id);
    return this.store.webhookDeliveries(actor, id, { state: query.state ?? null }, pageRequest(query));
  }

  /** Sends a message again, with the same id and body. */
  @Post(":id/deliveries/:messageId/resend")
  @HttpCode(202)
  @Allow("webhooks")
  @ApiAcceptedResponse({ standardSchema: Delivery })
  resend(
    @CurrentActor() actor: Actor,
    @Param("id", { schema: Id }) id: string,
    @Param("messageId", { schema: MessageId }) messageId: string,
  ) {
    return this.store.resendDelivery(actor, id, messageId);
  }

  /** Throws `webhook_refused` where messages can carry no links. */
  private requireLinks({ tenantId }: Actor, linksFor: string | null): void {
    if (linksFor === null) return;
    const { linkKey, apiUrl } = this.config;
    if (tenantId !== null && linkKey !== null && apiUrl !== null) return;
    const text =
      tenantId === null
        ? "The platform's messages carry no links: rollouts are decided about in their tenants."
        : "Messages of this installation carry no links: set TANDEM_LINK_KEY and TANDEM_API_URL for API and worker.";
    throw new AppError("webhook_refused", text, { details: { reason: "no-links" } });
  }

  private async find(actor: Actor, id: string): Promise<WebhookRow> {
    const row = await this.store.webhook(actor, id);
    if (row === null) throw new AppError("not_found", `There is no webhook ${id}`);
    return row;
  }
}
