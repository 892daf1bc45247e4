import type { Tool } from "@tandem/domain/manifest";
import type { Role } from "@tandem/domain/tenant";

/** The account that a tool works in; null for operations on the call itself. */
export function roleOfTool({ operation }: Pick<Tool, "operation">): Role | null {
  if (operation.startsWith("calendar.")) return "calendar";
  return operation.startsWith("crm.") ? "crm" : null;
}

/** Whether a tool changes something at a vendor. */
export const writesAtVendor = (tool: Pick<Tool, "operation">): boolean =>
  roleOfTool(tool) !== null && tool.operation !== "calendar.find-slots";

/** Whether a tool that succeeded has left an object behind. */
export const makesObject = ({ operation }: Pick<Tool, "operation">): boolean =>
  operation === "calendar.book" || operation.startsWith("crm.");
