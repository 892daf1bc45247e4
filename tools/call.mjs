// npm run call -- <number> [from]: a caller dials a number of the emulated carrier; the call stays up until it is ended.
// npm run call -- end <call id>: the caller hangs up.
// npm run call -- <number> --say "…" | --script file.yaml: the caller talks by script and tells what it heard (`tandem call`).
import { spawnSync } from "node:child_process";

const control = `http://127.0.0.1:${process.env.TANDEM_SANDBOX_CONTROL_PORT ?? 4700}`;
const words = process.argv.slice(2);
const [first, second] = words;
if (first === undefined) {
  console.error(
    "Usage: npm run call -- <number> [from]   or   npm run call -- <number> --say <text>   or   npm run call -- end <call id>",
  );
  process.exit(2);
}
if (words.some((word) => word.startsWith("--"))) {
  const tandem = new URL("../apps/cli/bin/tandem.mjs", import.meta.url).pathname;
  process.exit(spawnSync(process.execPath, [tandem, "call", ...words], { stdio: "inherit" }).status ?? 1);
}
const { SandboxControl } = await import("@tandem/sandbox-host");
const sandbox = new SandboxControl(control);
const answer =
  first === "end"
    ? await sandbox.act("twilio", "endCall", { callSid: second })
    : await sandbox.act("twilio", "placeCall", { to: first, from: second ?? "+15550199999" });
console.log(JSON.stringify(answer, null, 2));
