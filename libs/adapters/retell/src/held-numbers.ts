import type { AgentShare, HeldNumbers } from "@tandem/ports/voice-agent";
import { once } from "./client.ts";
import { NumberAnswer } from "./wire.ts";
import { type RetellWorkspace, unlessMissing } from "./workspace.ts";

const WHOLE_BP = 10_000;

/** The numbers that a workspace holds: which agents answer where the inbound webhook does not. */
export const heldNumbers = ({ sdk, calls }: RetellWorkspace): HeldNumbers => ({
  agentsOf: (number) =>
    unlessMissing(
      calls.run("read number", (requests) =>
        requests.read(async (signal) => {
          const { inbound_agents } = NumberAnswer.parse(await sdk.phoneNumber.retrieve(number, once(signal)));
          return (inbound_agents ?? []).map(({ agent_id, agent_version, weight }): AgentShare => ({
            agentId: agent_id,
            agentVersion: agent_version ?? null,
            weightBp: Math.round(weight * WHOLE_BP),
          }));
        }),
      ),
    ),
  setAgents: (number, shares) =>
    calls.run("set the agents of a number", (requests) =>
      requests.write(async (signal) => {
        const inbound_agents = shares.map(({ agentId, agentVersion, weightBp }) => ({
          agent_id: agentId,
          weight: weightBp / WHOLE_BP,
          ...(agentVersion !== null && { agent_version: agentVersion }),
        }));
        await sdk.phoneNumber.update(number, { inbound_agents }, once(signal));
      }),
    ),
});
