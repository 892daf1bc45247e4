import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from "@nestjs/common";
import { ApiConsumes, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import {
  ConfigurationForm,
  ConfigurationValidation,
  FormQuery,
  TimeZones,
  ValidateConfiguration,
} from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyRequest } from "fastify";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { ConfigurationChecker } from "../planning/configuration-checker.ts";
import { ConfigurationDesk } from "../planning/configuration-desk.ts";
import { timeZones } from "../planning/time-zones.ts";
import { presentForm } from "../presentation/configuration-form.ts";
import { STORE } from "../tokens.ts";
import { positionInBody } from "../yaml/yaml-body.ts";
import { findDeployment, Reference } from "./deployment-reference.ts";

/** What configuring a deployment takes besides reading and writing its configuration. */
@ApiTags("configuration")
@Controller("v1")
export class ConfigurationController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly desk: ConfigurationDesk,
    private readonly checker: ConfigurationChecker,
  ) {}

  /** The playbook's parameters as fields with the value in force and the layer it comes from; the accounts it needs, with what fits. */
  @Get("deployments/:reference/form")
  @Allow("read")
  @ApiOkResponse({ standardSchema: ConfigurationForm })
  async form(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Query({ schema: FormQuery }) query: FormQuery,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    return presentForm(await this.desk.form(actor, deployment, query.manifest ?? deployment.playbook));
  }

  /** Looks at a configuration as planning would: every problem with the input it belongs to. Writes nothing. */
  @Post("deployments/:reference/configuration/validate")
  @HttpCode(200)
  @Allow("edit")
  @ApiConsumes("application/json", "text/yaml")
  @ApiOkResponse({ standardSchema: ConfigurationValidation })
  async validate(
    @CurrentActor() actor: Actor,
    @Param("reference", { schema: Reference }) reference: string,
    @Body({ schema: ValidateConfiguration }) body: ValidateConfiguration,
    @Req() request: FastifyRequest,
  ) {
    const deployment = await findDeployment(this.store, actor, reference);
    const { problems, bundleHash } = await this.checker.check(actor, deployment, body, (pointer) =>
      positionInBody(request, pointer),
    );
    const errors = problems.filter(({ severity }) => severity === "error");
    const { active } = deployment.pointer;
    return {
      isValid: errors.length === 0,
      errors,
      warnings: problems.filter(({ severity }) => severity !== "error"),
      bundleHash,
      isLive: bundleHash !== null && active !== "none" && deployment.slots[active].bundleHash === bundleHash,
    };
  }

  /** The names that a time zone may have here, with their distance from UTC now. */
  @Get("time-zones")
  @Allow("read")
  @ApiOkResponse({ standardSchema: TimeZones })
  timeZones() {
    return { items: timeZones(Date.now()) };
  }
}
