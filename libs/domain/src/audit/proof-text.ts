/** The text that a proof pack's signature is over. */
export const proofText = (contentHash: string): string => `tandem-proof-1\n${contentHash}`;
