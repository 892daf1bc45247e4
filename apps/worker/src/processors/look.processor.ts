import { Inject, Injectable } from "@nestjs/common";
import type { Engine } from "@tandem/engine";
import type { JobPayload } from "@tandem/queue";
import { ENGINE } from "../tokens.ts";

/** A ring of the doorbell: moves the deployment on as far as it goes. */
@Injectable()
export class LookProcessor {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  async process({ tenantId, deploymentId }: JobPayload<"look">): Promise<void> {
    await this.engine.advance(tenantId, deploymentId);
  }
}
