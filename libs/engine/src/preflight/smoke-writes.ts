import { roleOfTool, writesAtVendor } from "../smoke/tool-role.ts";
import { connectionAddress } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** Which accounts the smoke test may not write to: its evidence is reduced there (ruling 30). */
export const checkSmokeWrites: Check = async (facts) => {
  const { bundle, view } = facts;
  const tested = new Set(
    bundle.smoke.flatMap(({ steps }) => steps.flatMap((step) => ("tool" in step ? [step.tool] : []))),
  );
  const roles = new Set(bundle.tools.filter((tool) => tested.has(tool.name) && writesAtVendor(tool)).map(roleOfTool));
  const connectionIds = [...roles].flatMap((role) =>
    role === null ? [] : [bundle.connections[role]?.connectionId ?? ""],
  );
  return [...new Set(connectionIds)]
    .filter((connectionId) => view.connections.find(({ id }) => id === connectionId)?.smokeWrites === "none")
    .map((connectionId) =>
      finding("reduced-evidence", connectionAddress(facts, connectionId), view.deployment.environment),
    );
};
