import { signalValue } from "./signal-value.ts";

/** `expired`: the session has ended; `confirm`: this write wants the password once more. */
export type SignInReason = "expired" | "confirm";

const asked = signalValue<SignInReason | null>(null);
let waiting: ((isSignedIn: boolean) => void)[] = [];
let isAttended = false;

/**
 * Where requests wait while the person signs in again, so that nothing typed is lost: the page stays as it is under the dialog.
 * Without a dialog on the screen (the sign-in page itself) nobody waits.
 */
export const signInGate = {
  /** What the dialog asks for; null when it is closed. */
  get: asked.get,
  subscribe: asked.subscribe,
  /** The dialog is on the screen; answers how to say it has left. */
  attend(): () => void {
    isAttended = true;
    return () => {
      isAttended = false;
      signInGate.settle(false);
    };
  },
  /** Resolves with true once the person has signed in, with false when they would not. */
  pass(reason: SignInReason, signal?: AbortSignal): Promise<boolean> {
    if (!isAttended || signal?.aborted === true) return Promise.resolve(false);
    asked.set(asked.get() ?? reason);
    return new Promise((resolve) => {
      waiting.push(resolve);
      signal?.addEventListener("abort", () => resolve(false), { once: true });
    });
  },
  /** Lets everyone go on, or tells them all no. */
  settle(isSignedIn: boolean): void {
    const released = waiting;
    waiting = [];
    asked.set(null);
    for (const resolve of released) resolve(isSignedIn);
  },
};
