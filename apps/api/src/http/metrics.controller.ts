import { Controller, Get, Inject, Res } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import type { ControlStore } from "@tandem/ports/store/control";
import type { FastifyReply } from "fastify";
import { Allow } from "../auth/permission.ts";
import { ApiMetrics } from "../telemetry/api-metrics.ts";
import { STORE } from "../tokens.ts";

@ApiTags("machine")
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: ApiMetrics,
    @Inject(STORE) private readonly store: ControlStore,
  ) {}

  /** Counts and times of this process in Prometheus' text format, for a platform key. */
  @Get("metrics")
  @Allow("platform")
  @ApiOkResponse({ content: { "text/plain": { schema: { type: "string" } } } })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header("content-type", this.metrics.contentType);
    return this.metrics.text(await this.store.ping());
  }
}
