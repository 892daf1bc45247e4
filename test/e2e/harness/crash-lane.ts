import type { FaultPoint } from "@tandem/engine";
import { expect } from "vitest";
import type { AppProcess } from "./app-process.ts";
import type { Installation } from "./installation.ts";
import { type Mark, markOf, type Observation, observe } from "./observation.ts";
import type { Office } from "./office.ts";

/** One way through the engine: how it begins, what sets it off, where it ends. */
export interface Flow {
  readonly name: string;
  /** With a healthy worker: brings an office to where the flow begins. */
  readonly prepare: () => Promise<Office>;
  /** Sets it off and answers the rollout's id. */
  readonly trigger: (office: Office) => Promise<string>;
  readonly end: "succeeded" | "aborted" | "rolled-back";
  /** Journal boundaries at which the process is killed, one run each; `#n` for the n-th passing. */
  readonly points: readonly (FaultPoint | `${FaultPoint}#${number}`)[];
}

/** Workers of one installation, one at a time, each prepared while the one before still works. */
export class CrashLane {
  readonly installation: Installation;
  #standby: Promise<AppProcess>[] = [];
  #current: AppProcess | undefined;

  constructor(installation: Installation) {
    this.installation = installation;
  }

  /** A worker without fault is at work. */
  async heal(): Promise<void> {
    if (this.#current !== undefined && !this.#current.hasEnded) return;
    await this.#begin({});
  }

  /** The undisturbed run of a flow: what every disturbed one must amount to. */
  async undisturbed(flow: Flow): Promise<Observation> {
    await this.heal();
    const office = await flow.prepare();
    const mark = await markOf(office);
    const rolloutId = await flow.trigger(office);
    await office.reach(rolloutId, [flow.end]);
    return observe(office, rolloutId, mark);
  }

  /** Kills the worker at each of the points in turn, a fresh one each time; then lets a healthy one finish. */
  async disturbed(flow: Flow, points: readonly string[]): Promise<Observation> {
    await this.heal();
    const office = await flow.prepare();
    const mark: Mark = await markOf(office);
    await this.#current?.stop();
    let rolloutId: string | undefined;
    for (const point of points) {
      const doomed = await this.#begin({ TANDEM_FAULT: point });
      rolloutId ??= await flow.trigger(office);
      const ending = await doomed.ending(20_000);
      expect(ending, `${flow.name} never passes ${point}; the worker lives and the rollout is ${(await office.rollout(rolloutId)).phase}`).toEqual({ code: null, signal: "SIGKILL" });
    }
    await this.heal();
    if (rolloutId === undefined) throw new Error("no point was given");
    await office.reach(rolloutId, [flow.end]);
    return observe(office, rolloutId, mark);
  }

  async #begin(variables: Record<string, string>): Promise<AppProcess> {
    while (this.#standby.length < 3) this.#standby.push(this.installation.standbyWorker());
    const next = await (this.#standby.shift() as Promise<AppProcess>);
    this.#current = next;
    next.begin(variables);
    return variables["TANDEM_FAULT"] === undefined ? next.ready() : next;
  }
}
