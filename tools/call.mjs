// npm run call -- <number> [from]: a caller dials a number of the emulated carrier; the call stays up until it is ended.
// npm run call -- end <call id>: the caller hangs up.
const control = `http://127.0.0.1:${process.env.TANDEM_SANDBOX_CONTROL_PORT ?? 4700}`;
const [first, second] = process.argv.slice(2);
if (first === undefined) {
  console.error("Usage: npm run call -- <number> [from]   or   npm run call -- end <call id>");
  process.exit(2);
}
const { SandboxControl } = await import("@tandem/sandbox-host");
const sandbox = new SandboxControl(control);
const answer =
  first === "end"
    ? await sandbox.act("twilio", "endCall", { callSid: second })
    : await sandbox.act("twilio", "placeCall", { to: first, from: second ?? "+15550199999" });
console.log(JSON.stringify(answer, null, 2));
