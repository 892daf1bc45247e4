import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { render, screen } from "@testing-library/react";
import { Time, ZoneProvider } from "./time.tsx";

test("what has just happened is no future, however long ago the page's clock ticked", async () => {
  await sleep(20);
  render(<Time at={new Date().toISOString()} show="relative" />);
  expect(screen.getByText("just now")).toBeTruthy();
});

const AT = "2025-11-28T11:05:00.000Z";
const shown = (): [text: string, title: string | undefined] => {
  const [time] = document.getElementsByTagName("time");
  return [time?.textContent ?? "", time?.title];
};

test("a time is shown in the zone around it, and in UTC on hover", () => {
  render(
    <ZoneProvider value="Asia/Tokyo">
      <Time at={AT} show="absolute" />
    </ZoneProvider>,
  );
  expect(shown()).toEqual(["28 Nov 2025 20:05", "2025-11-28 11:05:00 UTC · 28 Nov 2025 20:05 in Asia/Tokyo"]);
});

test("a row of another tenant has a zone of its own, and says so also where only the distance is shown", () => {
  render(
    <ZoneProvider value="Asia/Tokyo">
      <Time at={AT} show="relative" zone="America/New_York" />
    </ZoneProvider>,
  );
  expect(shown()[1]).toBe("2025-11-28 11:05:00 UTC · 28 Nov 2025 06:05 in America/New_York");
});

test.each([null, "Mars/Olympus"])("a zone that is %s is that around it", (zone) => {
  render(
    <ZoneProvider value="Asia/Tokyo">
      <ZoneProvider value={zone}>
        <Time at={AT} show="absolute" zone={zone} />
      </ZoneProvider>
    </ZoneProvider>,
  );
  expect(shown()[0]).toBe("28 Nov 2025 20:05");
});
