import type { PageQuery } from "@tandem/contracts";
import type { Page, PageRequest } from "@tandem/ports/store/control";

export const pageRequest = (query: PageQuery): PageRequest => ({ limit: query.limit, cursor: query.cursor ?? null });

export const presentPage = <From, To>(page: Page<From>, present: (item: From) => To): Page<To> => ({
  items: page.items.map(present),
  next: page.next,
});
