import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { render, screen } from "@testing-library/react";
import { Time } from "./time.tsx";

test("what has just happened is no future, however long ago the page's clock ticked", async () => {
  await sleep(20);
  render(<Time at={new Date().toISOString()} show="relative" />);
  expect(screen.getByText("just now")).toBeTruthy();
});
