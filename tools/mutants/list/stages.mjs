// Mutants of stages, gates and the pointer.
const engine = (path) => `libs/engine/src/${path}`;
const domain = (path) => `libs/domain/src/${path}`;
const seeds = 2000;

export const stages = [
  {
    name: "cleaning up does not wait for live calls",
    file: engine("stages/rollback.ts"),
    find: "  if (calls > 0 || lagMs > 0) {",
    replace: "  if (lagMs > 0) {",
    catcher: { seeds },
  },
  {
    name: "cleaning up does not wait for slow nodes",
    file: engine("stages/rollback.ts"),
    find: "  if (calls > 0 || lagMs > 0) {",
    replace: "  if (calls > 0) {",
    catcher: { test: "engine src/stages/rollback-lag.test.ts" },
  },
  {
    name: "a bake that told nothing passes",
    file: engine("stages/bake.ts"),
    find: '  if (verdict.kind === "passed") return { event: "stage-succeeded" };',
    replace: '  if (verdict.kind !== "breached") return { event: "stage-succeeded" };',
    catcher: { seeds },
  },
  {
    name: "a canary step that told nothing passes",
    file: engine("stages/shift.ts"),
    find: '  if (verdict.kind === "passed") return take(run, shift.step + 1, shift);',
    replace: '  if (verdict.kind !== "breached") return take(run, shift.step + 1, shift);',
    catcher: { seeds },
  },
  {
    name: "calls that go badly take nothing back",
    file: engine("stages/bake.ts"),
    find: '  if (verdict.kind === "breached" && (run.rollout.desired',
    replace: '  if (verdict.kind === ("never" as string) && (run.rollout.desired',
    catcher: { seeds },
  },
  {
    name: "nothing waits for nodes that are cut off",
    file: engine("observe/nodes-behind.ts"),
    find: "  if (behind.length === 0) return null;",
    replace: "  if (behind.length >= 0) return null;",
    catcher: { seeds },
  },
  {
    name: "apply does not wait for live calls",
    file: engine("stages/apply.ts"),
    find: "  if (calls > 0)\n",
    replace: "  if (calls > 1_000)\n",
    catcher: { seeds },
  },
  {
    name: "abort does not clean",
    file: engine("stages/abort.ts"),
    find: "  const outcome = await cleanSlot(run);",
    replace: "  const outcome = null as Awaited<ReturnType<typeof cleanSlot>>;",
    catcher: { seeds },
  },
  {
    name: "a failed smoke test passes",
    patches: [
      {
        file: engine("stages/smoke-test.ts"),
        find: '    event: report.passed ? "stage-succeeded" : "smoke-failed",',
        replace: '    event: "stage-succeeded",',
      },
      { file: engine("stages/smoke-test.ts"), find: "      if (!report.passed) return undefined;", replace: "" },
    ],
    catcher: { seeds },
  },
  {
    name: "held without a reason",
    file: engine("transition-writer.ts"),
    find: "    ...(!keepsReason && { reason }),",
    replace: "",
    catcher: { seeds },
  },
  {
    name: "a phase is entered without an audit row",
    file: engine("transition-writer.ts"),
    find: '    action: "rollout.phase-entered",',
    replace: '    action: "operation.entered",',
    catcher: { seeds },
  },
  {
    name: "an audit row for what did not happen",
    file: engine("executor/attempt.ts"),
    find: '      action: "operation.intended",',
    replace: '      action: "pointer.moved",',
    catcher: { seeds },
  },
  {
    name: "no audit, and nothing refuses it",
    patches: [
      {
        file: "libs/testkit/src/store/memory-transaction.ts",
        find: "    if (this.changes.length > 0 && this.audits.length === 0)\n",
        replace: "    if (this.changes.length < 0)\n",
      },
      {
        file: engine("executor/confirm.ts"),
        find: "    await transaction.audit({\n",
        replace: "    void ({\n",
      },
    ],
    catcher: { seeds },
  },
  {
    name: "an abort is not taken up",
    file: engine("route.ts"),
    find: "    wishOf(run) ??",
    replace: "    null ??",
    catcher: { seeds },
  },
  {
    name: "a vendor's words reach the reason",
    file: engine("executor/failure.ts"),
    find: '  return parts.filter((part) => part !== "").join(", ");',
    replace: '  return [...parts, String((error.cause as Error | undefined)?.message)].join(", ");',
    catcher: { seeds },
  },
  {
    name: "retire empties the previous slot",
    file: engine("stages/retire.ts"),
    find: "      await transaction.patchSlot(previous.slot, { state });",
    replace:
      '      await transaction.patchSlot(previous.slot, { state: "empty", bundleHash: null, readyBundleHash: null });',
    catcher: { seeds },
  },
  {
    name: "the plan's hash is not checked at apply",
    file: engine("stages/apply.ts"),
    find: "  if (plan === null || plan.hash !== run.rollout.planHash)",
    replace: "  if (plan === null)",
    catcher: { test: "engine src/stages/plan-hash.test.ts" },
  },
  {
    name: "a stale plan is applied",
    patches: ["stages/apply.ts", "stages/plan.ts"].map((file) => ({
      file: engine(file),
      find: '  if (moved.length > 0) return { event: "plan-stale"',
      replace: '  if (moved.length < 0) return { event: "plan-stale"',
    })),
    catcher: { test: "engine src/stages/stages.test.ts" },
  },
  {
    name: "the expiry of an approval is ignored at the switch",
    file: engine("pointer-move.ts"),
    find: "  return approvalLost(run);",
    replace: "  return null;",
    catcher: { test: "engine src/stages/stages.test.ts" },
  },
  {
    name: "a freeze does not stop the switch",
    file: engine("pointer-move.ts"),
    find: "  const shut = await pointerGate(run, transaction);",
    replace: "  const shut = null as Awaited<ReturnType<typeof pointerGate>>;",
    catcher: { seeds },
  },
  {
    name: "an author approves",
    file: domain("rollout/request-decision.ts"),
    find: '  if (policy.approval === "required" && createdBy === asker.subject && policy.authorMayApprove !== true) {',
    replace: '  if (policy.approval === "required" && createdBy === "" && policy.authorMayApprove !== true) {',
    catcher: { test: "domain src/rollout" },
  },
  {
    name: "a tainted slot is planned as it was last applied",
    file: domain("plan/slot-change.ts"),
    find: '  const isTainted = planning.input.slots[planning.target].state === "tainted";\n  const action',
    replace: "  const isTainted = false;\n  const action",
    catcher: { test: "domain src/plan" },
  },
  {
    name: "a rollback goes to a slot that is not intact",
    file: domain("rollout/rollback-decision.ts"),
    find: "  if (!slot.intact) {",
    replace: '  if (slot.state === "empty") {',
    catcher: { test: "domain src/rollout" },
  },
];
