import type { BookedEvent, Calendar } from "@tandem/ports/calendar";
import type { Crm } from "@tandem/ports/crm";
import type { Probe } from "@tandem/ports/probe";
import { call, type Line } from "./line.ts";
import type { VendorWorld } from "./vendor-world.ts";

/** Bookings in the world. Everything is free. */
export function memoryCalendar(world: VendorWorld, line: Line, { probe }: Probe): Calendar {
  const bookings = world.bookings as Map<string, BookedEvent>;
  return {
    probe,
    freeSlots: async (_calendarId, window) => [window],
    book: (_calendarId, { key, span }) =>
      call(line, { name: "book", isWrite: true }, () => {
        const known = [...bookings.values()].find((event) => event.key === key);
        const event = known ?? { eventId: `event-${key}`, key, span };
        bookings.set(event.eventId, event);
        return event;
      }),
    reschedule: (_calendarId, eventId, span) =>
      call(line, { name: "reschedule", isWrite: true }, () => {
        const event = { eventId, key: eventId, ...bookings.get(eventId), span };
        bookings.set(eventId, event);
        return event;
      }),
    cancel: (_calendarId, eventId) =>
      call(line, { name: "cancel", isWrite: true }, () => void bookings.delete(eventId)),
    removeTestEvents: async () => {},
    findByKey: (_calendarId, key) =>
      call(
        line,
        { name: "find booking", isWrite: false },
        () => [...bookings.values()].find((event) => event.key === key) ?? null,
      ),
  };
}

/** Contacts and deals in the world: one of each per natural key. */
export function memoryCrm(world: VendorWorld, line: Line, { probe }: Probe): Crm {
  const upsert = (id: string): boolean => {
    const isNew = !world.records.has(id);
    world.records.add(id);
    return isNew;
  };
  const write = <Answer>(name: string, effect: () => Answer): Promise<Answer> =>
    call(line, { name, isWrite: true }, effect);
  return {
    probe,
    upsertContact: ({ email, phone }) =>
      write("upsert contact", () => ({
        contactId: `contact-${email ?? phone}`,
        created: upsert(`contact-${email ?? phone}`),
      })),
    upsertDeal: ({ key }) => write("upsert deal", () => ({ dealId: `deal-${key}`, created: upsert(`deal-${key}`) })),
    addNote: (contactId, _text, key) => write("add note", () => ({ noteId: `note-${contactId}-${key}` })),
    findTestContact: (email) =>
      call(line, { name: "find contact", isWrite: false }, () =>
        world.records.has(`contact-${email}`) ? { contactId: `contact-${email}` } : null,
      ),
    removeTestContact: (contactId) => write("remove contact", () => void world.records.delete(contactId)),
    removeTestDeal: (dealId) => write("remove deal", () => void world.records.delete(dealId)),
  };
}
