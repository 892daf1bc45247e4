import { z } from "zod";
import type { Role } from "../tenant/deployment.ts";
import type { Tool } from "./conversation.ts";

/** What an operation needs and accepts. */
export interface OperationRule {
  /** Account it works on; null for operations on the call itself. */
  readonly role: Role | null;
  /** Kind of the resource it works on; null when it needs none. */
  readonly resourceKind: string | null;
  /** Strict schema of `settings`: what the playbook fixes and the model does not choose. */
  readonly settings: z.ZodType;
  /** Arguments that the operation cannot do without, with the type the model must give. */
  readonly requiredArguments: Readonly<Record<string, "string" | "number" | "boolean">>;
}

const minutes = z.int().min(5).max(480);
const days = z.int().min(1).max(60);
const slot = { slotMinutes: minutes, windowDays: days, leadMinutes: z.int().min(0).max(10_080) };
const none = z.strictObject({});

/**
 * Every operation's rule. Settings: `slotMinutes` length of a booking · `windowDays` how far ahead is searched · `leadMinutes` shortest
 * notice · `limit` most slots offered · `title` of the event · `stage` key of a stage of the pipeline · `source` written to the contact.
 */
export const operationRules: Readonly<Record<Tool["operation"], OperationRule>> = {
  "calendar.find-slots": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({ ...slot, limit: z.int().min(1).max(10) }),
    requiredArguments: {},
  },
  "calendar.book": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({ slotMinutes: minutes, title: z.string().min(1).max(120) }),
    requiredArguments: { start: "string" },
  },
  "calendar.reschedule": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({ slotMinutes: minutes }),
    requiredArguments: { start: "string" },
  },
  "calendar.cancel": { role: "calendar", resourceKind: "calendar.calendar", settings: none, requiredArguments: {} },
  "crm.upsert-contact": {
    role: "crm",
    resourceKind: null,
    settings: z.strictObject({ source: z.string().max(80).optional() }),
    requiredArguments: {},
  },
  "crm.upsert-deal": {
    role: "crm",
    resourceKind: "crm.pipeline",
    settings: z.strictObject({ stage: z.string().min(1), name: z.string().min(1).max(120) }),
    requiredArguments: {},
  },
  "crm.add-note": { role: "crm", resourceKind: null, settings: none, requiredArguments: { text: "string" } },
  "call.transfer": {
    role: "telephony",
    resourceKind: null,
    settings: none,
    requiredArguments: { destination: "string" },
  },
  "call.hang-up": { role: "telephony", resourceKind: null, settings: none, requiredArguments: {} },
};
