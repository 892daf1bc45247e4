import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { openStream, type StreamState } from "../../api/stream.ts";
import { type EventLog, logged, type RolloutEvent } from "./event-log.ts";

/** Events come in bursts; the page draws, and reads anew, once for each. */
const DRAW_MS = 60;
const READ_MS = 350;

interface Followed {
  readonly log: EventLog;
  readonly state: StreamState;
}

const NOTHING: Followed = { log: [], state: "connecting" };

/**
 * What happens in the rollout, as it happens. The stream comes back by itself after the last event it has, and ends with the rollout; what
 * was read of the rollout is read anew behind its events.
 */
export function useRolloutEvents(tenant: string, rollout: string): Followed {
  const client = useQueryClient();
  const [followed, setFollowed] = useState<Followed>(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    let came: RolloutEvent[] = [];
    const draw = afterBurst(DRAW_MS, () => {
      const events = came;
      came = [];
      setFollowed((before) => ({ ...before, log: logged(before.log, events) }));
    });
    const readAnew = afterBurst(READ_MS, () => {
      void client.invalidateQueries({
        predicate: ({ queryKey: [, of, path, input] }) => of === tenant && isAbout(path, input, rollout),
      });
    });
    setFollowed(NOTHING);
    void openStream({
      address: `/v1/rollouts/${rollout}/events`,
      tenant,
      signal: stop.signal,
      onState: (state) => setFollowed((before) => ({ ...before, state })),
      onEvent: ({ data }) => {
        came.push(JSON.parse(data) as RolloutEvent);
        draw.soon();
        readAnew.soon();
      },
    });
    return () => {
      stop.abort();
      draw.stop();
      readAnew.stop();
    };
  }, [client, tenant, rollout]);
  return followed;
}

const isAbout = (path: unknown, input: unknown, rollout: string): boolean =>
  typeof path === "string" &&
  path.startsWith("/v1/rollouts/{id}") &&
  (input as { path?: { id?: string } } | undefined)?.path?.id === rollout;

function afterBurst(ms: number, act: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    soon(): void {
      timer ??= setTimeout(() => {
        timer = undefined;
        act();
      }, ms);
    },
    stop: (): void => clearTimeout(timer),
  };
}
