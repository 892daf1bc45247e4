/** A voice that an account can speak with. */
export interface Voice {
  /** What a release names it by. */
  readonly id: string;
  readonly name: string;
  /** BCP 47 or its first part, e.g. `en`; null when the vendor does not tell. */
  readonly language: string | null;
  /** What tells it from others in few words, e.g. `female, American`; empty when the vendor tells nothing. */
  readonly note: string;
  /** https address of a sample; null when the vendor has none. */
  readonly previewUrl: string | null;
}

/** The voices of an account, at most `MOST_VOICES`. `isWhole` is false when it has more. */
export interface VoiceListing {
  readonly voices: readonly Voice[];
  readonly isWhole: boolean;
}

/** An account that can tell its voices. Reads only. Errors: `VendorError`. */
export interface Voices {
  list(): Promise<VoiceListing>;
}

export const MOST_VOICES = 500;
const MOST_PAGES = 20;

/** One page as a vendor answers it; `next` is the cursor of the page behind it, null when there is none. */
export interface VoicePage {
  readonly voices: readonly Voice[];
  readonly next: string | null;
}

/** Reads page after page until there are enough. Voices that no release could name are left out. */
export async function everyVoice(readPage: (cursor: string | null) => Promise<VoicePage>): Promise<VoiceListing> {
  const voices: Voice[] = [];
  let cursor: string | null = null;
  for (let count = 0; count < MOST_PAGES && voices.length < MOST_VOICES; count += 1) {
    const page: VoicePage = await readPage(cursor);
    voices.push(...page.voices.filter(({ id }) => RELEASABLE.test(id)).map(presentable));
    cursor = page.next;
    if (cursor === null) break;
  }
  return { voices: voices.slice(0, MOST_VOICES), isWhole: cursor === null && voices.length <= MOST_VOICES };
}

/** As parameters of type `voice` allow them. */
const RELEASABLE = /^[\w-]{1,100}$/u;
const MOST_CHARACTERS = 120;

const presentable = ({ id, name, language, note, previewUrl }: Voice): Voice => ({
  id,
  name: oneLine(name) || id,
  language: language === null || language === "" ? null : oneLine(language),
  note: oneLine(note),
  previewUrl: previewUrl !== null && URL.parse(previewUrl)?.protocol === "https:" ? previewUrl : null,
});

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim().slice(0, MOST_CHARACTERS);

/** "female, American" of what a vendor tells. */
export const noteOf = (...parts: readonly (string | null | undefined)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== "").join(", ");
