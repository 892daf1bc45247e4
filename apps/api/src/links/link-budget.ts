import { RateLimiterMemory } from "rate-limiter-flexible";

/** Tokens of nobody's making that one address may try per minute. */
const FORGED_PER_MINUTE = 30;
/** Uses of one genuine link per minute: people click twice, programs more often. */
const USES_PER_MINUTE = 20;
/** Audit rows about forged tokens per minute: guesses must not fill the platform's chain. */
const RECORDED_PER_MINUTE = 10;

/**
 * What may be asked of links, counted in this process. Guesses are counted by address and genuine links by themselves, so that nobody who
 * guesses keeps those who hold a link away.
 */
export class LinkBudget {
  readonly #forged = new RateLimiterMemory({ points: FORGED_PER_MINUTE, duration: 60 });
  readonly #uses = new RateLimiterMemory({ points: USES_PER_MINUTE, duration: 60 });
  readonly #recorded = new RateLimiterMemory({ points: RECORDED_PER_MINUTE, duration: 60 });

  /** False once the address has tried too often. */
  mayGuess(address: string): Promise<boolean> {
    return spend(this.#forged, address);
  }

  mayUse(linkId: string): Promise<boolean> {
    return spend(this.#uses, linkId);
  }

  mayRecord(): Promise<boolean> {
    return spend(this.#recorded, "all");
  }
}

const spend = (limiter: RateLimiterMemory, key: string): Promise<boolean> =>
  limiter.consume(key).then(
    () => true,
    () => false,
  );
