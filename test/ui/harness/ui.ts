// What tests evaluate inside of a page is written against the browser.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { openBrowser } from "../../e2e/harness/browser.ts";
import { Installation } from "../../e2e/harness/installation.ts";
import { Office, type OfficeOptions } from "../../e2e/harness/office.ts";
import { findingsOfColours, seriousFindings } from "./axe.ts";
import { listenTo } from "./complaints.ts";
import { comeIn, type Kept, linkFor, type Person } from "./persons.ts";
import { keepFailure, screenshot } from "./shots.ts";

/** Of a page on a busy machine; tests that measure measure for themselves. */
const PATIENCE_MS = 60_000;
const DESK = { width: 1280, height: 800 };
/** Pages hear of changes by themselves: what only looks for them need not look often, beside browsers on two cores. */
const UNHURRIED = { TANDEM_SWEEP_INTERVAL_MS: "500" };
/** The viewport of a phone, for `ui.page(person, { viewport: PHONE })`. */
export const PHONE = { width: 390, height: 844 };

export interface UiOptions {
  /** What the demo tenant is; "Harbor Plumbing" with a hosted agent when absent. */
  readonly office?: OfficeOptions;
  /** Variables of the apps on top of the fast times. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A stack of a test file's own (database, sandbox, API with the built UI, worker, media), a demo tenant in it, and a browser. Persons come in
 * by their links through the real pages, when they are first asked for.
 *
 *     const ui = await Ui.start();                       // in beforeAll; ui?.stop() in afterAll
 *     const page = await ui.page("approver");            // signed in, at the overview; closed after the test
 *     await page.goto(ui.at(`/t/${ui.tenant}/d/front-desk`));
 *     expect(await ui.axe(page)).toEqual([]);
 *
 * A test whose pages complain (see `listenTo`) fails.
 */
export class Ui {
  readonly installation: Installation;
  /** The demo tenant: its REST client is `office.api`; it rolls out, plans and waits. */
  readonly office: Office;
  readonly browser: Browser;
  readonly #database: FreshDatabase;
  readonly #persons = new Map<Person, Promise<Kept>>();
  readonly #complaints: string[] = [];
  #neighbour: Promise<Office> | undefined;

  private constructor(made: { database: FreshDatabase; installation: Installation; office: Office; browser: Browser }) {
    this.#database = made.database;
    this.installation = made.installation;
    this.office = made.office;
    this.browser = made.browser;
  }

  static async start(options: UiOptions = {}): Promise<Ui> {
    const database = await freshDatabase();
    const installation = await Installation.start({
      databases: database,
      variables: { ...UNHURRIED, ...options.variables },
    });
    try {
      const [browser, office] = await Promise.all([
        openBrowser(),
        Office.open(installation, { slug: "harbor", name: "Harbor Plumbing", ...options.office }),
        installation.worker(),
      ]);
      return new Ui({ database, installation, office, browser });
    } catch (error) {
      await installation.stop();
      await database.drop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.installation.stop();
    await this.#database.drop();
    this.#failOnComplaints();
  }

  /** Where the UI is, without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.installation.ports.api}`;
  }

  /** Slug of the demo tenant. */
  get tenant(): string {
    return this.office.slug;
  }

  /** The whole address of a page. */
  at(path: string): string {
    return this.url + path;
  }

  /** The second tenant, where `neighbour` is the administrator. */
  neighbour(): Promise<Office> {
    this.#neighbour ??= Office.open(this.installation, { slug: "hillside", name: "Hillside Dental" });
    return this.#neighbour;
  }

  /** A page of a signed-in person in a browser of their own, at the overview; `null`: of somebody who is not signed in, at the sign-in. */
  async page(person: Person | null = "admin", options: BrowserContextOptions = {}): Promise<Page> {
    const state = person === null ? {} : { storageState: await this.#signedIn(person) };
    const context = await this.browser.newContext({ viewport: DESK, locale: "en-GB", ...options, ...state });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    listenTo(page, this.#complaints);
    onTestFinished(async ({ task }) => {
      if (task.result?.state === "fail") await keepFailure(page, `${task.name} ${person ?? "nobody"}`);
      await context.close();
      this.#failOnComplaints();
    });
    await page.goto(this.at("/"));
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  }

  /** The link of a person who has not come in yet. */
  async link(person: Person): Promise<string> {
    const office = person === "neighbour" ? await this.neighbour() : this.office;
    return linkFor(person, this.installation, office);
  }

  /** Serious findings of axe on the page as it stands. */
  axe = seriousFindings;
  axeOfColours = findingsOfColours;
  /** A picture for the documentation, in docs/ui. */
  screenshot = screenshot;

  /** What pages have complained of so far, taken away: for tests that bring it about. */
  complaints(): string[] {
    return this.#complaints.splice(0);
  }

  #signedIn(person: Person): Promise<Kept> {
    const known = this.#persons.get(person);
    if (known !== undefined) return known;
    const coming = this.link(person).then((link) => comeIn(this.browser, person, link));
    this.#persons.set(person, coming);
    return coming;
  }

  #failOnComplaints(): void {
    const heard = this.complaints();
    if (heard.length > 0) throw new Error(`pages complained:\n${heard.join("\n")}`);
  }
}
