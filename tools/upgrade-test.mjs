// The release before beside this one, on one database: `npm run upgrade-test [-- --seconds 300 --seed S --before <commit>]`. Prints
// what was rolled out and what is wrong; exits 1 on any violation. Without the earlier commit in the history it is skipped.
import { parseArgs } from "node:util";
import build from "../test/e2e/harness/build.ts";
import { buildTree, hasCommit, unpackTree } from "../test/upgrade/earlier-tree.ts";
import { RELEASE_BEFORE } from "../test/upgrade/release-before.ts";
import { runUpgrade } from "../test/upgrade/run-upgrade.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    before: { type: "string", default: RELEASE_BEFORE.commit },
  },
});
if (!hasCommit(values.before)) {
  console.log(
    `upgrade: 1 skipped: the release before (${values.before}) is not in this history; fetch all of it to run it`,
  );
  process.exit(0);
}
console.log(`upgrade: ${values.before} beside this version, ${values.seconds} s, seed ${values.seed}`);
const tree = unpackTree(values.before);
let isWell = false;
try {
  await Promise.all([build(), Promise.resolve().then(() => buildTree(tree, ["api", "worker"]))]);
  const report = await runUpgrade(tree, { seconds: Number(values.seconds), seed: Number(values.seed) });
  for (const [name, count] of Object.entries(report.rollouts)) console.log(`rollouts of ${name}: ${count}`);
  console.log(`canary shares taken: ${report.shares}`);
  console.log(`workers ended by SIGTERM: ${report.ended.listened}, that did not listen: ${report.ended.killed}`);
  console.log(`violations: ${report.violations.length}`);
  for (const text of report.violations) console.log(`VIOLATION ${text}`);
  isWell = report.violations.length === 0 && report.shares > 0;
} finally {
  tree.remove();
}
process.exit(isWell ? 0 : 1);
