import { containsPhrase, normalised } from "./words.ts";

/** What a caller's words ask for, whatever the step is. */
export type CallerSignal = "emergency" | "person" | "frustration";

const asksForPerson = [
  /\b(speak|talk|connect|transfer|put|pass|get|give|want|need|like)\b[a-z ]{0,30}\b(real|actual|live|human|other)? ?(person|human|human being|operator|representative|receptionist|somebody real|someone real|somebody else|someone else)\b/,
  /\b(speak|talk)( to| with)? (someone|somebody)( please| now| instead)?$/,
  /^(a |an |the )?(human|human being|person|real person|operator|representative)( please| now)?$/,
  /\b(menschen|mitarbeiter|mitarbeiterin|echten person|kollegen|kollegin)\b[a-z ]{0,20}\b(sprechen|reden|verbinden|verbunden)\b/,
];
const refusesPerson =
  /\b(dont|do not|not|no need to|rather not|without)\b[a-z ]{0,24}\b(person|human|operator|representative|someone|somebody)\b/;
const asksAboutMachine =
  /\b(are you|is this|am i (talking|speaking) (to|with))\b[a-z ]{0,20}\b(person|human|robot|machine|bot)\b/;

const frustrated = [
  /\b(this is|thats|that is|how) (so )?(ridiculous|useless|hopeless|a joke|unbelievable|absurd|stupid)\b/,
  /\byou (are not|arent|dont|do not|never|keep not) (listening|listen|understand|understanding|getting it|get it)\b/,
  /\bi (already|just) (told|said|gave|answered)\b/,
  /\b(for the (second|third|last|hundredth) time|waste of time|fed up|sick of this|stupid (machine|robot|bot|thing)|what is wrong with you|whats wrong with you)\b/,
];

/** The gravest thing that the words ask for, or null. Tolerant of case, accents and punctuation. */
export function callerSignal(text: string, emergencyPhrases: readonly string[]): CallerSignal | null {
  if (isEmergency(text, emergencyPhrases)) return "emergency";
  const words = normalised(text);
  if (!refusesPerson.test(words) && !asksAboutMachine.test(words) && asksForPerson.some((shape) => shape.test(words)))
    return "person";
  return frustrated.some((shape) => shape.test(words)) ? "frustration" : null;
}

/** True when one of the playbook's phrases stands in the text. */
export const isEmergency = (text: string, phrases: readonly string[]): boolean =>
  phrases.some((phrase) => containsPhrase(text, phrase));

const yes =
  /^(oh |ah |um |uh |well |and )*(yes|yeah|yep|yup|ya|sure|ok|okay|correct|right|exactly|absolutely|definitely|certainly|of course|perfect|fine|good|great|please do|go ahead|sounds good|that works|works for me|i agree|i do|it is|it does|thats (right|correct|it|fine|good|perfect)|that is (right|correct|it|fine|good|perfect)|mhm|uh huh|si|ja|genau|oui)\b/;
const saysRight = /\b(thats|that is|this is|its|it is|all) (right|correct|fine|perfect)\b|\byes( please)?$/;
const no =
  /^(oh |ah |um |uh |well |actually |sorry )*(no|nope|nah|not (really|quite|right|now|at all)|never|wrong|incorrect|negative|dont|do not|i (dont|do not|didnt|did not|disagree|refuse|would rather not)|id rather not|thats (wrong|not)|that is (wrong|not)|nein|non)\b/;
const deniesRight = /\b(thats|that is|this is|its|it is) (not |in)?(wrong|not right|not correct|incorrect|not it)\b/;
const noProblem = /^no (problem|worries|thats (fine|right|ok|okay)|it is fine|thats perfect)\b/;

/** True when the words say yes. Never true together with `isDenial`. */
export function isAffirmation(text: string): boolean {
  const words = normalised(text);
  return noProblem.test(words) || ((yes.test(words) || saysRight.test(words)) && !denies(words));
}

/** True when the words say no. */
export const isDenial = (text: string): boolean => denies(normalised(text));

const denies = (words: string): boolean =>
  !noProblem.test(words) && (no.test(words) || deniesRight.test(words) || /^(yes|okay|well) (but )?no\b/.test(words));

/** True when the words refuse what was asked, and do not just begin with a no: "no heating" refuses nothing. */
export function isRefusal(text: string): boolean {
  const words = normalised(text);
  if (!denies(words)) return false;
  return (
    words.split(" ").length <= 3 ||
    /\b(record|recorded|recording|agree|disagree|consent|refuse|rather not)\b/.test(words)
  );
}

/** True when a yes is all that was said, so that no model is needed to answer it. */
export const isBareAffirmation = (text: string): boolean =>
  isAffirmation(text) && normalised(text).split(" ").length <= 4;
