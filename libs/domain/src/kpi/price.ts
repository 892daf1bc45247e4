import { z } from "zod";

const micros = z.int().min(0).max(1_000_000_000_000);

/** What a price is for. `carrier` and `agent` (a hosted one) are by the minute and have no model. */
const fields = {
  provider: z.string().min(1),
  /** `*` for every model of the provider that has no price of its own. */
  model: z.string().min(1),
  source: z.string().min(1),
  /** `vendor`: read at the vendor · `third-party`: read elsewhere · `recalled`: the vendor's public list as commonly quoted, not read again. */
  basis: z.enum(["vendor", "third-party", "recalled", "operator"]),
  /** When it was read: YYYY-MM-DD. */
  readOn: z.iso.date(),
};

/** One price, micros of a US dollar (1,000,000 = 1 USD). */
export const Price = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("stt"), ...fields, microsPerMinute: micros }),
  z.strictObject({
    kind: z.literal("llm"),
    ...fields,
    microsPerMillionInput: micros,
    microsPerMillionOutput: micros,
  }),
  z.strictObject({ kind: z.literal("tts"), ...fields, microsPerMillionCharacters: micros }),
  z.strictObject({ kind: z.literal("carrier"), ...fields, microsPerMinute: micros }),
  z.strictObject({ kind: z.literal("agent"), ...fields, microsPerMinute: micros }),
]);
export type Price = z.infer<typeof Price>;
type PriceOf<Kind extends Price["kind"]> = Extract<Price, { kind: Kind }>;

/** Prices by what they are for. */
export class PriceList {
  readonly #byKey = new Map<string, Price>();

  /** Later prices replace earlier ones for the same provider and model. */
  constructor(...prices: readonly (readonly Price[])[]) {
    for (const price of prices.flat()) this.#byKey.set(keyOf(price.kind, price.provider, price.model), price);
  }

  /** The price of the model, else the provider's price for all models; null when none is known. */
  find<Kind extends Price["kind"]>(kind: Kind, provider: string, model: string): PriceOf<Kind> | null {
    const price = this.#byKey.get(keyOf(kind, provider, model)) ?? this.#byKey.get(keyOf(kind, provider, "*"));
    return (price as PriceOf<Kind> | undefined) ?? null;
  }

  all(): readonly Price[] {
    return [...this.#byKey.values()];
  }
}

const keyOf = (kind: string, provider: string, model: string): string => `${kind}\n${provider}\n${model}`;
