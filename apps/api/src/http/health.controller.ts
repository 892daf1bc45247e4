import { Controller, Get, Inject } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Health } from "@tandem/contracts";
import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { Allow } from "../auth/permission.ts";
import { STORE } from "../tokens.ts";

/** For machines that watch the process. */
@ApiTags("machine")
@Controller()
export class HealthController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** The process runs. */
  @Get("live")
  @Allow("public")
  @ApiOkResponse({ standardSchema: Health })
  live() {
    return { status: "live" };
  }

  /** The process can do its work: the database answers. */
  @Get("ready")
  @Allow("public")
  @ApiOkResponse({ standardSchema: Health })
  async ready() {
    if (!(await this.store.ping())) throw new AppError("database_unavailable", "The database does not answer");
    return { status: "ready" };
  }
}
