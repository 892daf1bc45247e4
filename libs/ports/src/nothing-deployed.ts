import { VendorError } from "@tandem/kernel";
import type { VendorResources } from "./vendor-resources.ts";

/** Resources of a vendor that is only used: nothing of ours stands there. Reads and writes are refused with fault `invalid`, effect `none`. */
export function nothingDeployed(vendor: string): VendorResources {
  const refuse = (operation: string): Promise<never> =>
    Promise.reject(
      new VendorError(`${vendor} ${operation}: there is nothing to deploy at this vendor`, {
        vendor,
        operation,
        fault: "invalid",
        effect: "none",
      }),
    );
  return {
    read: (kind) => refuse(`read ${kind}`),
    findByKey: (kind) => refuse(`find ${kind}`),
    write: (verb, { kind }) => refuse(`${verb} ${kind}`),
    reached: () => false,
  };
}
