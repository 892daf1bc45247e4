import type { Schemas } from "../../api/generated/schema.ts";
import { MEASURES, type Measure } from "../rollout/measures.ts";
import {
  boundsError,
  lengthError,
  numberIn,
  percentText,
  type PlaceErrors,
  placeErrors,
  ratioIn,
} from "./number-text.ts";

export type Evidence = NonNullable<Schemas["GatePolicy"]["evidence"]>;

/** An evidence policy as it is filled in: numbers as typed, shares in per cent. */
export interface EvidenceDraft {
  /** False: the checks of objects and ingress only. */
  readonly isJudged: boolean;
  readonly minCalls: string;
  /** Null while what stands in the field is no length. */
  readonly extendMs: number | null;
  readonly whenInconclusive: Evidence["whenInconclusive"];
  /** Empty: shown and not judged. */
  readonly margins: Readonly<Record<Measure, string>>;
  readonly falseBreachRate: string;
  readonly falsePassRate: string;
}

export const ALL_MEASURES = Object.keys(MEASURES) as readonly Measure[];

/** What a policy begins with where there was none: what Tandem brings for production. */
const USUAL: Evidence = {
  minCalls: 20,
  extendMs: 72 * 3_600_000,
  whenInconclusive: "hold",
  margins: { booked: 0.5, "self-serve": 0.3, "response-latency": 0.3, errors: 1 },
  falseBreachRate: 0.05,
  falsePassRate: 0.1,
};

export function evidenceDraftOf(evidence: Evidence | null): EvidenceDraft {
  const { minCalls, extendMs, whenInconclusive, margins, falseBreachRate, falsePassRate } = evidence ?? USUAL;
  const texts = ALL_MEASURES.map((measure) => {
    const margin = margins[measure];
    return [measure, margin === undefined ? "" : percentText(margin)] as const;
  });
  return {
    isJudged: evidence !== null,
    minCalls: String(minCalls),
    extendMs,
    whenInconclusive,
    margins: Object.fromEntries(texts) as EvidenceDraft["margins"],
    falseBreachRate: percentText(falseBreachRate),
    falsePassRate: percentText(falsePassRate),
  };
}

const PER_CENT = { least: 0.01, most: 1000 };
const RATE = { least: 0.01, most: 50 };

/** By place within the evidence policy, e.g. `/minCalls`. */
export function evidenceErrors(draft: EvidenceDraft): PlaceErrors {
  if (!draft.isJudged) return {};
  const margins = ALL_MEASURES.map((measure) => {
    const text = draft.margins[measure];
    return [`/margins/${measure}`, text.trim() === "" ? null : boundsError(text, PER_CENT)] as const;
  });
  return placeErrors({
    "/minCalls": boundsError(draft.minCalls, { least: 1, most: 100_000, isWhole: true }),
    "/extendMs": lengthError(draft.extendMs, 14),
    ...Object.fromEntries(margins),
    "/falseBreachRate": boundsError(draft.falseBreachRate, RATE),
    "/falsePassRate": boundsError(draft.falsePassRate, RATE),
  });
}

/** What the draft says; null: the checks of objects and ingress only. */
export function evidenceOf(draft: EvidenceDraft): Evidence | null {
  if (!draft.isJudged) return null;
  const judged = ALL_MEASURES.filter((measure) => draft.margins[measure].trim() !== "");
  return {
    minCalls: numberIn(draft.minCalls) ?? 0,
    extendMs: draft.extendMs ?? 0,
    whenInconclusive: draft.whenInconclusive,
    margins: Object.fromEntries(judged.map((measure) => [measure, ratioIn(draft.margins[measure])])),
    falseBreachRate: ratioIn(draft.falseBreachRate),
    falsePassRate: ratioIn(draft.falsePassRate),
  };
}
