import { VendorError } from "@tandem/kernel";
import type { VendorResources } from "@tandem/ports/vendor-resources";

/** A service that we only use: there is nothing of ours at it. */
export const noResources: VendorResources = {
  read: () => Promise.resolve(null),
  findByKey: () => Promise.resolve({ items: [], complete: true }),
  write: (verb, { kind }) =>
    Promise.reject(
      new VendorError(`openai: nothing can be written here (${verb} ${kind})`, {
        vendor: "openai",
        operation: `${verb} ${kind}`,
        fault: "invalid",
        effect: "none",
      }),
    ),
  reached: () => false,
};
