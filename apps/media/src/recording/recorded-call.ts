import type { ReleaseBundle } from "@tandem/domain/release";
import type { CallLine } from "../pipeline/call-line.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { Recorder, Recordings } from "./recordings.ts";

/** The recording of one call as the release's consent policy allows it: never, from the beginning, or from a yes on. Trial calls leave none. */
export class RecordedCall {
  readonly #recordings: Recordings;
  readonly #session: LiveSession;
  readonly #days: number;
  readonly #mode: ReleaseBundle["policies"]["consent"]["recording"];
  readonly #onBegun: (key: string) => void;
  #recorder: Recorder | null = null;

  constructor(options: {
    readonly recordings: Recordings;
    readonly session: LiveSession;
    readonly bundle: ReleaseBundle;
    /** Told under which key the recording will be stored. */
    readonly onBegun: (key: string) => void;
  }) {
    const { policies } = options.bundle;
    this.#recordings = options.recordings;
    this.#session = options.session;
    this.#onBegun = options.onBegun;
    this.#mode = options.session.kind === "trial" ? "none" : policies.consent.recording;
    this.#days = policies.retention.recordingDays;
    if (this.#mode === "announce") this.#begin();
  }

  /** The caller has answered the question whether the call may be recorded. */
  consent(isGiven: boolean): void {
    if (this.#mode === "ask" && isGiven) this.#begin();
  }

  caller(frame: Uint8Array, timestampMs: number): void {
    this.#recorder?.caller(frame, timestampMs);
  }

  /** The line with what is sent on it recorded too. */
  tapped(line: CallLine): CallLine {
    if (this.#mode === "none" || this.#days === 0) return line;
    return {
      send: (audio) => {
        this.#recorder?.agent(audio);
        line.send(audio);
      },
      mark: (name) => line.mark(name),
      clear: () => {
        this.#recorder?.clear();
        line.clear();
      },
      close: () => line.close(),
    };
  }

  end(): void {
    this.#recorder?.end();
    this.#recorder = null;
  }

  #begin(): void {
    if (this.#days === 0 || this.#recorder !== null) return;
    this.#recorder = this.#recordings.begin(this.#session, this.#days);
    this.#onBegun(this.#recorder.key);
  }
}
