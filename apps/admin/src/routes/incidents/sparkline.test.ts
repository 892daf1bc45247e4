import { expect, test } from "vitest";
import { runsOf } from "./sparkline.tsx";

test("a window that nothing is known of breaks the line", () => {
  expect(runsOf([null, 0.1, 0.2, null, 0])).toEqual([
    [
      { index: 1, share: 0.1 },
      { index: 2, share: 0.2 },
    ],
    [{ index: 4, share: 0 }],
  ]);
  expect(runsOf([null, null])).toEqual([]);
});
