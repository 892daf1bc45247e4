import { Controller, Get, Inject } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { Allow } from "../auth/permission.ts";
import { STORE } from "../tokens.ts";

/** For machines that watch the process. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  @Get("live")
  @Allow("public")
  live() {
    return { status: "live" };
  }

  @Get("ready")
  @Allow("public")
  async ready() {
    if (!(await this.store.ping())) throw new AppError("database_unavailable", "The database does not answer");
    return { status: "ready" };
  }
}
