import type { FaultPoint } from "@tandem/engine";
import type { AppProcess } from "./app-process.ts";
import type { Installation } from "./installation.ts";
import { markOf, type Observation, observe } from "./observation.ts";
import type { Office } from "./office.ts";

/** One way through the engine: how it begins, what sets it off, where it ends. */
export interface Flow {
  readonly name: string;
  /** Brings an office to where the flow begins. */
  readonly prepare: () => Promise<Office>;
  /** Sets it off and answers the rollout's id. */
  readonly trigger: (office: Office) => Promise<string>;
  readonly end: "succeeded" | "aborted" | "rolled-back";
  /** Journal boundaries at which the process is killed, one run each; `#n` for the n-th passing. */
  readonly points: readonly (FaultPoint | `${FaultPoint}#${number}`)[];
}

const DIES_WITHIN_MS = 45_000;

/** Workers of one installation, one at a time, each prepared while the one before still works. */
export class CrashLane {
  readonly installation: Installation;
  readonly #standby: Promise<AppProcess>[] = [];
  #current: AppProcess | undefined;

  constructor(installation: Installation) {
    this.installation = installation;
  }

  /** The worker at work; a new one when the last has died. */
  async worker(): Promise<AppProcess> {
    if (this.#current !== undefined && !this.#current.hasEnded) return this.#current;
    while (this.#standby.length < 2) this.#standby.push(this.installation.standbyWorker());
    const next = await (this.#standby.shift() as Promise<AppProcess>);
    next.begin();
    this.#current = next;
    return next.ready();
  }

  /** The undisturbed run of a flow: what every disturbed one must amount to. */
  undisturbed(flow: Flow): Promise<Observation> {
    return this.disturbed(flow, []);
  }

  /** Kills the worker at the points, one worker after the other; then (after `between`) lets a healthy one finish. */
  async disturbed(flow: Flow, points: readonly string[], between?: () => Promise<void>): Promise<Observation> {
    await this.worker();
    const office = await flow.prepare();
    const mark = await markOf(office);
    let rolloutId: string | undefined;
    for (const point of points) {
      const doomed = await this.worker();
      doomed.arm(point);
      rolloutId ??= await flow.trigger(office);
      await this.#expectDeath(doomed, `${flow.name} at ${point}`, office, rolloutId);
    }
    await between?.();
    await this.worker();
    rolloutId ??= await flow.trigger(office);
    await office.reach(rolloutId, [flow.end]);
    return observe(office, rolloutId, mark);
  }

  async #expectDeath(doomed: AppProcess, what: string, office: Office, rolloutId: string): Promise<void> {
    const ending = await doomed.ending(DIES_WITHIN_MS);
    const phase = ending === null ? (await office.rollout(rolloutId)).phase : "";
    if (ending?.signal === "SIGKILL") return;
    throw new Error(
      `${what}: the worker was to die there, but ${JSON.stringify(ending ?? "lives")}; the rollout is ${phase}`,
    );
  }
}
