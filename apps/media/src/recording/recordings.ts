import { type FileHandle, mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import { type Logger, rateLimited } from "@tandem/telemetry";
import type { LiveSession } from "../session/live-session.ts";
import { RecordingTap } from "./recording-tap.ts";
import { WAV_HEADER_BYTES, wavHeader } from "./wav-header.ts";

/** One call being recorded. Nothing of it waits and nothing throws. */
export interface Recorder {
  /** Where the recording will be stored. */
  readonly key: string;
  caller(frame: Uint8Array, timestampMs: number): void;
  agent(audio: Uint8Array): void;
  clear(): void;
  /** The call is over: the recording is stored. */
  end(): void;
}

const DAY_MS = 86_400_000;
/** A recording that was removed because its days were over. */
export interface RemovedRecording extends Pick<LiveSession, "tenantId" | "deploymentId" | "sessionId"> {
  readonly key: string;
  readonly bytes: number;
}

/** `<tenant>.<session>.<attempt>.<days>.<deployment>.wav` */
const SPOOLED = /^([^.]+)\.([^.]+)\.(\d+)\.(\d+)(?:\.([^.]+))?\.wav$/;
/** `<until, epoch days>.<key with ~ for slashes>`: tells when a stored recording goes, and holds whose it is and how large. */
const KEPT = /^(\d+)\.(.+)$/;

/** Recordings of this node: spooled on disk second by second, stored after the call, removed when their days are over. */
export class Recordings {
  readonly #spool: string;
  readonly #kept: string;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #onRemoved: (removed: RemovedRecording) => void;
  readonly #alarm: (error: unknown) => void;
  readonly #recording = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly dataDir: string;
    readonly store: ObjectStore;
    readonly clock: Clock;
    readonly log: Logger;
    /** May be told about the same recording again after a crash. */
    readonly onRemoved: (removed: RemovedRecording) => void;
  }) {
    this.#onRemoved = options.onRemoved;
    this.#spool = join(options.dataDir, "recordings", "spool");
    this.#kept = join(options.dataDir, "recordings", "kept");
    this.#store = options.store;
    this.#clock = options.clock;
    this.#alarm = rateLimited(10_000, (leftOut, error) =>
      options.log.error({ err: error, leftOut }, "a recording cannot be written or stored: it is tried again"),
    );
  }

  /** Begins a recording that is kept for `days`. */
  begin(session: LiveSession, days: number): Recorder {
    const attempt = session.facts.streamAttempt;
    const name = `${session.tenantId}.${session.sessionId}.${attempt}.${days}.${session.deploymentId}.wav`;
    const path = join(this.#spool, name);
    this.#recording.add(name);
    let file: FileHandle | null = null;
    let writing = mkdir(this.#spool, { recursive: true, mode: 0o700 }).then(async () => {
      file = await open(path, "w", 0o600);
      await file.write(wavHeader(0));
    });
    writing.catch(this.#alarm);
    const tap = new RecordingTap((interleaved) => {
      writing = writing.then(async () => void (await file?.write(interleaved)));
      writing.catch(this.#alarm);
    });
    return {
      key: keyOf(session.tenantId, session.sessionId, String(attempt)),
      caller: (frame, timestampMs) => tap.caller(frame, timestampMs),
      agent: (audio) => tap.agent(audio),
      clear: () => tap.clear(),
      end: () => {
        tap.end();
        const finish = async () => {
          this.#recording.delete(name);
          await file?.close();
          await this.#storeOne(name);
        };
        this.#work = this.#work.then(() => writing.catch(() => undefined).then(finish)).catch(this.#alarm);
      },
    };
  }

  /** Stores what an earlier run or a failed attempt left behind, and removes what is past its days. */
  async sweep(): Promise<void> {
    this.#work = this.#work.then(() => this.#sweep()).catch(this.#alarm);
    await this.#work;
  }

  /** Resolves when what has ended is stored, or has failed to be. */
  flush(): Promise<void> {
    return this.#work;
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#spool).catch((): string[] => []))
      if (!this.#recording.has(name)) await this.#storeOne(name).catch(this.#alarm);
    const today = Math.floor(this.#clock.now() / DAY_MS);
    for (const name of await readdir(this.#kept).catch((): string[] => [])) {
      const [, until = "", key = ""] = KEPT.exec(name) ?? [];
      if (until === "" || Number(until) > today) continue;
      const note = join(this.#kept, name);
      const whose = await readFile(note, "utf8");
      await this.#store.remove(key.replaceAll("~", "/"));
      const removed = removedOf(whose);
      if (removed !== null) this.#onRemoved(removed);
      await rm(note, { force: true });
    }
  }

  async #storeOne(name: string): Promise<void> {
    const [, tenantId, sessionId, attempt, days, deploymentId] = SPOOLED.exec(name) ?? [];
    const path = join(this.#spool, name);
    if (tenantId === undefined || sessionId === undefined) return;
    const audioBytes = (await stat(path)).size - WAV_HEADER_BYTES;
    if (audioBytes > 0) {
      const key = keyOf(tenantId, sessionId, attempt ?? "1");
      const body = await readFile(path);
      wavHeader(audioBytes).copy(body);
      const until = Math.floor(this.#clock.now() / DAY_MS) + Number(days) + 1;
      await mkdir(this.#kept, { recursive: true, mode: 0o700 });
      // Told before it is stored: what nobody would remember to remove is never kept.
      const whose: RemovedRecording | null =
        deploymentId === undefined ? null : { tenantId, deploymentId, sessionId, key, bytes: body.length };
      const note = join(this.#kept, `${until}.${key.replaceAll("/", "~")}`);
      await writeFile(note, whose === null ? "" : JSON.stringify(whose), { mode: 0o600 });
      await this.#store.put(key, body, "audio/wav");
    }
    await rm(path, { force: true });
  }
}

/** Null for a note that was not written whole, or before notes told whose a recording is. */
function removedOf(note: string): RemovedRecording | null {
  try {
    return JSON.parse(note) as RemovedRecording;
  } catch {
    return null;
  }
}

const keyOf = (tenantId: string, sessionId: string, attempt: string): string =>
  `recordings/${tenantId}/${sessionId}-${attempt}.wav`.toLowerCase();
