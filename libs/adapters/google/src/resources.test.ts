import { resourcesContract } from "@tandem/ports/contract/resources.contract";
import { openConnection, startGoogle } from "../test/open-connection.ts";
import { descriptor } from "./descriptor.ts";
import { demoAccount } from "./sandbox.ts";

const DEADLINE_MS = 1000;

resourcesContract("google calendar.calendar", async () => {
  const running = await startGoogle();
  const connection = await openConnection(running.origins["google"] ?? "", { deadlineMs: DEADLINE_MS });
  return {
    resources: connection.resources,
    kind: descriptor.resources[0]!,
    control: running.control,
    vendor: "google",
    deadlineMs: DEADLINE_MS,
    credential: demoAccount.refreshToken,
    writes: { method: "POST", path: "/calendars$" },
    fields: (number) => ({ summary: `Calendar ${number}`, description: "For callers", timeZone: "America/New_York" }),
    unknownId: "c_0000@group.calendar.google.com",
    invalidFields: { summary: "", description: "", timeZone: "UTC" },
    close: async () => {
      await connection.close();
      await running.close();
    },
  };
});
