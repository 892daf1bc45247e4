/** Calls `log` for the first event and then at most once per `periodMs`, with the number left out: against error loops that fill disks. */
export function rateLimited(
  periodMs: number,
  log: (leftOut: number, error: unknown) => void,
): (error: unknown) => void {
  let nextAt = 0;
  let leftOut = 0;
  return (error) => {
    const now = performance.now();
    if (now < nextAt) {
      leftOut += 1;
      return;
    }
    nextAt = now + periodMs;
    log(leftOut, error);
    leftOut = 0;
  };
}
