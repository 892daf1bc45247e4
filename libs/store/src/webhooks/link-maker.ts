/** Who stands as the maker of the links that an endpoint's messages carry. */
export const linkMaker = (endpointId: string): string => `webhook:${endpointId}`;
