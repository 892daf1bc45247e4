/** How long after `g` another key belongs to it, milliseconds. */
const SEQUENCE_MS = 1000;

/** Reads single keys and pairs that begin with `g`, by the time of each key; null while a pair is waited for. */
export function keySequence(): (key: string, atMs: number) => string | null {
  let startedAtMs = -Infinity; // a page is younger than a second at first
  return (key, atMs) => {
    const isSecond = atMs - startedAtMs < SEQUENCE_MS;
    startedAtMs = key === "g" ? atMs : -Infinity;
    if (key === "g") return null;
    return isSecond ? `g ${key}` : key;
  };
}
