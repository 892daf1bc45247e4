import { Inject, Injectable } from "@nestjs/common";
import type { OutboundCaller } from "@tandem/engine";
import { OUTBOUND } from "../tokens.ts";

/** Places the calls that were asked for. */
@Injectable()
export class OutboundProcessor {
  constructor(@Inject(OUTBOUND) private readonly caller: OutboundCaller) {}

  process(): Promise<void> {
    return this.caller.runDue();
  }
}
