// The mutant that this process runs with, by the name in TANDEM_MUTANT; none without it.
import { mutatedFiles } from "./apply.mjs";
import { mutants } from "./catalogue.mjs";

const name = process.env["TANDEM_MUTANT"];
const mutant = mutants.find((each) => each.name === name);
if (name !== undefined && mutant === undefined) throw new Error(`there is no mutant "${name}"`);

/** Absolute file name → text to read instead. */
export const replaced = mutant === undefined ? new Map() : mutatedFiles(mutant);
