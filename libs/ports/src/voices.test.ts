import { expect, test } from "vitest";
import { everyVoice, MOST_VOICES, noteOf, type Voice, type VoicePage } from "./voices.ts";

const voice = (id: string, more: Partial<Voice> = {}): Voice => ({
  id,
  name: id,
  language: "en",
  note: "",
  previewUrl: null,
  ...more,
});
/** A list that goes on for so many pages of a hundred. */
const pages =
  (count: number) =>
  async (cursor: string | null): Promise<VoicePage> => {
    const at = Number(cursor ?? 0);
    const voices = Array.from({ length: 100 }, (_, index) => voice(`v-${at}-${index}`));
    return { voices, next: at + 1 < count ? String(at + 1) : null };
  };

test("every page is read, up to the most", async () => {
  expect(await everyVoice(pages(3))).toMatchObject({ isWhole: true, voices: { length: 300 } });
  expect(await everyVoice(pages(1000))).toMatchObject({ isWhole: false, voices: { length: MOST_VOICES } });
});

test("what no release can name is left out, and nothing else than https is handed on", async () => {
  const voices = [
    voice("two words"),
    voice("a", { name: "", previewUrl: "javascript:alert(1)" }),
    voice("b", { name: "Ada\n Lovelace", language: "", previewUrl: "https://samples.example/b.mp3" }),
  ];
  expect((await everyVoice(async () => ({ voices, next: null }))).voices).toEqual([
    voice("a"),
    voice("b", { name: "Ada Lovelace", language: null, previewUrl: "https://samples.example/b.mp3" }),
  ]);
});

test("a note has what is told", () => {
  expect(noteOf("female", null, "", "American")).toBe("female, American");
});
