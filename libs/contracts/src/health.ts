import { z } from "zod";

/** What a machine asks of a process. */
export const Health = z.object({ status: z.enum(["live", "ready"]) }).meta({ id: "Health" });
