import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultReplay } from "@tandem/domain/replay";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { fillEveryTable, fleetWish, MEMBER_OF_MINE, MESSAGE_OF_MINE } from "../test-support/filled-tables.ts";
import { ACROSS_TENANTS } from "../test-support/across-tenants.ts";
import { bundleFor, newTenant, openWorld, platform, policy, type Served, type World } from "../test-support/world.ts";

let world: World;
let mine: Served;
let stranger: Actor & { tenantId: string };

beforeAll(async () => {
  world = await openWorld();
  mine = await fillEveryTable(world);
  stranger = await newTenant(world, "stranger");
});
afterAll(() => world.close());

const scopeOf = (tenantId: string | null) => ({ kind: "tenant", tenantId: tenantId ?? "" }) as const;

describe("every method of the control store", () => {
  const page = { limit: 10, cursor: null };
  const cases: { [Method in keyof ControlStore]?: (actor: Actor) => Promise<unknown> } = {
    manifest: (actor) => world.control.manifest(actor, "own"),
    listManifests: async (actor) => (await world.control.listManifests(actor, "own", page)).items,
    searchAudit: async (actor) => (await world.control.searchAudit(actor, { action: "deployment" }, page)).items,
    listPlaybooks: async (actor) =>
      (await world.control.listPlaybooks(actor, page)).items.filter(({ name }) => name === "own"),
    manifestSource: (actor) => world.control.manifestSource(actor, "a".repeat(64)),
    overview: async ({ tenantId }) =>
      (await world.control.overview(scopeOf(tenantId), {}, { sort: "tenant", after: null, limit: 9 })).items,
    attention: async ({ tenantId }) =>
      (await world.control.attention(scopeOf(tenantId), {}, { after: null, limit: 9 })).items,
    runningVersions: ({ tenantId }) => world.control.runningVersions(scopeOf(tenantId), "after-hours-answering"),
    visibleTenants: async ({ tenantId }) =>
      (await world.control.visibleTenants(scopeOf(tenantId))).filter(({ slug }) => slug === "mine"),
    tenantOverlay: async (actor) => (await world.control.tenantOverlay(actor, "after-hours-answering")).version,
    listTenants: async (actor) =>
      (await world.control.listTenants(actor, page)).items.filter((tenant) => tenant.slug === "mine"),
    listConnections: async (actor) => (await world.control.listConnections(actor, page)).items,
    connection: (actor) => world.control.connection(actor, mine.connectionId),
    putCredential: (actor) => world.control.putCredential(actor, mine.connectionId, "x", "k"),
    listDeployments: async (actor) => (await world.control.listDeployments(actor, page)).items,
    deployment: (actor) => world.control.deployment(actor, mine.deployment.id),
    shownDeployment: (actor) => world.control.shownDeployment(actor, mine.deployment.id, ""),
    putConfiguration: (actor) =>
      world.control.putConfiguration(actor, mine.deployment.id, { number: null, connections: {}, overlay: {} }, 1),
    view: (actor) => world.control.view(actor, mine.deployment.id),
    requestPlan: (actor) => world.control.requestPlan(actor, { deploymentId: mine.deployment.id, ...bundleFor(mine) }),
    plan: async (actor) =>
      world.control.plan(actor, (await world.superuser<{ id: string }>("SELECT id FROM plan"))[0]!.id),
    planStanding: async (actor) =>
      world.control.planStanding(actor, (await world.superuser<{ id: string }>("SELECT id FROM plan"))[0]!.id),
    planOfRelease: (actor) => world.control.planOfRelease(actor, mine.deployment.id, bundleFor(mine).bundleHash),
    release: (actor) => world.control.release(actor, bundleFor(mine).bundleHash),
    startRollout: (actor) =>
      world.control.startRollout(actor, { deploymentId: mine.deployment.id, ...bundleFor(mine), policy, planId: null }),
    rollout: async (actor) => world.control.rollout(actor, await rolloutId()),
    listRollouts: async (actor) => (await world.control.listRollouts(actor, mine.deployment.id, page)).items,
    livedReleases: (actor) => world.control.livedReleases(actor, mine.deployment.id),
    requestOfRollout: async (actor) => world.control.requestOfRollout(actor, await rolloutId(), "abort", null),
    rolloutEvents: async (actor) => world.control.rolloutEvents(actor, await rolloutId(), 0, 10),
    listFreezes: async (actor) => (await world.control.listFreezes(actor, page)).items,
    endFreeze: async (actor) => world.control.endFreeze(actor, await idIn("freeze_window"), null),
    overrideFreeze: async (actor) => world.control.overrideFreeze(actor, await rolloutId(), "x"),
    approvals: async (actor) => world.control.approvals(actor, await rolloutId()),
    gatePolicy: async (actor) => (await world.control.gatePolicy(actor, "staging")).version,
    queueRollout: (actor) =>
      world.control.queueRollout(actor, { deploymentId: mine.deployment.id, ...bundleFor(mine), policy, planId: null }),
    waitingRollouts: async (actor) => (await world.control.waitingRollouts(actor, mine.deployment.id, page)).items,
    cancelWaiting: async (actor) => world.control.cancelWaiting(actor, await idIn("waiting_rollout"), null),
    createLink: async (actor) =>
      world.control.createLink(actor, await rolloutId(), { action: "rollback", addressee: "x", ttlMs: 1000 }),
    links: async (actor) => world.control.links(actor, await rolloutId()),
    revokeLink: async (actor) => world.control.revokeLink(actor, await idIn("decision_link")),
    lookAtLink: async (actor) =>
      world.control.lookAtLink({
        tenantId: actor.tenantId ?? "",
        linkId: await idIn("decision_link"),
        binding: "b",
        requestId: "r",
      }),
    rollback: (actor) => world.control.rollback(actor, mine.deployment.id, null),
    setMode: (actor) => world.control.setMode(actor, mine.deployment.id, "diverted", null),
    requestDetach: (actor) => world.control.requestDetach(actor, mine.deployment.id),
    drift: (actor) => world.control.drift(actor, mine.deployment.id),
    listDrift: async (actor) => (await world.control.listDrift(actor, page)).items,
    decideDrift: (actor) =>
      world.control.decideDrift(actor, mine.deployment.id, {
        address: "telephony.number/main",
        slot: null,
        answer: "ignore",
        paths: ["voiceUrl"],
        until: "2099-01-01T00:00:00.000Z",
        reason: "x",
      }),
    requestReplay: (actor) => world.control.requestReplay(actor, mine.deployment.id, defaultReplay),
    replay: async (actor) => world.control.replay(actor, await idIn("replay"), { withWords: true }),
    replayOfRollout: async (actor) => world.control.replayOfRollout(actor, await rolloutId(), { withWords: true }),
    requestCheck: (actor) => world.control.requestCheck(actor, { kind: "drift", subjectId: mine.deployment.id }),
    check: async (actor) =>
      world.control.check(actor, (await world.superuser<{ id: string }>("SELECT id FROM command"))[0]!.id),
    pointerHistory: async (actor) => (await world.control.pointerHistory(actor, mine.deployment.id, page)).items,
    sessions: async (actor) => (await world.control.sessions(actor, mine.deployment.id, page)).items,
    session: (actor) => world.control.session(actor, "s1", { withTexts: true }),
    latency: async (actor) => {
      const query = { kind: "live", span: { fromMs: 0, toMs: Date.now() + 60_000 } } as const;
      const of = await world.control.latency(actor, { ...query, deploymentId: mine.deployment.id });
      const all = await world.control.latency(actor, { ...query, deploymentId: null });
      return [...of.measured, ...of.vendorReported, ...all.measured, ...all.vendorReported];
    },
    servedReleases: (actor) => world.control.servedReleases(actor, mine.deployment.id, 10),
    callFigures: (actor) =>
      world.control.callFigures(actor, mine.deployment.id, { fromMs: 0, toMs: Date.now() + 60_000 }),
    requestOutboundCall: (actor) =>
      world.control.requestOutboundCall(actor, mine.deployment.id, {
        to: "+15550190002",
        lead: {},
        timeZone: null,
        consent: { givenAt: new Date().toISOString(), source: "form", text: "Call me" },
      }),
    outboundCalls: async (actor) => (await world.control.outboundCalls(actor, mine.deployment.id, page)).items,
    outboundCall: async (actor) =>
      world.control.outboundCall(
        actor,
        (await world.superuser<{ id: string }>("SELECT id FROM outbound_call LIMIT 1"))[0]!.id,
      ),
    planFleet: (actor) => refused(world.control.planFleet(actor, fleetWish)),
    startFleet: (actor) => refused(world.control.startFleet(actor, fleetWish, null)),
    listFleets: (actor) => refused(world.control.listFleets(actor, page)),
    fleet: async (actor) => refused(world.control.fleet(actor, await fleetId())),
    fleetMembers: async (actor) => refused(world.control.fleetMembers(actor, await fleetId(), { state: null }, page)),
    requestOfFleet: async (actor) =>
      refused(world.control.requestOfFleet(actor, await fleetId(), { kind: "pause" }, null)),
    skipMembers: async (actor) =>
      refused(
        world.control.skipMembers(
          actor,
          await fleetId(),
          { tenantId: mine.actor.tenantId, deploymentId: mine.deployment.id },
          "x",
        ),
      ),
    tagTenant: (actor) => refused(world.control.tagTenant(actor, mine.actor.tenantId, ["x"])),
    setCohort: (actor) =>
      world.control.setCohort(actor, { tenantId: mine.actor.tenantId, deploymentId: null, isMember: false }),
    cohort: (actor) => world.control.cohort(actor, mine.actor.tenantId),
    memberships: async (actor) => (await world.control.memberships(actor, page)).items,
    audit: async (actor) => (await world.control.audit(actor, page)).items,
    auditCheckpoints: async (actor) => (await world.control.auditCheckpoints(actor, page)).items,
    auditOf: (actor) =>
      world.control.auditOf(actor, { objects: [`deployment/${mine.deployment.id}`], fromSeq: 0, limit: 10 }),
    exportAudit: async (actor) => {
      const lines: string[] = [];
      for await (const { line } of world.control.exportAudit(actor)) lines.push(line);
      return lines.filter((line) => line === "row" || line === "checkpoint");
    },
    listWebhooks: async (actor) => (await world.control.listWebhooks(actor, page)).items,
    webhook: async (actor) => world.control.webhook(actor, await webhookId()),
    changeWebhook: async (actor) => world.control.changeWebhook(actor, await webhookId(), { state: "paused" }),
    nextWebhookSecretVersion: async (actor) => world.control.nextWebhookSecretVersion(actor, await webhookId()),
    removeWebhook: async (actor) => world.control.removeWebhook(actor, await webhookId()),
    testWebhook: async (actor) => world.control.testWebhook(actor, await webhookId()),
    webhookDeliveries: async (actor) =>
      (await world.control.webhookDeliveries(actor, await webhookId(), { state: null }, page)).items,
    resendDelivery: async (actor) => world.control.resendDelivery(actor, await webhookId(), MESSAGE_OF_MINE),
    rotateWebhookSecret: async (actor) =>
      world.control.rotateWebhookSecret(actor, await webhookId(), {
        version: 2,
        sealed: "x",
        keyId: "k",
        host: null,
        overlapMs: 0,
      }),
    tenant: (actor) => world.control.tenant(actor, mine.actor.tenantId),
    offBoardingOutlook: (actor) => world.control.offBoardingOutlook(actor, mine.actor.tenantId),
    startOffBoarding: (actor) =>
      world.control.startOffBoarding(actor, mine.actor.tenantId, { confirm: "mine", reason: "x" }),
    offBoarding: (actor) => world.control.offBoarding(actor, mine.actor.tenantId),
    stopOffBoarding: (actor) => world.control.stopOffBoarding(actor, mine.actor.tenantId, "x"),
    storedCredentials: (actor) => world.control.storedCredentials(actor, mine.connectionId),
    rotateCredential: (actor) => world.control.rotateCredential(actor, mine.connectionId, "x", "k"),
    listApiKeys: async (actor) => (await world.control.listApiKeys(actor, page)).items,
    revokeApiKey: (actor) => world.control.revokeApiKey(actor, "mineKey"),
    members: async (actor) => (await world.control.members(actor, page)).items,
    invitations: async (actor) => (await world.control.invitations(actor, page)).items,
    revokeInvitation: async (actor) => world.control.revokeInvitation(actor, await idIn("person_invitation")),
    changeMember: (actor) => world.control.changeMember(actor, MEMBER_OF_MINE, ["tenant-admin"]),
    removeMember: (actor) => world.control.removeMember(actor, MEMBER_OF_MINE),
    memberSessions: (actor) => world.control.memberSessions(actor, MEMBER_OF_MINE),
    endMemberSession: async (actor) => world.control.endMemberSession(actor, MEMBER_OF_MINE, await sessionIdOfMine()),
    mediaNodes: (actor) => refused(world.control.mediaNodes(actor, page)),
    forgetMediaNode: (actor) => refused(world.control.forgetMediaNode(actor, MEMBER_OF_MINE, "x")),
    persons: (actor) => refused(world.control.persons(actor, page)),
    setPersonDisabled: (actor) => refused(world.control.setPersonDisabled(actor, MEMBER_OF_MINE, true, null)),
    breakGlass: (actor) => refused(world.control.breakGlass(actor, mine.actor.tenantId, "x")),
    connectionStandings: async (actor) => (await world.control.connectionStandings(actor, page)).items,
    connectionStanding: (actor) => world.control.connectionStanding(actor, mine.connectionId),
    renameConnection: (actor) => world.control.renameConnection(actor, mine.connectionId, "mine now"),
    connectionVoices: (actor) => world.control.connectionVoices(actor, mine.connectionId),
    health: (actor) => world.control.health(actor, mine.deployment.id, 60_000),
    healthSeries: (actor) =>
      world.control.healthSeries(actor, mine.deployment.id, { windowMs: 60_000, windows: 2, to: null }),
    releaseMoves: (actor) => world.control.releaseMoves(actor, mine.deployment.id),
    incidents: async (actor) => (await world.control.incidents(actor, page, {})).items,
    incident: async (actor) => world.control.incident(actor, await idIn("incident")),
    openIncident: (actor) =>
      world.control.openIncident(actor, mine.deployment.id, { severity: "sev-2", summary: "x", stack: null }),
    changeIncident: async (actor) =>
      world.control.changeIncident(actor, await idIn("incident"), { do: "note", text: "x" }, []),
    kpiSeries: async (actor) => {
      const span = {
        fromMs: Date.now() - 3_600_000,
        toMs: Date.now() + 60_000,
        step: "hour",
        timeZone: "UTC",
      } as const;
      const of = { deploymentId: mine.deployment.id };
      const { cells, moves } = await world.control.kpiSeries(actor, { ...span, of, release: null });
      return [...cells, ...moves];
    },
    requestTestCall: (actor) =>
      world.control.requestTestCall(actor, mine.deployment.id, { slot: "blue", script: null }),
    recordTalkLink: (actor) => world.control.recordTalkLink(actor, mine.deployment.id, "blue"),
    evidenceLooks: async (actor) => (await world.control.evidenceLooks(actor, await rolloutId(), page)).items,
    testCall: async (actor) => world.control.testCall(actor, await testCallId()),
    testCalls: async (actor) => (await world.control.testCalls(actor, mine.deployment.id, page)).items,
    completeIdempotency: (actor) => world.control.completeIdempotency(actor, "key-1", "POST /v1/x", 200, {}),
    abandonIdempotency: (actor) => world.control.abandonIdempotency(actor, "key-1", "POST /v1/x"),
  };
  /** Fleet rollouts are the platform's: a tenant may not even ask. */
  const refused = (asked: Promise<unknown>) =>
    asked.then(
      (answer) => answer,
      (error: { code: string }) => {
        expect(error.code).toBe("forbidden");
        return null;
      },
    );
  const testCallId = async () =>
    (await world.superuser<{ id: string }>("SELECT id FROM command WHERE kind = 'test-call'"))[0]!.id;
  const sessionIdOfMine = async () => (await world.superuser<{ id: string }>("SELECT id FROM person_session"))[0]!.id;
  const fleetId = async () => (await world.superuser<{ id: string }>("SELECT id FROM fleet_rollout"))[0]!.id;
  const rolloutId = async () =>
    (await world.superuser<{ id: string }>("SELECT id FROM rollout WHERE deployment_id = $1", [mine.deployment.id]))[0]!
      .id;
  const webhookId = async () => (await world.superuser<{ id: string }>("SELECT id FROM webhook_endpoint"))[0]!.id;
  const idIn = async (table: string) =>
    (await world.superuser<{ id: string }>(`SELECT id FROM ${table} WHERE tenant_id = $1`, [mine.actor.tenantId]))[0]!
      .id;
  /** Everything of a tenant that a stranger's call could have changed. */
  const stateOfMine = () =>
    world.superuser(
      `SELECT d.*, (SELECT json_agg(r) FROM rollout r) AS rollouts, (SELECT json_agg(k) FROM api_key k WHERE k.tenant_id = d.tenant_id) AS keys,
      (SELECT json_agg(c) FROM connection c WHERE c.tenant_id = d.tenant_id) AS connections,
      (SELECT json_agg(i) FROM drift_decision i WHERE i.tenant_id = d.tenant_id) AS decisions,
      (SELECT json_agg(w) FROM webhook_endpoint w WHERE w.tenant_id = d.tenant_id) AS webhooks,
      (SELECT json_agg(w) FROM webhook_delivery w WHERE w.tenant_id = d.tenant_id) AS deliveries,
      (SELECT json_agg(f) FROM freeze_window f WHERE f.tenant_id = d.tenant_id) AS freezes,
      (SELECT json_agg(l) FROM decision_link l WHERE l.tenant_id = d.tenant_id) AS links,
      (SELECT json_agg(w) FROM waiting_rollout w WHERE w.tenant_id = d.tenant_id) AS waiting,
      (SELECT json_agg(i) FROM idempotency_key i WHERE i.tenant_id = d.tenant_id) AS idempotency,
      (SELECT json_agg(m) FROM membership m WHERE m.tenant_id = d.tenant_id) AS members,
      (SELECT json_agg(n) FROM person_invitation n WHERE n.tenant_id = d.tenant_id) AS invitations,
      (SELECT json_agg(s) FROM person_session s) AS sessions,
      (SELECT json_agg(i) FROM incident i WHERE i.tenant_id = d.tenant_id) AS incidents,
      (SELECT count(*) FROM command WHERE tenant_id = d.tenant_id) AS commands, (SELECT count(*) FROM audit WHERE tenant_id = d.tenant_id) AS audits
      FROM deployment d WHERE d.id = $1`,
      [mine.deployment.id],
    );

  test.each(Object.entries(cases))("%s gives a stranger nothing and changes nothing", async (_method, call) => {
    const before = await stateOfMine();
    const outcome = await call(stranger).catch((error: { code: string }) => error.code);
    expect([null, undefined, 0, "not_found", "invalid_input"]).toContainEqual(
      Array.isArray(outcome) && outcome.length === 0 ? null : outcome,
    );
    expect(await stateOfMine()).toEqual(before);
  });

  test("none is left out", () => {
    const createsOwn = [
      "createConnection",
      "createDeployment",
      "createApiKey",
      "publishManifest",
      "putTenantOverlay",
      "putGatePolicy",
      "createFreeze",
      "claimIdempotency",
      "newWebhookId",
      "webhookOwner",
      "createWebhook",
      "invite",
    ];
    expect([...Object.keys(cases), ...ACROSS_TENANTS, ...createsOwn].toSorted()).toEqual(
      Object.keys(world.control).toSorted(),
    );
  });

  test("what a stranger creates does not touch mine", async () => {
    const before = await stateOfMine();
    await expect(
      world.control.createDeployment(stranger, {
        name: "x",
        playbook: "p",
        environment: "staging",
        number: null,
        connections: { crm: mine.connectionId },
        overlay: {},
      }),
    ).rejects.toMatchObject({ code: "invalid_input" });
    await expect(
      world.control.createDeployment(stranger, {
        name: "x",
        playbook: "p",
        environment: "staging",
        number: "+15550000001",
        connections: {},
        overlay: {},
      }),
    ).rejects.toMatchObject({ code: "number_taken" });
    await expect(
      world.control.createApiKey(stranger, {
        keyId: "k2",
        secretHash: "s",
        name: "n",
        roles: [],
        tenantId: mine.actor.tenantId,
        expiresAt: "2099-01-01T00:00:00.000Z",
      }),
    ).rejects.toMatchObject({ code: "forbidden" });
    expect((await world.control.claimIdempotency(stranger, "key-1", "POST /v1/x", "hash")).state).toBe("new");
    await world.control.publishManifest(stranger, {
      hash: "a".repeat(64),
      playbook: "own",
      version: "1.0.0",
      content: { other: true },
      source: "",
    });
    expect((await world.control.manifest(mine.actor, "own"))?.content).toEqual({});
    expect(await stateOfMine()).toEqual(before);
  });

  test("a platform key works on the platform, not inside a tenant", async () => {
    await expect(world.control.deployment(platform, mine.deployment.id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(world.control.createTenant(stranger, { slug: "no", name: "no" })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(world.control.setTenantStatus(stranger, mine.actor.tenantId, "suspended", null)).rejects.toMatchObject(
      { code: "forbidden" },
    );
    expect((await world.control.listTenants(platform, page)).items.map((tenant) => tenant.slug)).toEqual(
      expect.arrayContaining(["mine", "stranger"]),
    );
  });
});
