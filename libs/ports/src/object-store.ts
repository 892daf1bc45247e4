/** Recordings and pre-rendered audio: bytes under a key, written whole. Errors: `AppError` `storage_unavailable`. */
export interface ObjectStore {
  /** Writes or replaces. Keys are `/`-separated lower-case names, e.g. `recordings/<tenant>/<session>.wav`. */
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** Removing what is gone is no error. */
  remove(key: string): Promise<void>;
}
