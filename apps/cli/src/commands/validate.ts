import { parseManifest } from "@tandem/domain/manifest";
import type { Diagnostic } from "@tandem/kernel";
import { counted } from "@tandem/kernel";
import { ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { readPlaybookFolder } from "../playbook-folder.ts";
import type { Register } from "./context.ts";

/** Checks a playbook folder on this machine: no API is needed. */
export const registerValidate: Register = (program, run) => {
  program
    .command("validate <folder>")
    .description("check a playbook folder; needs no API")
    .action((folder: string) =>
      run(async ({ output }) => {
        const parsed = parseManifest(readPlaybookFolder(folder), `${folder.replace(/(?<!\/)\/+$/, "")}/`);
        output.result({ valid: parsed.ok, hash: parsed.ok ? parsed.hash : null, diagnostics: parsed.diagnostics }, () =>
          [
            ...parsed.diagnostics.map((diagnostic) => diagnosticLines(diagnostic, output)),
            parsed.ok
              ? output.paint(
                  "good",
                  `${parsed.manifest.name}@${parsed.manifest.version} is valid (${parsed.hash.slice(0, 12)})`,
                )
              : output.paint(
                  "error",
                  counted(parsed.diagnostics.filter(({ severity }) => severity === "error").length, "error"),
                ),
          ].join("\n"),
        );
        return parsed.ok ? ExitCode.done : ExitCode.usage;
      }),
    );
};

function diagnosticLines(diagnostic: Diagnostic, { paint }: Output): string {
  const at =
    diagnostic.position === undefined
      ? ""
      : `${diagnostic.position.file}:${diagnostic.position.line}:${diagnostic.position.column}  `;
  const severity = paint(diagnostic.severity === "error" ? "error" : "warning", diagnostic.severity);
  return [
    `${at}${severity}  ${diagnostic.summary} (${diagnostic.code})`,
    `    ${diagnostic.path}: ${diagnostic.detail}`,
    `    fix: ${diagnostic.fix}`,
  ].join("\n");
}
