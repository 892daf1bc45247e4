import { calendarContract } from "@tandem/ports/contract/calendar.contract";
import { openConnection, startGoogle } from "../test/open-connection.ts";
import { demoAccount } from "./sandbox.ts";

calendarContract("google", async () => {
  const running = await startGoogle();
  const connection = await openConnection(running.origins["google"] ?? "");
  const startMs = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 30 * 86_400_000;
  return {
    calendar: connection.calendar!,
    calendarId: demoAccount.account,
    emptyHours: { start: new Date(startMs).toISOString(), end: new Date(startMs + 10 * 3_600_000).toISOString() },
    block: (span) => running.control.act("google", "addEvent", { ...span }).then(() => {}),
    close: async () => {
      await connection.close();
      await running.close();
    },
  };
});
