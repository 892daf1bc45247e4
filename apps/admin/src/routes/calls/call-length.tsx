import { Duration } from "../../ui/amount.tsx";
import { useNow } from "../../ui/use-now.ts";

interface CallLengthProps {
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** From answer to end; of a call in progress it counts on. */
export function CallLength({ startedAt, endedAt }: CallLengthProps) {
  const now = useNow(endedAt === null);
  const untilMs = endedAt === null ? now : Date.parse(endedAt);
  return <Duration ms={Math.max(0, Math.floor((untilMs - Date.parse(startedAt)) / 1000) * 1000)} />;
}
