import type { Finding } from "@tandem/domain/plan";
import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** A caller can always reach a person, and never comes back to where the call began (ruling 39). */
export const checkHumanPath: Check = async ({ bundle }) => {
  const staff = [bundle.answer.whenOpen, bundle.answer.whenClosed].flatMap((rule) =>
    rule.do === "ring-staff" ? rule.numbers : [],
  );
  const paths: readonly (readonly [string, string])[] = [
    ["fallbackNumber", bundle.fallbackNumber],
    ["humanPath.number", bundle.humanPath.number],
    ["emergency.number", bundle.emergency.number],
    ...staff.map((number): [string, string] => ["answer.numbers", number]),
  ];
  const missing = paths
    .filter(([, number]) => number === "")
    .map(([path]): Finding => finding("fallback-missing", "", path));
  const loops = paths
    .filter(([, number]) => number !== "" && number === bundle.deployment.number)
    .map(([path, number]): Finding => finding("forwarding-loop", "", `${path} is ${number}`));
  return [...missing, ...loops];
};
