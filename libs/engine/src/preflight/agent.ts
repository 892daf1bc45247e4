import { isJsonObject, type Json } from "@tandem/kernel";
import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** Tools of hosted agents that move the call at the vendor: dead on registered calls (ruling 35). */
const VENDOR_TRANSFERS = new Set(["transfer_call", "bridge_transfer", "cancel_transfer"]);

/** The hosted agent is declared, and hands calls over through our tool only. */
export const checkAgent: Check = async ({ bundle }) => {
  const isDeclared =
    bundle.agent.kind === "tandem" || bundle.resources.some(({ address }) => address === bundle.agent.resource);
  const refused = bundle.resources
    .filter(({ kind, fields }) => kind.startsWith("voice-agent.") && hasTransfer(fields))
    .map(({ address }) => finding("vendor-transfer-refused", address, "a tool of type transfer_call"));
  return isDeclared
    ? refused
    : [finding("agent-undeclared", bundle.agent.resource ?? "agent", "agent.resource"), ...refused];
};

function hasTransfer(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasTransfer);
  if (!isJsonObject(value)) return false;
  return (
    (typeof value["type"] === "string" && VENDOR_TRANSFERS.has(value["type"])) || Object.values(value).some(hasTransfer)
  );
}
