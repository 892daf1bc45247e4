import { faultPoints } from "@tandem/engine";
import { type MatrixReport, nameOf } from "./matrix.ts";
import { COMMIT_POINT, strikeKinds } from "./strike.ts";
import { ways } from "./ways.ts";

/** Prints the matrix (cells played, `!` where one failed, `·` where the point is not on the way) and its sums. True when all is well. */
export function printMatrix(report: MatrixReport, seconds: number): boolean {
  const { cells } = report;
  console.log(`${"".padEnd(24)}${ways.map(({ name }) => name.padStart(10)).join("")}`);
  for (const point of [...faultPoints, COMMIT_POINT]) {
    const columns = ways.map((way) => {
      const here = cells.filter((cell) => cell.way === way && cell.point === point);
      const failed = here.filter(({ result }) => result.violations.length > 0).length;
      return (here.length === 0 ? "·" : failed === 0 ? String(here.length) : `${here.length} !${failed}`).padStart(10);
    });
    console.log(`${(point === COMMIT_POINT ? "commit of the click" : point).padEnd(24)}${columns.join("")}`);
  }
  const violations = cells.filter(({ result }) => result.violations.length > 0);
  const unstruck = cells.filter(({ result }) => !result.hasStruck);
  const byKind = strikeKinds.map((kind) => `${kind} ${cells.filter((cell) => cell.kind === kind).length}`);
  const held = cells.filter(({ result }) => result.holds.length > 0).length;
  console.log(`kinds: ${byKind.join(", ")}`);
  console.log(
    `${cells.length} of ${report.planned} cells, ${violations.length} with violations, ${unstruck.length} not struck, ${held} held and resumed; ` +
      `${report.notOnThisWay} combinations not on this way; ${seconds.toFixed(1)} s`,
  );
  for (const cell of unstruck) console.log(`not struck: ${nameOf(cell)}`);
  if (report.nowhere.length > 0) console.log(`on no way: ${report.nowhere.join(", ")}`);
  return violations.length === 0 && unstruck.length === 0 && report.nowhere.length === 0;
}
