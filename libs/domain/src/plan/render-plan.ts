import type { Change, ChangeAction, FieldChange, Finding, Plan } from "./change.ts";
import { costProse } from "./cost-estimate.ts";
import { masked } from "./field-provenance.ts";
import { type FieldLayout, renderFieldChanges } from "./field-prose.ts";
import { type Ink, type Paint, plainPaint } from "./paint.ts";
import { comparisonSection, type ReleaseComparison } from "./release-comparison.ts";
import { latencySection } from "./render-latency.ts";
import { printable, wrapped } from "./value-prose.ts";

/** How a plan is put in words. */
export interface RenderOptions {
  /** Colours; none by default. */
  readonly paint?: Paint;
  /** Width to keep to, in characters; 100 by default. */
  readonly columns?: number;
  /** What people call the deployment and the release, e.g. `acme/front-desk` and `after-hours-answering 1.2.0`. */
  readonly deploymentName?: string;
  readonly releaseName?: string;
  /** The planned release beside the one that is live; left out by default. */
  readonly comparison?: ReleaseComparison;
  /** Title of a vendor by adapter id; the id itself by default. */
  readonly vendorTitle?: (vendor: string) => string;
}

type Layout = Omit<FieldLayout, "indent">;

const ACTIONS: readonly ChangeAction[] = ["create", "update", "replace", "delete"];

/** `Plan: 3 to create, 1 to update, 0 to replace, 0 to delete, 5 unchanged`. */
export function planSummary(plan: Pick<Plan, "changes">): string {
  const count = (action: ChangeAction): number => plan.changes.filter((change) => change.action === action).length;
  return `Plan: ${ACTIONS.map((action) => `${count(action)} to ${action}`).join(", ")}, ${count("no-op")} unchanged`;
}

/** A plan in prose for people: what callers will notice, then what happens at each vendor. No trailing newline. */
export function renderPlan(plan: Plan, options: RenderOptions = {}): string {
  const layout: Layout = { paint: options.paint ?? plainPaint, columns: options.columns ?? 100 };
  const sections = [
    heading(plan, options, layout),
    callerSection(plan, layout),
    ...vendorSections(plan, layout, options.vendorTitle ?? ((vendor) => vendor)),
    latencySection(plan.latency, layout),
    costSection(plan, layout),
    comparisonSection(options.comparison, layout),
    findingSection(plan.findings, layout),
    [layout.paint("title", planSummary(plan))],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function heading(plan: Plan, { deploymentName, releaseName }: RenderOptions, { paint, columns }: Layout): string[] {
  const release = releaseName ?? `release ${plan.bundleHash.slice(0, 8)}`;
  const live =
    plan.previousBundleHash === null
      ? "nothing is live yet"
      : `${plan.targetSlot === "green" ? "blue" : "green"} stays live until the switch`;
  const made = `made against generation ${plan.base.generation}, configuration ${plan.base.configVersion}`;
  return [
    paint(
      "title",
      printable(`${release} → slot ${plan.targetSlot}${deploymentName === undefined ? "" : ` of ${deploymentName}`}`),
    ),
    ...indented(`plan ${plan.hash.slice(0, 8)}, ${made}; ${live}`, "", columns).map((line) => paint("muted", line)),
  ];
}

function callerSection(plan: Plan, layout: Layout): string[] {
  const isFirst = plan.previousBundleHash === null;
  const effects = plan.changes
    .filter((change) => change.callerEffect !== undefined)
    .flatMap((change) => effectLines(change, layout));
  const fields = renderFieldChanges(masked(plan.callerChanges), { ...layout, indent: "  " });
  const title = layout.paint("title", isFirst ? "What callers will meet" : "What callers will notice");
  if (effects.length + fields.length === 0) return [title, "  nothing"];
  return [title, ...fields, ...effects];
}

function effectLines(change: Change, layout: Layout): string[] {
  const paths = change.fields.length > 0 && change.action !== "create" ? `(${shortPaths(change.fields)})` : "";
  const parts: Part[] = [
    ["update", "~"],
    [null, change.callerEffect ?? ""],
    ["muted", paths],
    ["muted", change.address],
  ];
  return flowed(parts, layout);
}

const shortPaths = (fields: readonly FieldChange[]): string => {
  const names = [...new Set(fields.map(({ path }) => path.replace(/[.[].*/, "")))];
  return names.length > 3 ? `${names.slice(0, 3).join(", ")}, …` : names.join(", ");
};

function vendorSections(plan: Plan, layout: Layout, titleOf: (vendor: string) => string): string[][] {
  const vendors = [...new Set(plan.changes.map(({ vendor }) => vendor))];
  return vendors.map((vendor) => {
    const changes = plan.changes.filter((change) => change.vendor === vendor);
    const loud = changes.filter((change) => !isQuiet(change));
    const told = new Set(loud.map(({ address }) => address));
    const quiet = changes.filter(({ address }) => !told.has(address));
    return [
      layout.paint("title", printable(`At ${titleOf(vendor)}`)),
      ...loud.flatMap((change) => changeLines(change, layout)),
      ...(quiet.length === 0
        ? []
        : hanging("= ", `unchanged: ${quiet.map(({ address }) => address).join(", ")}`, layout)),
    ];
  });
}

/** Nothing to do and nothing to tell. */
const isQuiet = ({ action, reason }: Change): boolean =>
  action === "no-op" && (reason.code === "unchanged" || reason.code === "attached");

const SYMBOLS: Readonly<Record<ChangeAction, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  "no-op": "=",
};
const INKS: Readonly<Record<ChangeAction, Ink>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  "no-op": "muted",
};

function changeLines(change: Change, layout: Layout): string[] {
  const { paint, columns } = layout;
  const ink = INKS[change.action];
  if (change.action === "no-op") return hanging("= ", `${change.address}: ${change.reason.text}`, layout);
  const indent = "      ";
  const head: Part[] = [
    [ink, SYMBOLS[change.action]],
    ["title", change.address],
    [ink, actionProse(change)],
    riskPart(change),
  ];
  return [
    ...flowed(head, layout),
    ...indented(printable(change.reason.text), indent, columns).map((line) => paint("muted", line)),
    ...renderFieldChanges(masked(change.fields), { ...layout, indent }),
  ];
}

const WHEN = { apply: "", attach: " at the switch", retire: " after bake" } as const;

function actionProse({ action, slot, owner, stage }: Change): string {
  const where = slot === null ? (owner === "connection" ? " in the account" : "") : ` in ${slot}`;
  return `${action}${where}${WHEN[stage]}`;
}

const REVERSIBLE = {
  yes: "reversible",
  "until-retire": "undone by rollback",
  "until-switch": "stays after the switch",
  no: "cannot be undone",
} as const;

function riskPart({ risk, reversible }: Change): Part {
  const ink: Ink = risk === "high" || reversible === "no" ? "error" : risk === "medium" ? "warning" : "muted";
  return [ink, `${risk} risk, ${REVERSIBLE[reversible]}`];
}

const FINDING_INKS: Readonly<Record<Finding["severity"], Ink>> = { error: "error", warning: "warning", note: "muted" };

function costSection({ cost }: Plan, { paint, columns }: Layout): string[] {
  return cost === undefined
    ? []
    : [paint("title", "What a call will cost"), ...indented(printable(costProse(cost)), "    ", columns)];
}

function findingSection(all: readonly Finding[], layout: Layout): string[] {
  const findings = all.filter(({ code }) => code !== "providers-measured");
  if (findings.length === 0) return [];
  const order = ["error", "warning", "note"] as const;
  const sorted = order.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  return [layout.paint("title", "Findings"), ...sorted.flatMap((finding) => findingLines(finding, layout))];
}

function findingLines(finding: Finding, layout: Layout): string[] {
  const { paint, columns } = layout;
  return [
    ...flowed(
      [
        [FINDING_INKS[finding.severity], finding.severity],
        [null, finding.summary],
        ["muted", finding.address],
      ],
      layout,
    ),
    ...indented(printable(finding.detail), "      ", columns),
    ...indented(`fix: ${printable(finding.fix)}`, "      ", columns).map((line) => paint("good", line)),
  ];
}

/** A piece of a line with its ink; null for none. */
type Part = readonly [ink: Ink | null, text: string];

/** Parts side by side; those that no longer fit go on, further in, on the next line. The first is a mark. */
function flowed(parts: readonly Part[], { paint, columns }: Layout): string[] {
  const lines: string[] = [];
  let line = " ";
  let width = 1;
  for (const [ink, part] of parts.filter(([, text]) => text !== "")) {
    const text = printable(part);
    const gap = width < 4 ? 1 : 2;
    if (width > 4 && width + gap + text.length > columns) {
      lines.push(line);
      line = "     ";
      width = 5;
    }
    line += " ".repeat(width === 5 ? 1 : gap) + (ink === null ? text : paint(ink, text));
    width += gap + text.length;
  }
  return [...lines, line];
}

/** Text behind a mark, later lines under its beginning. */
function hanging(mark: string, text: string, { paint, columns }: Layout): string[] {
  const lines = indented(printable(text), "    ", columns);
  return lines.map((line, index) => paint("muted", index === 0 ? `  ${mark}${line.trimStart()}` : line));
}

const indented = (text: string, indent: string, columns: number): string[] =>
  wrapped(text, columns - indent.length).map((line) => indent + line);
