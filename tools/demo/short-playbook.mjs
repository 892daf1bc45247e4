// The after-hours playbook with one short conversation, so that its smoke test is over in half a minute instead of a whole one.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPlaybookFolder } from "../playbook-folder.mjs";
import { workspaceRoot } from "../projects.mjs";

const CONVERSATION = (greeting) => `name: A caller has a question
agents: [custom-llm, tandem]
steps:
  - { do: hear, anyOf: ["${greeting}"], withinMs: 20000 }
  - { do: say, text: I have a question about my last bill. It can wait. }
  - { do: listen, withinMs: 20000 }
`;

/** Writes it into `folder`; `greeting` is what callers are asked first. */
export function writeShortPlaybook(folder, { version, greeting }) {
  const files = new Map(readPlaybookFolder(join(workspaceRoot, "playbooks/after-hours-answering")));
  for (const name of ["smoke/spoken-callback.yaml", "smoke/spoken-message.yaml", "smoke/spoken-person.yaml"])
    files.delete(name);
  const manifest = files
    .get("manifest.yaml")
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace("greeting: How can I help you?", `greeting: "${greeting}?"`)
    .replace("inactivitySeconds: 30", "inactivitySeconds: 10")
    .replace("  - { $file: smoke/spoken-callback.yaml }\n", "")
    .replace("  - { $file: smoke/spoken-person.yaml }\n", "")
    .replace("smoke/spoken-message.yaml", "smoke/spoken-short.yaml");
  files.set("manifest.yaml", manifest).set("smoke/spoken-short.yaml", CONVERSATION(greeting));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
