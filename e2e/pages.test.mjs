// The pages that operators live in: nothing moves while a board loads, the wall fits its screen, menus work by keyboard and
// without a script, a mistake is seen with its field, the preview shows the mail as a mail program does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, expectAllGood, expectFits, expectGood, expectNoProblems, likeIn, newPage, startServer } from "./support.mjs";

const link = (server, path) => server.output().match(new RegExp(`http://[^\\s]+/${path}/[^\\s]+`))[0];

/** How far what is seen has moved by itself since the page began to load (Layout Instability, W3C WICG). */
const watchShifts = () => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
};

test("Pages that operators live in", async (t) => {
  const server = await startServer({ command: "demo" });
  await eventually("the links are told", () => server.output().includes("/r/"));
  const page = await newPage();
  await page.goto(link(server, "demo"));
  const campaign = page.url();

  await t.test("nothing moves while a board, a wall or a list loads", async () => {
    for (const [width, height] of [
      [1280, 900],
      [1366, 768],
      [1920, 1080],
      [360, 740],
    ]) {
      for (const locale of ["ja", "en"]) {
        const other = await likeIn(page, { viewport: { width, height }, locale });
        await other.addInitScript(watchShifts);
        for (const place of [campaign, `${campaign}/wall`, `${campaign}/phone`, `${campaign}/companies`, "/", "/audit"]) {
          // As over a line that is slower than the page is drawn: it comes in pieces.
          await other.goto(new URL(`${new URL(place, campaign).pathname}?lang=${locale}`, campaign).href);
          if (place === campaign || place.endsWith("/wall")) await other.locator("[data-live-told=on]").waitFor();
          await other.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          const moved = await other.evaluate(() => window.shifted);
          assert.ok(moved <= 0.05, `${place} in ${locale} at ${width}: ${moved.toFixed(3)}`);
        }
        await other.context().close();
      }
    }
  });

  await t.test("the wall fits its screen, whatever its size", async () => {
    for (const [width, height] of [
      [1920, 1080],
      [1366, 768],
      [1280, 720],
      [2560, 1440],
      [3840, 2160],
    ]) {
      for (const language of ["ja", "en"]) {
        await page.setViewportSize({ width, height });
        await page.goto(`${campaign}/wall?lang=${language}`);
        const seen = await page.evaluate(() => {
          const bottom = (element) => element.getBoundingClientRect().bottom;
          const stamps = [...document.querySelectorAll("ul.sheet li")];
          const within = (element, box) => element.getBoundingClientRect().bottom <= box.getBoundingClientRect().bottom + 1;
          const phones = [...document.querySelectorAll(".calls td.num")].filter((cell) => cell.offsetParent);
          return {
            height: document.documentElement.scrollHeight,
            stamps: stamps.length,
            last: Math.max(...stamps.map(bottom)),
            cut: stamps.filter((stamp) => !within(stamp, stamp.closest(".card"))).length,
            size: stamps[0].getBoundingClientRect().width,
            calls: phones.length,
            numbers: phones.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length,
          };
        });
        const where = `${width} × ${height} in ${language}: ${JSON.stringify(seen)}`;
        assert.ok(seen.height <= height && seen.last <= height, where);
        assert.equal(seen.stamps, 340, where);
        assert.equal(seen.cut, 0, where);
        assert.ok(seen.size >= 16, where);
        assert.ok(seen.calls >= 4, where);
        assert.equal(seen.numbers, 0, `a telephone number is cut off, ${where}`);
      }
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${campaign}/wall`);
    await expectFits(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  await t.test("the board's ways are one button and three menus, by keyboard and without a script", async () => {
    await page.goto(`${campaign}?lang=ja`);
    const head = page.locator(".head .actions");
    assert.equal(await head.locator("> .btn.primary").count(), 1);
    const menus = head.locator("details.menu");
    assert.equal(await menus.count(), 3);
    const first = menus.first();
    // Asked in one go: the board may be drawn anew at any moment.
    const open = () => page.evaluate(() => [...document.querySelectorAll("details.menu")].map((menu) => menu.open));
    await first.locator("summary").focus();
    await page.keyboard.press("Enter");
    assert.deepEqual(await open(), [true, false, false]);
    await page.keyboard.press("Tab");
    const reached = await page.evaluate(() => document.activeElement.getAttribute("href"));
    assert.match(reached, /\/answers$/);
    await page.keyboard.press("Escape");
    assert.deepEqual(await open(), [false, false, false]);
    const back = await page.evaluate(() => document.activeElement === document.querySelector("details.menu > summary"));
    assert.ok(back, "the focus is where the menu was opened");
    // Opening another one closes the first.
    await first.locator("summary").click();
    await menus.nth(1).locator("summary").click();
    assert.deepEqual(await open(), [false, true, false]);
    await menus.nth(1).locator("a[href$='/follow']").click();
    await page.waitForURL("**/follow");
    // Each opens within a phone's width, too.
    const plain = await likeIn(page, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    await plain.goto(campaign);
    for (let i = 0; i < 3; i++) {
      await plain.locator("details.menu > summary").nth(i).click();
      await expectFits(plain);
    }
    await plain.locator("details.menu a[href$='/paper']").click();
    await plain.waitForURL("**/paper");
    await plain.context().close();
    expectNoProblems(page);
  });

  await t.test("a mistake in the first step is read first, and leads to a field that nothing covers", async () => {
    for (const [width, height] of [
      [1280, 700],
      [360, 740],
    ]) {
      await page.setViewportSize({ width, height });
      await page.goto(`${server.url}/campaigns/new`);
      // The only required field is the first.
      const title = page.locator("#title");
      const first = await page.evaluate(() => document.querySelector("main form :is(input:not([type=hidden]), select)").id);
      assert.equal(first, "title");
      await page.locator("main .btn.primary").click();
      const list = page.locator(".notice.bad.errors");
      await list.waitFor();
      assert.ok(await list.evaluate((element) => element === document.activeElement));
      for (const a of await list.locator("a").all()) {
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        await a.click();
        const seen = await page.evaluate(() => {
          const field = document.activeElement.closest("input, select") ?? document.querySelector(":target");
          const box = field.getBoundingClientRect();
          const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
          return { id: field.id, top: box.top, bottom: box.bottom, free: field === at || field.contains(at) };
        });
        assert.ok(seen.free && seen.top >= 0 && seen.bottom <= height, `at ${width}: ${JSON.stringify(seen)}`);
        await page.locator(".notice.bad.errors").evaluate((element) => element.scrollIntoView());
      }
      assert.match(await title.getAttribute("aria-describedby"), /title-error/);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await expectGood(page, "pages-step1-mistakes");
  });

  await t.test("no field that gets the focus by keyboard hides behind the bar below", async () => {
    for (const [width, height] of [
      [1280, 700],
      [360, 740],
    ]) {
      await page.setViewportSize({ width, height });
      await page.goto(`${server.url}/campaigns/new`);
      const fields = await page.locator("main form :is(input:not([type=hidden]), select, textarea)").count();
      for (let i = 0; i < fields + 12; i++) {
        await page.keyboard.press("Tab");
        const hidden = await page.evaluate(() => {
          const held = document.activeElement;
          if (!held.matches("main form :is(input, select, textarea)")) return null;
          const box = held.getBoundingClientRect();
          const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
          return held === at || held.contains(at) || at?.closest("label")?.contains(held) ? null : held.name;
        });
        assert.equal(hidden, null, `at ${width}`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  let draft;
  await t.test("the preview shows the mail as a mail program does, in both languages", async () => {
    await page.goto(`${server.url}/campaigns/new`);
    await page.locator("#title").fill("下見の試し");
    await page.locator("main .btn.primary").click();
    await page.waitForURL("**/edit/2");
    draft = page.url().replace("/edit/2", "");
    await page.goto(`${draft}/edit/3`);
    for (const field of ["sender", "inquiries"])
      for (const language of ["ja", "en"]) await page.locator(`#${field}-${language}`).fill("情報セキュリティ室");
    await page.locator("main .btn.primary").click();
    await page.waitForURL("**/edit/4");
    for (const [language, words] of [
      ["ja", /回答ページを開く/],
      ["en", /Open the answer page/],
    ]) {
      await page.goto(`${draft}/edit/4?l=${language}`);
      const frame = page.frameLocator("iframe.sample");
      assert.match(await frame.locator("body").textContent(), words);
      assert.ok((await frame.locator("a").first().boundingBox()).height > 20, "it has its looks");
      assert.match(await page.locator(".mail").textContent(), /https?:\/\//);
    }
    expectNoProblems(page);
  });

  await t.test("an unknown address keeps the navigation, and what was done is said once", async () => {
    await page.goto(`${server.url}/campaigns/not-an-id?lang=ja`);
    assert.match(await page.locator("h1").textContent(), /見つかりません/);
    assert.equal(await page.locator("header nav a").count(), 5);
    await page.locator("header nav a").first().click();
    await page.waitForURL("**/campaigns");
    await page.goto(`${draft}/edit/3`);
    await page.locator("button[value=later]").click();
    await page.waitForURL("**/campaigns");
    assert.match(await page.locator(".notice.good").textContent(), /下書きを保存しました/);
    await page.reload();
    assert.equal(await page.locator(".notice.good").count(), 0);
  });

  await t.test("they are good", async () => {
    await expectAllGood(
      page,
      {
        "pages-board": campaign,
        "pages-step1": "/campaigns/new",
        "pages-step2": `${draft}/edit/2`,
        "pages-step3": `${draft}/edit/3`,
        "pages-step4": `${draft}/edit/4`,
        "pages-step5": `${draft}/edit/5`,
        "pages-audit": "/audit",
        "pages-audit-none": "/audit?q=nobody-at-all",
        "pages-outbox-none": "/outbox?state=ambiguous",
        "pages-compare": "/campaigns/compare",
      },
      { languages: ["ja", "en"] },
    );
    await page.goto(`${server.url}/campaigns/not-an-id`);
    await expectGood(page, "pages-404");
    await page.goto(campaign);
    await page.locator("details.menu > summary").first().click();
    await expectGood(page, "pages-board-menu");
  });

  await server.stop();
});
