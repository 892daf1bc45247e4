import { AppError, type Diagnostic } from "@tandem/kernel";

/** A place in the input and what is wrong with it. */
export interface InvalidPlace {
  readonly path: string;
  readonly message: string;
}

type InvalidCode = "invalid_input" | "manifest_invalid" | "configuration_invalid";

/** Input that does not fit its schema: every place at once. */
export class InvalidInput extends AppError {
  readonly places: readonly InvalidPlace[];

  constructor(places: readonly InvalidPlace[], code: InvalidCode = "invalid_input") {
    super(
      code,
      places
        .map((place) => `${place.path || "(whole)"}: ${place.message}`)
        .join("; ")
        .slice(0, 2000),
    );
    this.places = places;
  }
}

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** Of a union: what each of its alternatives finds. */
  readonly errors?: readonly (readonly SchemaIssue[])[] | undefined;
}

/** From the issues of a Standard Schema validation; paths become JSON pointers. */
export const invalidInput = (issues: readonly SchemaIssue[]): InvalidInput =>
  new InvalidInput(issues.flatMap(places).map(({ path, message }) => ({ path: pointer(path), message })));

interface Place {
  readonly path: NonNullable<SchemaIssue["path"]>;
  readonly message: string;
}

/** What fits no alternative of a union is told of the alternative that it misses by least: the one that was meant. */
function places({ path = [], message, errors = [] }: SchemaIssue): readonly Place[] {
  const [nearest] = errors.filter((found) => found.length > 0).toSorted((one, other) => one.length - other.length);
  if (nearest === undefined) return [{ path, message }];
  return nearest.flatMap(places).map((place) => ({ ...place, path: [...path, ...place.path] }));
}

/** From the errors among collected diagnostics, with their position and fix. */
export const invalidManifest = (
  diagnostics: readonly Diagnostic[],
  code: InvalidCode = "manifest_invalid",
): InvalidInput =>
  new InvalidInput(
    diagnostics
      .filter((diagnostic) => diagnostic.severity === "error")
      .map((diagnostic) => ({ path: place(diagnostic), message: `${diagnostic.detail} ${diagnostic.fix}` })),
    code,
  );

const place = ({ position, path }: Diagnostic): string =>
  position === undefined ? path : `${position.file}:${position.line}:${position.column} ${path}`;

const pointer = (path: NonNullable<SchemaIssue["path"]>): string =>
  path
    .map(
      (part) =>
        `/${String(typeof part === "object" ? part.key : part)
          .replaceAll("~", "~0")
          .replaceAll("/", "~1")}`,
    )
    .join("");
