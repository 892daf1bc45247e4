import { listen, type Listener } from "./listen.ts";
import { CHANNELS, type WorkNotice } from "./notices.ts";
import { resolveOptions, type StoreOptions } from "./options.ts";

/**
 * Tells a worker or a doorbell where something is waiting, after the commit that caused it, and with null after each (re)connect,
 * when everything must be looked at. A hint only: the sweep finds the work anyway.
 */
export function listenForWork(options: StoreOptions, onWork: (notice: WorkNotice | null) => void): Promise<Listener> {
  const { directUrl, url, applicationName } = resolveOptions(options);
  return listen({
    url: directUrl ?? url,
    applicationName,
    channels: [CHANNELS.work],
    onNotice: (_channel, payload) => onWork(JSON.parse(payload) as WorkNotice),
    onResync: () => onWork(null),
  });
}
