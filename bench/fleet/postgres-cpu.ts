import { readFileSync } from "node:fs";
import type pg from "pg";

const TICK_MS = 10; // 100 ticks a second on Linux

/** CPU time that the database's present sessions have used so far, milliseconds; NaN where the system does not tell. */
export async function postgresCpuMs(superuser: pg.Pool): Promise<number> {
  const { rows } = await superuser.query<{ pid: number }>("SELECT pid FROM pg_stat_activity");
  return rows.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
}

function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return process.platform === "linux" ? 0 : Number.NaN;
  }
}
