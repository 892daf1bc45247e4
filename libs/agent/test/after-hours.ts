import type { Field, Tool } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";

const field = (name: string, type: Field["type"], wish: Partial<Field> = {}): Field => ({
  name,
  type,
  description: `About ${name}.`,
  confirm: "none",
  required: true,
  personal: false,
  ...wish,
});

const argument = (required: boolean): Tool["arguments"][string] => ({ type: "string", description: "Text.", required });

const tool = (name: string, operation: Tool["operation"], wish: Partial<Tool> = {}): Tool => ({
  name,
  description: `Does ${name}.`,
  operation,
  arguments: {},
  settings: {},
  acknowledgement: "",
  timeoutMs: 5000,
  ...wish,
});

/** A receptionist's conversation that has every kind of field, tool and transition. */
export const afterHours = {
  conversation: {
    persona: "You answer for Harbor. It is {{call.localTime}}.",
    greeting: "How can I help you?",
    start: "understand",
    limits: { maxCallMinutes: 15, inactivitySeconds: 30 },
    fields: [
      field("reason", "text", { confirm: "implicit" }),
      field("urgency", "choice", { choices: ["urgent", "can-wait"] }),
      field("caller_name", "text", { confirm: "implicit", personal: true }),
      field("callback_number", "phone-number", {
        confirm: "explicit",
        personal: true,
        description: "Offer {{call.from}}.",
      }),
      field("wants_callback", "boolean"),
      field("callback_start", "date-time", { confirm: "explicit", required: false }),
    ],
    objectives: [
      {
        name: "understand",
        instruction: "Let the caller tell you why they call.",
        collect: ["reason", "urgency"],
        tools: ["transfer_call"],
        next: [
          { when: { is: "equals", field: "urgency", value: "urgent" }, to: "human" },
          { when: { is: "collected", fields: ["reason", "urgency"] }, to: "take_message" },
        ],
      },
      {
        name: "take_message",
        instruction: "Ask for the name, then for the number.",
        collect: ["caller_name", "callback_number"],
        tools: [],
        next: [{ when: { is: "collected", fields: ["caller_name", "callback_number"] }, to: "offer_callback" }],
      },
      {
        name: "offer_callback",
        instruction: "Ask whether they want a fixed time.",
        collect: ["wants_callback"],
        tools: ["find_slots"],
        next: [
          { when: { is: "equals", field: "wants_callback", value: false }, to: "save" },
          { when: { is: "tool-result", tool: "find_slots", outcome: "success" }, to: "book_callback" },
          { when: { is: "tool-result", tool: "find_slots", outcome: "empty" }, to: "save" },
          { when: { is: "tool-result", tool: "find_slots", outcome: "failure" }, to: "save" },
        ],
      },
      {
        name: "book_callback",
        instruction: "Offer the free times.",
        collect: ["callback_start"],
        tools: ["book_slot", "find_slots", "cancel_booking"],
        tier: "full",
        next: [
          { when: { is: "tool-result", tool: "book_slot", outcome: "success" }, to: "save" },
          { when: { is: "tool-result", tool: "book_slot", outcome: "failure" }, to: "save" },
        ],
      },
      {
        name: "save",
        instruction: "Keep the contact, then the message.",
        collect: [],
        tools: ["save_contact", "save_message"],
        next: [{ when: { is: "always" }, to: "goodbye" }],
      },
      {
        name: "goodbye",
        instruction: "Say what happens next, then goodbye.",
        collect: [],
        tools: ["end_call"],
        next: [{ when: { is: "always" }, to: "end" }],
      },
    ],
  },
  tools: [
    tool("find_slots", "calendar.find-slots", {
      arguments: { from: argument(false) },
      acknowledgement: "Let me look at the calendar.",
    }),
    tool("book_slot", "calendar.book", {
      arguments: { start: argument(true), name: argument(true), phone: argument(true) },
      acknowledgement: "One moment, I am reserving that.",
    }),
    tool("cancel_booking", "calendar.cancel", { arguments: { event_id: argument(false) } }),
    tool("save_contact", "crm.upsert-contact", { arguments: { name: argument(true), phone: argument(true) } }),
    tool("save_message", "crm.add-note", { arguments: { text: argument(true) } }),
    tool("transfer_call", "call.transfer", { arguments: { destination: argument(true), reason: argument(false) } }),
    tool("end_call", "call.hang-up"),
  ],
  emergency: {
    phrases: ["this is an emergency", "I smell gas", "there is a fire"],
    message: "Stay calm. I am connecting you to our emergency desk.",
    number: "+15550100003",
    uninterruptible: true,
  },
  humanPath: { number: "+15550100002", message: "I am connecting you to a person now.", uninterruptible: true },
} satisfies Partial<ReleaseBundle>;
