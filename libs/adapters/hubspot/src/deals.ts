import { VendorError } from "@tandem/kernel";
import type { Deal } from "@tandem/ports/crm";
import type { HubspotRequests } from "./client.ts";
import { nullWhenGone, refusal } from "./refusal.ts";
import { resolveStage } from "./stage-id.ts";
import { hasTag, keyTag, TEST_TAG, withTag } from "./tag.ts";
import { WireAssociated, WireRecord, WireRecords } from "./wire.ts";

const DEAL_TO_CONTACT = 3;
const MOST_DEALS = 500;
const BATCH = 100;
/** HubSpot's own multi-line property of deals. Its last line holds our key, so that no schema has to be there before the first call. */
const TAGGED_PROPERTY = "description";

/**
 * One deal for a key: looked for among the contact's own deals (associations are current, search is not), else created together with its
 * association in one request, so that a repeat after a lost answer finds it.
 */
export async function upsertDeal(
  requests: HubspotRequests,
  deal: Deal,
): Promise<{ readonly dealId: string; readonly created: boolean }> {
  const existing = await findDeal(requests, deal);
  const properties = propertiesOf(deal);
  if (existing !== null) {
    await requests.write(
      (api) => api.deals.update(existing, { properties }),
      (answer) => WireRecord.parse(answer),
    );
    return { dealId: existing, created: false };
  }
  const types = [{ associationCategory: "HUBSPOT_DEFINED" as never, associationTypeId: DEAL_TO_CONTACT }];
  const dealId = await requests.write(
    (api) => api.deals.create({ properties, associations: [{ to: { id: deal.contactId }, types }] }),
    (answer) => WireRecord.parse(answer).id,
  );
  return { dealId, created: true };
}

const propertiesOf = (deal: Deal): Record<string, string> => ({
  ...deal.properties,
  dealname: deal.name,
  pipeline: deal.pipelineId,
  dealstage: resolveStage(deal.pipelineId, deal.stageId),
  [TAGGED_PROPERTY]: withTag(
    deal.properties[TAGGED_PROPERTY] ?? "",
    keyTag(deal.key),
    ...(deal.isTest === true ? [TEST_TAG] : []),
  ),
});

async function findDeal(requests: HubspotRequests, deal: Deal): Promise<string | null> {
  const [own] = await taggedDealsOf(requests, deal.contactId, keyTag(deal.key));
  return own ?? null;
}

/** Ids of the contact's deals that bear the tag. */
async function taggedDealsOf(requests: HubspotRequests, contactId: string, tag: string): Promise<readonly string[]> {
  const ids = await requests.read(
    (api) => api.associations.getPage("contacts", contactId, "deals", undefined, MOST_DEALS),
    (answer) => WireAssociated.parse(answer).results.map((each) => each.toObjectId),
  );
  const found: string[] = [];
  for (let from = 0; from < ids.length; from += BATCH) {
    const inputs = ids.slice(from, from + BATCH).map((id) => ({ id }));
    const deals = await requests.read(
      (api) => api.dealBatch.read({ inputs, properties: [TAGGED_PROPERTY], propertiesWithHistory: [] }),
      (answer) => WireRecords.parse(answer).results,
    );
    found.push(...deals.filter((record) => hasTag(record.properties[TAGGED_PROPERTY], tag)).map(({ id }) => id));
  }
  return found;
}

/** Removes the deals on a test's contact that bear the test mark, also those whose maker did not live to remove them. */
export async function removeTestDealsOf(requests: HubspotRequests, contactId: string): Promise<void> {
  const ids = await taggedDealsOf(requests, contactId, TEST_TAG).catch(noneWhenForbidden);
  for (const id of ids) await removeTestDeal(requests, id);
}

/** A token that may not read deals has made none. */
function noneWhenForbidden(error: unknown): readonly string[] {
  if (error instanceof VendorError && error.facts.fault === "forbidden") return [];
  throw error;
}

/** Removes what a test made; refuses what does not bear the mark. */
export async function removeTestDeal(requests: HubspotRequests, dealId: string): Promise<void> {
  const deal = await requests
    .read(
      (api) => api.deals.getById(dealId, [TAGGED_PROPERTY]),
      (answer) => WireRecord.parse(answer),
    )
    .catch(nullWhenGone);
  if (deal === null) return;
  if (!hasTag(deal.properties[TAGGED_PROPERTY], TEST_TAG))
    throw refusal("remove test deal", "invalid", "the deal does not bear the test mark");
  await requests
    .write(
      (api) => api.deals.archive(dealId),
      () => null,
    )
    .catch(nullWhenGone);
}
