const KEY = /^[a-z0-9][a-z0-9._-]{0,127}(\/[a-z0-9][a-z0-9._-]{0,127}){0,7}$/;

/** True for `/`-separated lower-case names, eight at most: as a path or as part of an address it leads nowhere else. */
export const isObjectKey = (key: string): boolean => KEY.test(key);

/** Recordings and pre-rendered audio: bytes under a key, written whole. Errors: `AppError` `storage_unavailable`, also for what `isObjectKey` refuses. */
export interface ObjectStore {
  /** Writes or replaces. Keys are `/`-separated lower-case names, e.g. `recordings/<tenant>/<session>.wav`. */
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** Removing what is gone is no error. */
  remove(key: string): Promise<void>;
}
