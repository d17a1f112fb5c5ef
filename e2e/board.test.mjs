// The board of a campaign, live, in a demonstration: what an operator sees in five seconds, and where each number leads.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, expectAllGood, expectGood, expectNoProblems, newPage, startServer } from "./support.mjs";

const link = (server, path) => server.output().match(new RegExp(`http://[^\\s]+/${path}/[^\\s]+`))[0];

test("A demonstration", async (t) => {
  const server = await startServer({ command: "demo" });
  await eventually("the links are told", () => server.output().includes("/r/"));
  const page = await newPage();
  await page.goto(link(server, "demo"));
  const campaign = page.url();
  assert.match(campaign, /\/campaigns\//);
  const numbers = async () => (await page.locator("ul.nums b").allTextContents()).map(Number);

  await t.test("says on every page that nothing is real", async () => {
    for (const place of [campaign, "/", "/companies", `${campaign}/wall`, link(server, "r")]) {
      await page.goto(new URL(place, server.url).href);
      assert.match(await page.locator(".demo").textContent(), /架空|fictitious/, place);
    }
  });

  await t.test("the board moves while one looks, and keeps the focus", async () => {
    await page.goto(campaign);
    const before = await numbers();
    assert.equal(before[0], 340);
    await page.locator("[data-live-told=on]").waitFor();
    assert.ok(await page.locator("[data-live-state]").isVisible(), "the link that loads the page stays");
    const stamp = page.locator("ul.sheet a").first();
    await stamp.focus();
    const href = await stamp.getAttribute("href");
    await eventually("another company has acted", async () => String(await numbers()) !== String(before), {
      within: 45_000,
    });
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), href);
    expectNoProblems(page);
  });

  await t.test("what can be scrolled or opened keeps the focus, too", async () => {
    await page.goto(campaign);
    for (const place of ["details > summary", ".scroll:has(.calls)"]) {
      const held = page.locator(place).first();
      await held.focus();
      // The next refresh draws it anew.
      await held.evaluate((element) => (element.dataset.old = "1"));
      await eventually("it is drawn anew", () => held.evaluate((element) => !element.dataset.old), { within: 45_000 });
      assert.ok(await held.evaluate((element) => element === document.activeElement), place);
    }
  });

  await t.test("it can be paused, and goes on", async () => {
    await page.goto(campaign);
    const toggle = page.locator(".live button");
    await toggle.focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-live-told=paused]").waitFor();
    await page.waitForTimeout(2500);
    const before = await page.locator("[data-live]").getAttribute("data-version");
    await page.waitForTimeout(9000);
    assert.equal(await page.locator("[data-live]").getAttribute("data-version"), before);
    await page.keyboard.press("Enter");
    await eventually("it goes on", async () => {
      return (await page.locator("[data-live]").getAttribute("data-version")) !== before;
    });
    assert.ok(await toggle.evaluate((element) => element === document.activeElement));
  });

  await t.test("what was counted before it was connected is seen at once", async () => {
    const other = await newPage({ storageState: await page.context().storageState() });
    let drawn = 0;
    await other.route(campaign, async (route) => {
      const answer = await route.fetch();
      const text = await answer.text();
      drawn += 1;
      // As if it had been drawn before all of this.
      const body = drawn === 1 ? text.replace(/data-version="\d+"/, 'data-version="0"') : text;
      await route.fulfill({ response: answer, body });
    });
    await other.goto(campaign);
    await eventually("it is fetched anew", async () => {
      return (await other.locator("[data-live]").getAttribute("data-version")) !== "0";
    });
    await other.context().close();
  });

  await t.test("a proxy's page of an error doesn't take its place", async () => {
    const other = await newPage({ storageState: await page.context().storageState() });
    await other.goto(campaign);
    await other.locator("[data-live-told=on]").waitFor();
    let refused = 0;
    const refuse = (route) => {
      refused += 1;
      return route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" });
    };
    await other.route(campaign, refuse);
    await other.route(`${campaign}/live`, refuse);
    await eventually("it was refused", () => refused > 1, { within: 60_000 });
    assert.equal(await other.locator("ul.sheet li").count(), 340);
    const before = await other.locator("[data-live]").getAttribute("data-version");
    await other.unroute(campaign, refuse);
    await other.unroute(`${campaign}/live`, refuse);
    await eventually(
      "it goes on",
      async () => (await other.locator("[data-live]").getAttribute("data-version")) !== before,
      { within: 60_000 },
    );
    // Signed out, the page says so.
    await other.context().clearCookies();
    await other.waitForURL("**/sign-in**", { timeout: 45_000 });
    await other.context().close();
  });

  await t.test("every number leads to as many companies", async () => {
    for (const state of ["bounced", "opened"]) {
      await page.goto(campaign);
      const entry = page.locator(`ul.nums a[href$='state=${state}']`);
      const count = Number(await entry.locator("b").textContent());
      await entry.click();
      await page.waitForURL(`**state=${state}`);
      const rows = await page.locator("tbody tr").count();
      // Companies go on answering meanwhile.
      assert.ok(Math.abs(rows - count) <= 3, `${state}: ${count} on the board, ${rows} in the list`);
    }
    await page.goto(`${campaign}/answers`);
    await page.locator("tr.sum a").first().click();
    await page.locator(".notice").waitFor();
    assert.ok((await page.locator("tbody tr").count()) > 0);
    const column = await page.locator("tbody tr td:nth-child(3) .sr").allTextContents();
    assert.ok(column.every((word) => word === "いいえ" || word === "No"), String(column));
  });

  await t.test("without a script it is drawn whole", async () => {
    const plain = await newPage({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    await plain.goto(campaign);
    assert.equal(await plain.locator("ul.sheet li").count(), 340);
    await plain.locator("[data-live-state]").click();
    await plain.waitForURL(campaign);
    await plain.context().close();
  });

  await t.test("the sheet of paper is one page", async () => {
    await page.goto(`${campaign}/paper`);
    for (const language of ["ja", "en"]) {
      await page.goto(`${campaign}/paper?lang=${language}`);
      const pdf = await page.pdf({ preferCSSPageSize: true });
      const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
      assert.equal(pages, 1, language);
    }
  });

  await t.test("all of its pages are good", async () => {
    // Pages that don't move by themselves hold still while they are looked at.
    await expectAllGood(
      page,
      {
        board: campaign,
        "board-companies": `${campaign}/companies?state=answered`,
        "board-answers": `${campaign}/answers`,
        "board-phone": `${campaign}/phone`,
        "board-wall": `${campaign}/wall`,
        "board-paper": `${campaign}/paper`,
        "board-home": "/",
        "board-campaigns": "/campaigns",
        compare: "/campaigns/compare",
      },
      { languages: ["en", "ja"] },
    );
    await page.goto(`${server.url}/campaigns/compare`);
    const options = await page.locator("#a option").evaluateAll((all) => all.map((option) => option.value));
    await page.goto(`${server.url}/campaigns/compare?a=${options[1]}&b=${options[0]}`);
    await expectGood(page, "compare-two");
    await page.goto(`${server.url}/companies`);
    await page.locator("tbody th a").first().click();
    await page.locator("a[href$='/campaigns']", { hasText: /これまで|so far/ }).click();
    await page.waitForURL("**/campaigns");
    await expectGood(page, "history");
  });

  await server.stop();
  assert.match(server.output(), /goes when you press/);
});
