/** A phone number as the API keeps it: `+` and digits. What does not look like a number stays as it was typed, and the server says so. */
export function readPhoneNumber(typed: string): string {
  const bare = typed.trim().replaceAll(/[\s().\-/–]/g, "");
  const international = bare.replace(/^00(?=[1-9])/, "+");
  return /^\+?\d+$/.test(international) ? international : typed.trim();
}
