import { canonicalJson, type Instant, type Json, sha256Hex } from "@tandem/kernel";

/** One row of a tenant's audit chain, with the hash of the row before and its own. */
export interface AuditLink {
  readonly tenantId: string;
  readonly seq: number;
  readonly at: Instant;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly beforeHash: string | null;
  readonly afterHash: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

/** The end of a chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** What a walk found. `brokenAt` is the first number that does not fit; null when all do. */
export interface ChainVerdict {
  readonly intact: boolean;
  /** Rows that fit. */
  readonly rows: number;
  readonly head: ChainHead | null;
  readonly brokenAt: number | null;
  readonly problem: string | null;
}

/** What stands before the first row. */
export const GENESIS = "0".repeat(64);

/** The hash a row must have: of the hash before it and of its own canonical JSON. */
export const linkHash = ({ prevHash, hash: _hash, ...content }: AuditLink): string =>
  sha256Hex(prevHash + canonicalJson({ ...content } satisfies Record<string, Json>));

/**
 * Walks a chain row by row in the order of their numbers, in bounded memory: every edit, removal, exchange or invented row breaks it.
 * What is missing at the end shows against `expected`: heads that were written down elsewhere.
 */
export class ChainWalk {
  #last: ChainHead;
  #broken: { readonly at: number; readonly problem: string } | null = null;
  readonly #expected: ReadonlyMap<number, readonly string[]>;

  /** `from`: a head that is vouched for; the walk goes on behind it. */
  constructor(expected: readonly ChainHead[] = [], from: ChainHead = { seq: 0, hash: GENESIS }) {
    this.#last = from;
    const hashes = new Map<number, string[]>();
    for (const { seq, hash } of expected) hashes.set(seq, [...(hashes.get(seq) ?? []), hash]);
    this.#expected = hashes;
  }

  get last(): ChainHead {
    return this.#last;
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /** Takes the next row; false once the chain is broken. */
  take(link: AuditLink): boolean {
    if (this.#broken !== null) return false;
    const problem = this.#problemOf(link);
    if (problem !== null) {
      this.#broken = { at: this.#last.seq + 1, problem };
      return false;
    }
    this.#last = { seq: link.seq, hash: link.hash };
    return true;
  }

  /** The verdict after the last row. `recorded` is the end that the log itself tells; absent when it tells none. */
  finish(recorded?: ChainHead | null): ChainVerdict {
    const problem = this.#broken?.problem ?? this.#missing(recorded);
    return {
      intact: problem === null,
      rows: this.#last.seq,
      head: this.#last.seq === 0 ? null : this.#last,
      brokenAt: problem === null ? null : (this.#broken?.at ?? this.#last.seq + 1),
      problem,
    };
  }

  #problemOf(link: AuditLink): string | null {
    const { seq, hash } = this.#last;
    if (link.seq !== seq + 1) return `row ${seq + 1} is missing`;
    if (link.prevHash !== hash) return `row ${link.seq} does not follow on row ${seq}`;
    if (linkHash(link) !== link.hash) return `row ${link.seq} was changed`;
    const isExpected = this.#expected.get(link.seq)?.every((expected) => expected === link.hash) ?? true;
    return isExpected ? null : `the checkpoint at row ${link.seq} does not fit`;
  }

  #missing(recorded: ChainHead | null | undefined): string | null {
    const { seq, hash } = this.#last;
    if (recorded !== undefined && ((recorded?.seq ?? 0) !== seq || (recorded !== null && recorded.hash !== hash)))
      return `rows after ${seq} are missing`;
    const beyond = [...this.#expected.keys()]
      .filter((expected) => expected > seq)
      .toSorted((one, other) => one - other);
    return beyond.length === 0 ? null : `rows after ${seq} are missing: a checkpoint names row ${beyond.at(-1)}`;
  }
}
