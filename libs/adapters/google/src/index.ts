import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

/** Google. The SDK is loaded when a connection is opened. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const [{ openGoogle }, { googleCalendar }, { calendarResources }] = await Promise.all([
    import("./client.ts"),
    import("./calendar.ts"),
    import("./calendars.ts"),
  ]);
  const client = await openGoogle(context);
  return {
    resources: calendarResources(client, context.clock),
    calendar: googleCalendar(client),
    close: async () => {},
  };
});
