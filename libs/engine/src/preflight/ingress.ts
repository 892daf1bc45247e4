import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** What answers at the public address is this installation. */
export const checkIngress: Check = async ({ observer }) => {
  await observer.beforeCall();
  try {
    const { reached, detail } = await observer.context.ingress.reach();
    return reached ? [] : [finding("ingress-unreachable", "", detail)];
  } catch (error) {
    observer.context.log.warn({ err: error }, "the ingress could not be probed");
    return [finding("ingress-unreachable", "", "the probe failed")];
  }
};
