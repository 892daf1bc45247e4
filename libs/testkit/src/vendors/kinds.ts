import { AppError } from "@tandem/kernel";
import type { AdapterDescriptor, ResourceKind } from "@tandem/ports/adapter";
import { z } from "zod";

/** A vendor for tests that offers every role. Its kinds cover what real ones differ in: publishing or not, slot or account. */
export const MEMORY_VENDOR = "memory";

/** Longest late processing and list lag of the in-memory vendors, milliseconds. */
export const SETTLE_MS = 4000;

const kind = (name: string, differs: Partial<ResourceKind>): ResourceKind => ({
  kind: name,
  owner: "slot",
  identity: "tag-search",
  settleMs: SETTLE_MS,
  fields: z.record(z.string(), z.json()),
  onCreate: ["create"],
  onUpdate: ["update"],
  replaceOn: [],
  removalIsIrreversible: false,
  callerEffect: null,
  ...differs,
});

export const memoryKinds: readonly ResourceKind[] = [
  kind("voice-agent.llm", {}),
  kind("voice-agent.agent", {
    onCreate: ["create", "publish"],
    onUpdate: ["draft", "update", "publish"],
    replaceOn: ["llmId"],
  }),
  kind("calendar.calendar", { owner: "deployment", replaceOn: ["timeZone"] }),
  kind("crm.property", { owner: "connection", identity: "unique-name", removalIsIrreversible: true }),
  kind("crm.list", { owner: "connection" }),
  kind("telephony.number", { owner: "deployment", identity: "natural", onCreate: [], removalIsIrreversible: true }),
];

export const memoryDescriptor: AdapterDescriptor = {
  id: MEMORY_VENDOR,
  title: "In-memory vendor",
  roles: ["telephony", "voiceAgent", "calendar", "crm"],
  config: z.record(z.string(), z.json()),
  secrets: [],
  requiredScopes: { "objects:write": "everything" },
  resources: memoryKinds,
  limits: { requestsPerSecond: 1000, note: "none" },
  setUp: [],
  sandboxName: MEMORY_VENDOR,
};

/** Throws `not_found` for an unknown vendor or kind, as the catalog does. */
export function memoryKind(vendor: string, name: string): ResourceKind {
  const found = vendor === MEMORY_VENDOR ? memoryKinds.find((one) => one.kind === name) : undefined;
  if (found === undefined) throw new AppError("not_found", `${vendor} has no kind ${name}`);
  return found;
}
