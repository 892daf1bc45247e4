import { Inject, Injectable } from "@nestjs/common";
import type { Engine } from "@tandem/engine";
import { ENGINE } from "../tokens.ts";

/** Makes the plans and checks that were asked for. */
@Injectable()
export class CommandsProcessor {
  constructor(@Inject(ENGINE) private readonly engine: Engine) {}

  async process(): Promise<void> {
    await this.engine.runCommands();
  }
}
