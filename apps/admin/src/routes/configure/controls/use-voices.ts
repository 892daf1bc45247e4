import { useQuery, type UseMutationResult } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { Schemas } from "../../../api/generated/schema.ts";
import type { ApiProblem } from "../../../api/problem.ts";
import { read } from "../../../api/query.ts";
import { useWrite } from "../../../api/write.ts";

export type Voices = Schemas["ConnectionVoices"];
export type Voice = Voices["voices"][number];
/** Has a worker ask the vendor for the voices of a connection. */
export type VoiceLook = UseMutationResult<Schemas["CheckReference"], ApiProblem, string>;

const LOOK_AGAIN_MS = 1000;
const DAY_MS = 86_400_000;
const AFTER_FAILURE_MS = 300_000;

/** The voices of a connection's account as they were read last, followed while they are being read. */
export function useVoices(
  tenant: string,
  connection: string,
): { readonly voices: Voices | undefined; readonly look: VoiceLook } {
  const { data: voices } = useQuery({
    ...read("/v1/connections/{id}/voices", { tenant, path: { id: connection } }),
    refetchInterval: ({ state }) => (state.data?.look?.state === "pending" ? LOOK_AGAIN_MS : false),
  });
  const look = useWrite({
    tenant,
    send: (id: string, idempotencyKey) =>
      api.post("/v1/connections/{id}/voices", { tenant, path: { id }, idempotencyKey }),
  });
  return { voices, look };
}

/** Whether they should be read by themselves: never yet or a day ago, and not tried in vain a moment ago. */
export function isVoicesOld({ asOf, look }: Voices, nowMs = Date.now()): boolean {
  if (look?.state === "pending") return false;
  if (look?.state === "failed" && nowMs - Date.parse(look.askedAt) < AFTER_FAILURE_MS) return false;
  return asOf === null || nowMs - Date.parse(asOf) > DAY_MS;
}
