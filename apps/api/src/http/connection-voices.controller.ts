import { Controller, Get, HttpCode, Inject, Param, Post } from "@nestjs/common";
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { descriptors } from "@tandem/catalog";
import { CheckReference, ConnectionVoices, VoiceListing } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { KnownVoices } from "@tandem/ports/store/connection-voices";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { DOORBELL, STORE } from "../tokens.ts";

const Id = z.uuid();

/** The voices that an account can speak with, for forms: a worker asks the vendor, the newest answer is kept. */
@ApiTags("connections")
@Controller("v1/connections/:id/voices")
export class ConnectionVoicesController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  /** As they were read last; the vendor is not asked. */
  @Get()
  @Allow("read")
  @ApiOkResponse({ standardSchema: ConnectionVoices })
  async read(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const { known, isListed } = await this.find(actor, id);
    return { isListed, ...present(known) };
  }

  /** Has a worker ask the vendor; answers the look under way where there is one. */
  @Post()
  @HttpCode(202)
  @Allow("edit")
  @ApiAcceptedResponse({ standardSchema: CheckReference })
  async look(@CurrentActor() actor: Actor, @Param("id", { schema: Id }) id: string) {
    const { known, isListed, vendor } = await this.find(actor, id);
    if (!isListed) throw new AppError("invalid_input", `${vendor} does not tell its voices: name one by its id`);
    if (known.look?.state === "pending") return { checkId: known.look.checkId };
    const check = await this.store.requestCheck(actor, { kind: "list-voices", subjectId: id });
    await this.doorbell.ringForCommands();
    return check;
  }

  private async find(actor: Actor, id: string) {
    const connection = await this.store.connection(actor, id);
    const known = await this.store.connectionVoices(actor, id);
    if (connection === null || known === null) throw new AppError("not_found", `There is no connection ${id}`);
    const { vendor } = connection;
    const descriptor = Object.values(descriptors).find((each) => each.id === vendor);
    return { known, vendor: descriptor?.title ?? vendor, isListed: descriptor?.listsVoices ?? false };
  }
}

/** What is no listing was left by a worker of a version that knows of none. */
function present({ answer, look }: KnownVoices) {
  const listing = VoiceListing.safeParse(answer?.result).data;
  return listing === undefined || answer === null
    ? { asOf: null, voices: [], isWhole: true, look }
    : { asOf: answer.at, ...listing, look };
}
