/** Words of a language that tell whether a speaker is done. Lower case, without punctuation. */
export interface TurnWords {
  /** A sentence that ends with one of these goes on. */
  readonly open: ReadonlySet<string>;
  /** A whole answer by itself, even without a full stop. */
  readonly answers: ReadonlySet<string>;
  /** Signs of listening: said while the other speaks, they do not ask for the floor. */
  readonly backchannels: ReadonlySet<string>;
  /** The same, of several words. */
  readonly backchannelPhrases: readonly string[];
  /** Spoken digits. */
  readonly digits: ReadonlySet<string>;
}

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const english: TurnWords = {
  open: list(
    "and or but because so if when then that which who with without for from to of in on at by about like than as is are was were be am my your our the a an this these i it's i'm um uh uhm er erm hmm well also until between around maybe we they he she would could mr mrs ms dr dot",
  ),
  answers: list("yes no yeah yep nope sure okay ok correct right exactly thanks goodbye bye hello hi please never"),
  backchannels: list("mhm mm-hm mmhm mm mhmm uh-huh aha hm hmm uh um er oh ah yes yeah yep okay ok right sure alright"),
  backchannelPhrases: ["i see", "got it", "of course", "uh huh", "mm hmm", "go on", "sounds good", "that's right"],
  digits: list("zero oh one two three four five six seven eight nine double triple"),
};

const german: TurnWords = {
  open: list(
    "und oder aber weil also wenn dann dass mit ohne für von zu in auf an bei über wie als ist sind war mein meine der die das ein eine ich äh ähm hm naja bis zwischen um am im zum zur wir sie es",
  ),
  answers: list("ja nein doch genau richtig gut okay ok danke tschüss hallo bitte gerne nie"),
  backchannels: list("mhm hm hmm äh ähm ah aha oh ja genau okay ok gut klar stimmt"),
  backchannelPhrases: ["alles klar", "ach so", "na gut", "ja gut"],
  digits: list("null eins zwei zwo drei vier fünf sechs sieben acht neun"),
};

const spanish: TurnWords = {
  open: list(
    "y o pero porque si cuando entonces que con sin para por de a en como es son era mi su el la los las un una yo eh em este pues hasta entre al del",
  ),
  answers: list("sí si no claro vale correcto exacto gracias adiós hola bueno nunca"),
  backchannels: list("mhm eh em ah ajá sí si vale claro ya bueno ok okay"),
  backchannelPhrases: ["por supuesto", "muy bien", "de acuerdo", "ya veo"],
  digits: list("cero uno dos tres cuatro cinco seis siete ocho nueve"),
};

const french: TurnWords = {
  open: list(
    "et ou mais parce que si quand alors avec sans pour de à en dans sur comme est sont mon ma mes le la les un une je euh ben donc jusqu'à entre au du c'est",
  ),
  answers: list("oui non si d'accord exact exactement merci bonjour jamais voilà ok"),
  backchannels: list("mhm hum euh ah oui d'accord ok okay voilà ouais"),
  backchannelPhrases: ["je vois", "bien sûr", "très bien", "c'est ça"],
  digits: list("zéro un deux trois quatre cinq six sept huit neuf"),
};

const byLanguage: Readonly<Record<string, TurnWords>> = { en: english, de: german, es: spanish, fr: french };

/** The words of a BCP 47 language by its first subtag; English where it is not known. */
export const turnWords = (language: string): TurnWords => byLanguage[language.slice(0, 2).toLowerCase()] ?? english;

/** Text as lower-case words without punctuation: for comparing what two segments say. */
export function spokenWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}'’+@-]+/gu, " ")
    .split(" ")
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** Whether two texts say the same, whatever their case and punctuation. */
export const saysTheSame = (left: string, right: string): boolean =>
  left === right || spokenWords(left).join(" ") === spokenWords(right).join(" ");
