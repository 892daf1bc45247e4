import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import type { EventLog } from "./event-log.ts";
import type { Verdict } from "./measures.ts";
import { useLooks } from "./use-looks.ts";
import type { Rollout } from "./words.ts";

const verdict = (candidate: number, toMs: number): Verdict => ({
  kind: "gathering",
  detail: "",
  alarms: [],
  comparisons: [{ metric: "booked", candidate, baseline: 0.5, candidateSamples: 1, baselineSamples: 1, state: "open" }],
  isReduced: false,
  baseline: "concurrent",
  leftMs: 0,
  window: { fromMs: 0, toMs },
});
const kept = (toMs: number) => ({
  at: new Date(toMs).toISOString(),
  watch: "baking",
  verdict: verdict(toMs / 10_000, toMs),
});

function Shown({ evidence, log = [] }: { readonly evidence: Verdict | null; readonly log?: EventLog }) {
  const looks = useLooks("acme", { id: "r1", evidence } as Rollout, log);
  return <output>{looks.map(({ atMs }) => atMs).join(" ")}</output>;
}

test("a rollout that is over shows every kept look, page by page, and how it ended", async () => {
  const pages = [
    { items: [kept(1000), kept(2000)], next: "more" },
    { items: [kept(3000)], next: null },
  ];
  const asked = stubApi({
    "GET /v1/rollouts/r1/evidence": ({ address }) => Response.json(pages[address.includes("cursor=more") ? 1 : 0]),
  });
  renderAs(["read"], <Shown evidence={verdict(0.9, 4000)} />);
  expect(screen.getByRole("status").textContent, "nothing is drawn from a part of them").toBe("");
  expect(await screen.findByText("1000 2000 3000 4000")).toBeTruthy();
  expect(asked).toHaveLength(2);
});

test("one from before looks were kept shows what its timeline tells", async () => {
  stubApi({ "GET /v1/rollouts/r1/evidence": { items: [], next: null } });
  const event = { seq: 1, at: "1970-01-01T00:00:07Z", type: "evidence-weighed", payload: verdict(0.4, 6000) };
  renderAs(["read"], <Shown evidence={null} log={[event] as unknown as EventLog} />);
  expect(await screen.findByText("6000")).toBeTruthy();
});
