/** What a fault point does when a test or the simulator has hooked it: it may throw, wait or end the process. */
export type FaultHook = (point: string) => void | Promise<void>;

let hook: FaultHook | undefined;

/** Installs (or with `undefined` removes) the hook of this process. Production installs none. */
export function setFaultHook(next: FaultHook | undefined): void {
  hook = next;
}

/** Marks a journal boundary by name, e.g. `step.outcome.before`. Does nothing unless a hook is installed. */
export function fault(point: string): void | Promise<void> {
  return hook?.(point);
}
