import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from "@nestjs/common";
import type { ControlStore } from "@tandem/ports/store/control";
import { STORE } from "../tokens.ts";

/** Wakes whoever follows a rollout when it has new events. One database listener serves all followers of this process. */
@Injectable()
export class RolloutWatch implements OnModuleInit, BeforeApplicationShutdown {
  private readonly sleepers = new Map<string, Set<() => void>>();
  private watch: { close(): Promise<void> } | undefined;

  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  async onModuleInit(): Promise<void> {
    this.watch = await this.store.watchRollouts((rolloutId) => this.wake(rolloutId));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.wake(null);
    await this.watch?.close();
  }

  /** Resolves when the rollout may have new events, at the latest after `mostMs` (which heals lost notifications). */
  changed(rolloutId: string, mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const sleepers = this.sleepers.get(rolloutId) ?? new Set();
      const wake = () => {
        clearTimeout(timer);
        sleepers.delete(wake);
        if (sleepers.size === 0) this.sleepers.delete(rolloutId);
        resolve();
      };
      const timer = setTimeout(wake, mostMs);
      this.sleepers.set(rolloutId, sleepers.add(wake));
    });
  }

  private wake(rolloutId: string | null): void {
    const woken = rolloutId === null ? [...this.sleepers.values()] : [this.sleepers.get(rolloutId) ?? []];
    for (const sleepers of woken) for (const wake of sleepers) wake();
  }
}
