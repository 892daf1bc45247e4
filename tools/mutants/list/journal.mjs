// Mutants of the journal: intent, settle, lookup, outcome, fence. Caught by simulated schedules.
const engine = (path) => `libs/engine/src/${path}`;
const store = "libs/testkit/src/store/memory-store.ts";
const seeds = 2000;

/** An old holder goes on writing and renewing. */
const noFence = [
  {
    file: store,
    find: "const holds = (state: DeploymentState, lease: Lease): boolean => state.leaseEpoch === lease.epoch;",
    replace: "const holds = (_state: DeploymentState, _lease: Lease): boolean => true;",
  },
  { file: store, find: " || state.leaseOwner !== lease.workerId) throw lost();", replace: ") throw lost();" },
];

export const journal = [
  {
    name: "no fence",
    patches: noFence,
    catcher: { seeds },
  },
  {
    name: "no fence, and a lease keeps nobody away",
    patches: [...noFence, { file: store, find: "  if (!isFree(database, state)) return null;", replace: "" }],
    catcher: { seeds },
  },
  {
    name: "no intent",
    file: engine("executor/attempt.ts"),
    find: "  const intent = await writeIntent(stepRun);",
    replace: '  const intent = "to-write" as Intent;',
    catcher: { seeds },
  },
  {
    name: "an intent is written and never kept",
    file: "libs/testkit/src/store/memory-transaction.ts",
    find: "    const { isIntent, notBeforeInMs, ...rest } = patch;",
    replace: "    const { isIntent, notBeforeInMs, ...rest } = patch;\n    if (isIntent === true) return;",
    catcher: { seeds },
  },
  {
    name: "another deployment's intent is ignored",
    file: engine("executor/attempt.ts"),
    find: '    if (isFirst && (await transaction.isWrittenElsewhere(externalKey))) return "taken";',
    replace: "",
    catcher: { seeds },
  },
  {
    name: "what another deployment has made is made again",
    file: engine("executor/attempt.ts"),
    find: 'isFirst && verb === "create" && (await transaction.appliedElsewhere(externalKey)).length > 0;',
    replace: "false;",
    catcher: { seeds },
  },
  {
    name: "a resumed step has no more tries than before",
    file: engine("executor/tries.ts"),
    find: "  return heldStep?.seq === step.seq ? attempts - heldStep.attempt : attempts;",
    replace: "  return heldStep?.seq === step.seq ? attempts : attempts;",
    catcher: { test: "engine src/executor/resume.test.ts" },
  },
  {
    name: "a throttled try forgets the creation that may still arrive",
    file: engine("executor/attempt.ts"),
    find: '  const mayArrive = verb === "create" && step.state === "intent";',
    replace: "  const mayArrive = false;",
    catcher: { test: "engine src/executor/executor.test.ts" },
  },
  {
    name: "a slot promises to be ready while its objects are laid out for removal",
    file: engine("executor/clean-slot.ts"),
    find: "      await transaction.patchSlot(run.target, { state, readyBundleHash: null });\n      const reversals",
    replace: "      const reversals",
    catcher: { test: "engine src/executor/resume.test.ts" },
  },
  {
    name: "a reversal waits for an object that is gone",
    file: engine("executor/resume.ts"),
    find: "    if (isReversal(stepRun)) return skipGone(stepRun);\n",
    replace: "",
    catcher: { test: "engine src/executor/resume.test.ts" },
  },
  {
    name: "no settle wait",
    file: engine("executor/settle.ts"),
    find: "  if (leftMs <= 0) return null;",
    replace: "  if (leftMs <= 60_000) return null;",
    catcher: { seeds },
  },
  {
    name: "no lookup on resume",
    file: engine("executor/resume.ts"),
    find: '  const look = step.operation.verb === "create" ? await lookByKey(stepRun) : await lookById(stepRun);\n  if (look.kind === "reached")',
    replace: '  const look = { kind: "absent" } as Look;\n  if (look.kind === "reached")',
    catcher: { seeds },
  },
  {
    name: "adopts nothing",
    file: engine("executor/resume.ts"),
    find: '  if (look.kind === "reached") return adopt(stepRun, look.object);',
    replace: '  if (look.kind === "reached") return attempt(stepRun);',
    catcher: { seeds },
  },
  {
    name: "a part of a listing is taken for all of it",
    file: engine("executor/resume.ts"),
    find: '    if (listing.complete) return { kind: "absent" };',
    replace: '    if (listing.complete || true) return { kind: "absent" };',
    catcher: { seeds },
  },
  {
    name: "a call may begin long after its intent",
    file: engine("executor/attempt.ts"),
    find:
      "  await run.lease.ensure(settings.callDeadlineMs);\n" +
      "  if (clock.monotonicMs() - beforeIntent > settings.callStartMs) return takeBack(stepRun);",
    replace: "",
    catcher: { seeds },
  },
  {
    name: "an outcome is not written",
    file: engine("executor/confirm.ts"),
    find: '      state: "done",',
    replace: '      state: "intent",',
    catcher: { seeds },
  },
  {
    name: "what was read back is not compared",
    file: engine("executor/confirm.ts"),
    find: "  if (!connection.resources.reached(verb, target, found)) return AGAIN;",
    replace: "",
    catcher: { test: "engine src/executor/executor.test.ts" },
  },
  {
    name: "the request hash leaves out the fields",
    file: engine("executor/run-steps.ts"),
    find: "    fields: target.fields,\n  });",
    replace: "  });",
    catcher: { seeds },
  },
  {
    name: "time by the clock of the process",
    file: engine("advance.ts"),
    find: "    nowMs: () => base + (context.clock.monotonicMs() - since),",
    replace: "    nowMs: () => context.clock.now(),",
    catcher: { seeds },
  },
  {
    name: "open intents are not settled before cleaning up",
    file: engine("executor/clean-slot.ts"),
    find: "  const unsettled = await settleOpenIntents(run);",
    replace: "  const unsettled = null;",
    catcher: { seeds },
  },
  {
    name: "due_at is ignored",
    file: "libs/store/src/rollouts/due.ts",
    find: "r.due_at <= clock_timestamp() OR",
    replace: "r.due_at IS NOT NULL OR",
    catcher: { test: "store src/rollouts/due.test.ts" },
  },
];
