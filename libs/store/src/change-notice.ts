import type { ChangeKind, ChangeNotice } from "@tandem/ports/store/overview";
import type { Notice } from "./notices.ts";

/** What objects of audit rows are about, by the word before the slash. */
const KINDS: Readonly<Record<string, ChangeKind>> = {
  deployment: "deployment",
  rollout: "rollout",
  "waiting-rollout": "rollout",
  link: "rollout",
  replay: "rollout",
  plan: "plan",
  connection: "connection",
  manifest: "manifest",
  overlay: "manifest",
  incident: "incident",
  "api-key": "access",
  person: "access",
  membership: "access",
  invitation: "access",
};

/** Short, and without anything that not everybody may hear: every role that may connect may listen. */
export const changeNotice = (change: ChangeNotice): Notice => ({ channel: "change", payload: JSON.stringify(change) });

/** A change as its audit row tells of it. `deploymentId`: the one that the transaction is about, where it is about one. */
export function changeOf(tenantId: string, object: string, deploymentId: string | null): ChangeNotice {
  const slash = object.indexOf("/");
  const [noun, id] = [object.slice(0, slash), object.slice(slash + 1)];
  const deployment = noun === "deployment" ? id : deploymentId;
  return {
    tenantId,
    kind: KINDS[noun] ?? "audit",
    ...(deployment !== null && { deployment }),
    ...(noun === "rollout" && { rollout: id }),
  };
}

/** The inverse of `changeNotice`; null for what is not one of ours. */
export function readChangeNotice(payload: string): ChangeNotice | null {
  try {
    const read = JSON.parse(payload) as ChangeNotice;
    return typeof read.tenantId === "string" && typeof read.kind === "string" ? read : null;
  } catch {
    return null;
  }
}
