import { randomUUID } from "node:crypto";
import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from "@nestjs/common";
import type { ControlStore } from "@tandem/ports/store/control";
import type { ChangeNotice } from "@tandem/ports/store/overview";
import { STORE } from "../tokens.ts";

/** A change with its place in this process's order. */
export interface NumberedChange {
  readonly seq: number;
  readonly change: ChangeNotice;
}

/** How many changes can be had again. */
const KEPT = 4096;
/** Calls begin and end often: pages are told of a deployment's at most this often. */
const CALLS_EVERY_MS = 1000;

/**
 * Hears every change once for this process and keeps the last ones in order, so that a page that lost its stream goes on where it was. An
 * id that is not of this process, or too old, is answered with "everything may have changed".
 */
@Injectable()
export class ChangeHub implements OnModuleInit, BeforeApplicationShutdown {
  private readonly epoch = randomUUID().slice(0, 8);
  private kept: NumberedChange[] = [];
  private seq = 0;
  /** Changes up to this number may have been missed: whoever has seen less must look at everything. */
  private unsureUpTo = 0;
  private readonly sleepers = new Set<() => void>();
  private readonly calls = new Map<string, NodeJS.Timeout | null>();
  private watch: { close(): Promise<void> } | undefined;

  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  async onModuleInit(): Promise<void> {
    this.watch = await this.store.watchChanges((change) => this.hear(change));
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.calls.values()) if (timer !== null) clearTimeout(timer);
    this.wake();
    await this.watch?.close();
  }

  /** The place that a client is at; null: it must look at everything first. */
  placeOf(lastEventId: string | undefined): number | null {
    const [epoch, text] = (lastEventId ?? "").split(".");
    return epoch === this.epoch && text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
  }

  idOf(seq: number): string {
    return `${this.epoch}.${seq}`;
  }

  get last(): number {
    return this.seq;
  }

  /** What came after a place; null when it may not be all. */
  after(seq: number): readonly NumberedChange[] | null {
    const first = this.kept[0]?.seq ?? this.seq + 1;
    if (seq < this.unsureUpTo || seq < first - 1 || seq > this.seq) return null;
    return this.kept.slice(seq - first + 1);
  }

  /** Resolves when there is something after this place, at the latest after `mostMs`, or with the signal. */
  changed(seq: number, mostMs: number, signal: AbortSignal): Promise<void> {
    if (this.seq > seq || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, mostMs);
      signal.addEventListener("abort", wake, { once: true });
      this.sleepers.add(wake);
    });
  }

  private hear(change: ChangeNotice | null): void {
    if (change === null) {
      this.seq += 1;
      this.unsureUpTo = this.seq;
      this.kept = [];
      this.wake();
    } else if (change.kind === "session" && change.deployment !== undefined) this.hearCall(change.deployment, change);
    else this.keep(change);
  }

  /** The first at once, those that follow within a second as one. */
  private hearCall(deployment: string, change: ChangeNotice): void {
    const waiting = this.calls.get(deployment);
    if (waiting !== undefined) {
      if (waiting === null)
        this.calls.set(
          deployment,
          this.later(deployment, () => this.hearCall(deployment, change)),
        );
      return;
    }
    this.keep(change);
    this.calls.set(deployment, null);
    const rest = setTimeout(() => {
      if (this.calls.get(deployment) === null) this.calls.delete(deployment);
    }, CALLS_EVERY_MS);
    rest.unref();
  }

  private later(deployment: string, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.calls.delete(deployment);
      work();
    }, CALLS_EVERY_MS);
    timer.unref();
    return timer;
  }

  private keep(change: ChangeNotice): void {
    this.seq += 1;
    this.kept.push({ seq: this.seq, change });
    if (this.kept.length > KEPT * 2) this.kept = this.kept.slice(-KEPT);
    this.wake();
  }

  private wake(): void {
    for (const wake of this.sleepers) wake();
  }
}
