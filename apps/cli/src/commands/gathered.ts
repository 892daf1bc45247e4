/** Reads an option that is repeated: all of its values in their order. */
export const gathered = (value: string, before: string[] = []): string[] => [...before, value];
