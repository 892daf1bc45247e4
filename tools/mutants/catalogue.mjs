// Every mutant: a mechanism taken out of the real source, and what must notice.
// `file`, `find`, `replace` (or `patches` of them): exact text, found exactly once. `catcher`: `seeds` simulated schedules at most, or
// `test`: a Vitest project and its files.
import { edges } from "./list/edges.mjs";
import { journal } from "./list/journal.mjs";
import { stages } from "./list/stages.mjs";
import { tables } from "./list/tables.mjs";

export const mutants = [...journal, ...stages, ...tables, ...edges];
