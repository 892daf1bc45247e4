/** A source of random bytes: seeded in the simulator, the platform's CSPRNG in production. */
export interface Rng {
  bytes(count: number): Uint8Array;
}

/** The platform's cryptographic generator (Web Crypto, present in Node and browsers). */
export const systemRng: Rng = { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };
