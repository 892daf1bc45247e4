import { setFaultHook } from "@tandem/kernel";

/**
 * Kills this process at a journal boundary: `<point>` at its first passing, `<point>#<n>` at its n-th. For crash tests only; a
 * production process has no such setting and its fault points do nothing.
 */
export function installFaultPoint(setting: string | null): void {
  if (setting === null) return;
  const [point, count = "1"] = setting.split("#");
  let passings = 0;
  setFaultHook((passed) => {
    if (passed !== point) return;
    passings += 1;
    if (passings === Number(count)) process.kill(process.pid, "SIGKILL");
  });
}
