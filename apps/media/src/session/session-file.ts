import { join } from "node:path";
import { isJsonObject, type Json, type Secret } from "@tandem/kernel";
import type { Logger } from "@tandem/telemetry";
import { readIfPresent } from "../disk/atomic-file.ts";
import { DebouncedFile } from "../disk/debounced-file.ts";
import { SealedText } from "../disk/sealed-text.ts";
import type { StoredLedger } from "./caller-ledger.ts";
import { type LiveSession, NO_FACTS } from "./live-session.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** Files of an earlier version lack what was added since. */
type StoredSession = Omit<LiveSession, "seen" | "toolReplies" | "facts" | "faults" | "made" | "briefing"> & {
  readonly made?: LiveSession["made"];
  readonly facts: Partial<LiveSession["facts"]>;
  readonly faults?: LiveSession["faults"];
  readonly seen: readonly string[];
  readonly toolReplies: readonly (readonly [key: string, reply: Json])[];
};

/** Keeps the node's calls and callers on disk, so that a restart knows who is on which slot. Sealed: they are people's numbers. */
export class SessionFile {
  readonly #folder: string;
  readonly #sessions: LiveSessions;
  readonly #log: Logger;
  readonly #sealed: SealedText;
  readonly #files: readonly DebouncedFile[];

  constructor(options: { dataDir: string; sessions: LiveSessions; ticketKey: Secret; log: Logger }) {
    const { dataDir, sessions, log } = options;
    this.#folder = dataDir;
    this.#sessions = sessions;
    this.#log = log;
    this.#sealed = new SealedText(options.ticketKey, "sessions");
    const sealed = (name: string, content: unknown) => ({ sealed: this.#sealed.seal(name, JSON.stringify(content)) });
    const produce = () => sealed("sessions.json", sessions.all().map(storedOf));
    this.#files = [
      new DebouncedFile({ path: join(dataDir, "sessions.json"), delayMs: 250, produce, log }),
      new DebouncedFile({
        path: join(dataDir, "callers.json"),
        delayMs: 5000,
        produce: () => sealed("callers.json", sessions.ledger.store()),
        log,
      }),
    ];
  }

  /** Takes back what the last run knew; a file that cannot be read is left out: the carrier's call list reconciles. */
  async load(): Promise<void> {
    const sessions = await this.#read<readonly StoredSession[]>("sessions.json");
    this.#sessions.restore((sessions ?? []).map(restoredOf));
    this.#sessions.ledger.restore((await this.#read<StoredLedger>("callers.json")) ?? []);
    this.#sessions.onChange = () => this.#files.forEach((file) => file.touch());
  }

  async flush(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.flush()));
  }

  async #read<Content>(name: string): Promise<Content | null> {
    try {
      const text = await readIfPresent(join(this.#folder, name));
      if (text === null) return null;
      const kept = JSON.parse(text) as Json;
      if (!isJsonObject(kept)) return kept as unknown as Content; // by a version that did not seal
      const opened = this.#sealed.open(name, String(kept["sealed"]));
      if (opened !== null) return JSON.parse(opened) as Content;
      this.#log.warn({ file: name }, "a file of the last run was sealed under another key: it is left out");
      return null;
    } catch (error) {
      this.#log.error({ err: error, file: name }, "a file of the last run cannot be read");
      return null;
    }
  }
}

/** Replies that are still being worked on are left out: their vendors know the key. */
const storedOf = ({ toolReplies, seen, ...session }: LiveSession): StoredSession & { readonly briefing: null } => ({
  ...session,
  briefing: null, // personal
  seen: [...seen],
  toolReplies: [...toolReplies].flatMap(([key, { reply }]) => (reply === null ? [] : [[key, reply] as const])),
});

const restoredOf = (stored: StoredSession): LiveSession => ({
  ...stored,
  facts: { ...NO_FACTS, ...stored.facts },
  faults: stored.faults ?? [],
  seen: new Set(stored.seen),
  made: stored.made ?? [],
  briefing: null,
  toolReplies: new Map(stored.toolReplies.map(([key, reply]) => [key, { reply, done: Promise.resolve(reply) }])),
});
