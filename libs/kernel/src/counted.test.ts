import { expect, test } from "vitest";
import { counted } from "./counted.ts";

test.each([
  [counted(0, "call"), "0 calls"],
  [counted(1, "call"), "1 call"],
  [counted(2, "call"), "2 calls"],
  [counted(1, "person", "people"), "1 person"],
  [counted(3, "person", "people"), "3 people"],
])("%s", (said, meant) => expect(said).toBe(meant));
