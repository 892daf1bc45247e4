const MOST_TRIALS = 1500;
const LONGEST_MS = 10_000;

/** The smallest JSON value found that `fails` still holds for: texts cut, items and members left out, one at a time. */
export function minimise(given: unknown, fails: (smaller: unknown) => boolean): unknown {
  const endMs = performance.now() + LONGEST_MS;
  let best = given;
  for (let trials = 0; ;) {
    const smaller = firstThat(smallerOnes(best), (candidate) => {
      trials += 1;
      return trials > MOST_TRIALS || performance.now() > endMs ? null : holds(fails, candidate);
    });
    if (smaller === undefined) return best;
    best = smaller;
  }
}

/** The first candidate that holds; undefined when none does, or once the answer is null. */
function firstThat(candidates: Iterable<unknown>, test: (candidate: unknown) => boolean | null): unknown {
  for (const candidate of candidates) {
    const answer = test(candidate);
    if (answer === null) return undefined;
    if (answer) return candidate;
  }
  return undefined;
}

function holds(fails: (smaller: unknown) => boolean, candidate: unknown): boolean {
  try {
    return fails(candidate);
  } catch {
    return false;
  }
}

/** Values with something left out, those that leave out most first. */
export function* smallerOnes(value: unknown): Generator {
  if (typeof value === "string") yield* cuts(value);
  else if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) yield value.toSpliced(at, 1);
    for (const [at, item] of value.entries()) for (const smaller of smallerOnes(item)) yield value.with(at, smaller);
  } else if (typeof value === "object" && value !== null) {
    for (const name of Object.keys(value))
      yield Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
    for (const [name, member] of Object.entries(value))
      for (const smaller of smallerOnes(member)) yield { ...value, [name]: smaller };
  }
}

function* cuts(text: string): Generator<string> {
  for (let size = text.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at + size <= text.length; at += size) yield text.slice(0, at) + text.slice(at + size);
}
