import { z } from "zod";
import type { AccountRole } from "../tenant/index.ts";
import type { Tool } from "./conversation.ts";

/** What an operation needs and accepts. */
export interface OperationRule {
  /** Account it works on. */
  readonly role: AccountRole;
  /** Kind of the resource it works on; null when it needs none. */
  readonly resourceKind: string | null;
  /** Strict schema of what the playbook fixes; members named after an argument are property names (see `mapsArguments`). */
  readonly settings: z.ZodObject;
  /** True: a further setting `<argument>: <property>` writes that argument into a CRM property. */
  readonly mapsArguments: boolean;
  /** Arguments that the operation understands, with the type the model must give; those marked cannot be left out. */
  readonly arguments: Readonly<
    Record<string, { readonly type: "string" | "number" | "boolean"; readonly required: boolean }>
  >;
}

const minutes = z.int().min(5).max(480);
const must = { type: "string", required: true } as const;
const may = { type: "string", required: false } as const;
const contact = { name: may, phone: may, email: may };

/**
 * Every operation's rule.
 *
 * Settings: `slotMinutes` length of a booking · `windowDays` how far ahead is searched · `leadMinutes` shortest notice · `limit` most
 * slots offered · `title` of the event · `dealName` begins the deal's name · `dealStage` key of a stage of the pipeline.
 *
 * Arguments: `start` an offered slot's `start`, ISO 8601 · `from` earliest wanted date, `YYYY-MM-DD` · `event_id` of a booking, default
 * the one of this call · `destination` is `human` or `emergency` · `text` of a note. `name`, `phone`, `email` identify and describe the
 * caller; `phone` defaults to the number they call from.
 *
 * Results: find-slots `{slots: [{start, end, spoken}]}` · book and reschedule `{event_id, start, end}` · upsert-contact `{contact_id}` ·
 * upsert-deal `{deal_id}` · add-note `{note_id}`; deal and note belong to the contact of the same call. A scenario reads them as
 * `{{saved.<name>.slots.0.start}}`.
 */
export const operationRules: Readonly<Record<Tool["operation"], OperationRule>> = {
  "calendar.find-slots": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({
      slotMinutes: minutes,
      windowDays: z.int().min(1).max(60),
      leadMinutes: z.int().min(0).max(10_080),
      limit: z.int().min(1).max(10),
    }),
    mapsArguments: false,
    arguments: { from: may },
  },
  "calendar.book": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({ slotMinutes: minutes, title: z.string().min(1).max(120) }),
    mapsArguments: false,
    arguments: { start: must, ...contact, reason: may },
  },
  "calendar.reschedule": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({ slotMinutes: minutes }),
    mapsArguments: false,
    arguments: { start: must, event_id: may },
  },
  "calendar.cancel": {
    role: "calendar",
    resourceKind: "calendar.calendar",
    settings: z.strictObject({}),
    mapsArguments: false,
    arguments: { event_id: may },
  },
  "crm.upsert-contact": {
    role: "crm",
    resourceKind: null,
    settings: z.strictObject({}),
    mapsArguments: true,
    arguments: contact,
  },
  "crm.upsert-deal": {
    role: "crm",
    resourceKind: "crm.pipeline",
    settings: z.strictObject({ dealName: z.string().min(1).max(120), dealStage: z.string().min(1).max(60) }),
    mapsArguments: true,
    arguments: {},
  },
  "crm.add-note": {
    role: "crm",
    resourceKind: null,
    settings: z.strictObject({}),
    mapsArguments: false,
    arguments: { text: must },
  },
  "call.transfer": {
    role: "telephony",
    resourceKind: null,
    settings: z.strictObject({}),
    mapsArguments: false,
    arguments: { destination: must, reason: may },
  },
  "call.hang-up": {
    role: "telephony",
    resourceKind: null,
    settings: z.strictObject({}),
    mapsArguments: false,
    arguments: { reason: may },
  },
};
