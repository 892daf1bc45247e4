import { expect, test } from "vitest";
import { readPhoneNumber } from "./phone-number.ts";

test("numbers may be typed with blanks, dashes, brackets and 00", () => {
  const typed = ["+1 (555) 010-0101", " +49 30/1234-567 ", "0044 20 7946 0000", "+15550100101"];
  expect(typed.map(readPhoneNumber)).toEqual(["+15550100101", "+49301234567", "+442079460000", "+15550100101"]);
  expect(["555 0101", "+1 555 CALL", ""].map(readPhoneNumber)).toEqual(["5550101", "+1 555 CALL", ""]);
});
