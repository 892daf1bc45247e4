/** `1 call`, `3 calls`; `many` where the plural is not made with s: `2 people`, `3 objects stay as they are`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
