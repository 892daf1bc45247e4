/** W3C trace id of a call: its session's id, which is the same on every node. */
export const traceIdOf = ({ sessionId }: { readonly sessionId: string }): string => sessionId.replaceAll("-", "");
