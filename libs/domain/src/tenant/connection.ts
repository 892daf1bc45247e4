import { z } from "zod";
import type { JsonObject } from "@tandem/kernel";

/** Which test objects a smoke test may write through a connection (ruling 30). */
export const SmokeWrites = z.enum(["none", "test-objects"]);
export type SmokeWrites = z.infer<typeof SmokeWrites>;

/** One account at one vendor. Its credential is a sealed, versioned value that never leaves worker and media. */
export interface Connection {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** Adapter id from the catalog, e.g. `twilio`. */
  readonly vendor: string;
  /** `vendor`: the vendor's own hosts. `sandbox`: our emulator, whose address only the process configuration knows. */
  readonly endpoint: "vendor" | "sandbox";
  /** What the adapter's descriptor declares as config (account id, region); never a secret. */
  readonly config: JsonObject;
  readonly smokeWrites: SmokeWrites;
  /** Version of the credential in force; null when none has been stored. */
  readonly credentialVersion: number | null;
}
