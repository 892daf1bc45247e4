import { AppError, type Json } from "@tandem/kernel";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { withConnection } from "./with-connection.ts";

/** Reads the voices of a connection's account and keeps them for forms. */
export const runListVoices = (context: EngineContext, command: Command): Promise<void> =>
  withConnection(context, command, async ({ voices }, vendor) => {
    if (voices === undefined) throw new AppError("invalid_input", `${vendor} does not tell its voices.`);
    return (await voices.list()) as unknown as Json;
  });
