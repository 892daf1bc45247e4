/** The release before this one: what runs beside this one while an installation is updated. */
export const RELEASE_BEFORE = { commit: "8e394d6", engineVersion: "1" } as const;
