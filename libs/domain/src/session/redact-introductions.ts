const name = String.raw`[\p{L}][\p{L}'’-]{0,39}`;
const names = String.raw`${name}(?:\s{1,2}${name}){0,3}`;
const says = String.raw`my (?:full |first |last )?name(?: is|['’]s)|the name(?: is|['’]s)|ich heiße|mein name ist|je m['’]appelle|mon nom est|me llamo|mi nombre es`;
/** Who says a name, and what follows it. */
const told = new RegExp(String.raw`(?<!\p{L})(${says})(\s{1,3})(${names})`, "giu");
const begun = String.raw`this is|it['’]s|hier ist|hier spricht|i am|i['’]m|ich bin`;
const speaking = new RegExp(
  String.raw`(?<!\p{L})(${begun})(\s{1,3})(${name}(?:\s{1,2}${name}){0,2}?)(?=\s{1,2}(?:speaking|calling|am apparat)(?!\p{L}))`,
  "giu",
);
/** What a name does not begin with, and ends before. */
const notNames = new Set(
  "and i i'm from calling speaking here please not but it it's is on in at for to so with a an the my your our his her their und ich von hier bitte nicht aber es ist et je de suis y soy no yes just actually also um uh well spelled first last what that this someone somebody".split(
    " ",
  ),
);

/**
 * Replaces the names by which people introduce themselves: "my name is …", "this is … speaking". They are found before the conversation
 * has understood them, and where it never asks for them.
 */
export const redactIntroductions = (text: string): string =>
  [told, speaking].reduce(
    (result, shape) =>
      result.replaceAll(shape, (whole: string, words: string, space: string, given: string) => {
        const parts = given.split(/(\s+)/);
        const end = parts.findIndex(
          (part, index) => index % 2 === 0 && notNames.has(part.toLowerCase().replace("’", "'")),
        );
        if (end === 0) return whole;
        const rest = end === -1 ? "" : parts.slice(end - 1).join("");
        return `${words}${space}[name]${rest}`;
      }),
    text,
  );
