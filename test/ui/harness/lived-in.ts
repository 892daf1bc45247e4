import type { CallerStep } from "@tandem/domain/manifest";
import { sessionOf } from "../../e2e/harness/carrier.ts";
import { goLive } from "../../e2e/harness/go-live.ts";
import { eventually } from "../../e2e/harness/patience.ts";
import { publishShort, speakFast, talk } from "../../e2e/harness/spoken.ts";
import type { Ui } from "./ui.ts";

const CALL: readonly CallerStep[] = [
  { do: "listen", withinMs: 20_000 },
  { do: "say", text: "I have a question about my last bill. It can wait." },
  { do: "listen", withinMs: 20_000 },
  { do: "say", text: "This is Anna Example." },
  { do: "listen", withinMs: 20_000 },
];

/** Ids of what happened in the demo tenant, for the addresses of its pages. */
export interface LivedIn {
  readonly deployment: string;
  /** The first release's rollout, ended. */
  readonly first: string;
  /** The second release's, which takes calls and is watched. */
  readonly rollout: string;
  /** Of a change that nobody has rolled out. */
  readonly plan: string;
  /** A caller's call that is over. */
  readonly session: string;
  readonly incident: string;
  /** Of the second tenant's deployment, in one wave. */
  readonly fleet: string;
}

/** Two releases, the second in its bake, a call, a plan that waits, an open incident. Needs an office whose agent is Tandem's own. */
export async function liveIn(ui: Ui): Promise<LivedIn> {
  const { office } = ui;
  await speakFast(ui.installation);
  await goLive(office);
  const [first] = (await office.api.get(`/v1/deployments/${office.deploymentId}/rollouts?limit=1`)).items as {
    id: string;
  }[];
  await publishShort(office, { version: "9.4.0", greeting: "What can I do for you?", hears: "What can I do for you" });
  const { id: rollout } = await office.roll({ bakeMs: 3_600_000 });
  await office.reach(rollout, ["baking"], 240_000);
  const report = await (await talk(office, "+15550199103", CALL)).ended;
  const session = await sessionOf(office, report.callId);
  await eventually("the call is over", async () =>
    (await sessionOf(office, report.callId)).endedAt === null ? undefined : true,
  );
  await office.set({ businessDescription: "Repairs heating and water pipes in the harbor district, day and night." });
  const { plan } = await office.plan();
  const incident = await office.api.post(`/v1/deployments/${office.deploymentId}/incidents`, {
    severity: "sev-2",
    summary: "Callers hear long silences",
    stack: "intelligence",
  });
  return {
    deployment: office.deployment,
    first: first?.id ?? "",
    rollout,
    plan: plan.id as string,
    session: session.id,
    incident: incident.id as string,
    fleet: await fleetOf(ui),
  };
}

async function fleetOf(ui: Ui): Promise<string> {
  const { api, deploymentId } = await ui.neighbour();
  const { items } = await api.get("/v1/manifests?playbook=after-hours-answering&limit=1");
  const fleet = await ui.installation.platform.post("/v1/fleet-rollouts", {
    playbook: "after-hours-answering",
    version: items[0].version,
    deploymentIds: [deploymentId],
    includesNeverLive: true,
  });
  return fleet.id as string;
}
