// The form of answers in a browser: Enter, a connection that comes and goes, one numbering, what can't be. And on all pages: the
// button that Enter presses is the one that its form is for.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import {
  day,
  download,
  eventually,
  expectGood,
  expectNoProblems,
  kairan,
  newPage,
  PHONE,
  readCsv,
  readMaildir,
  signUp,
  startServer,
} from "./support.mjs";

const probe = fileURLToPath(new URL("../tests/fixtures/checklists/probe", import.meta.url));
const MAILS = ["a", "b", "c", "d", "e", "f", "g"].map((one) => `${one}@example.jp`);

/** A server whose checklist is the probe's five questions, and the links of companies that are asked them. */
async function start() {
  const data = mkdtempSync(join(tmpdir(), "kairan-form-"));
  after(() => rmSync(data, { recursive: true, force: true }));
  cpSync(probe, join(data, "content/checklists/probe"), { recursive: true });
  const server = await startServer({ data });
  const list = join(server.data, "list.csv");
  const lines = MAILS.map((mail, nth) => `P${nth},株式会社${nth}製作所,佐藤,${mail},ja`);
  writeFileSync(list, `取引先コード,会社名,担当者,メールアドレス,言語\n${lines.join("\n")}\n`);
  kairan(server, "directory", "import", list);
  const plan = join(server.data, "plan.toml");
  writeFileSync(
    plan,
    `title = "点検"\nchecklist = "probe"\nletter_supplier = "self-check-request"\nletter_group = "self-check-group"\n` +
      `deadline = "2099-12-10T17:00"\nzone = "Asia/Tokyo"\n` +
      `[sender]\nja = "株式会社ひかり製作所　情報セキュリティ室"\nen = "Hikari Works, Information Security"\n` +
      `[inquiries]\nja = "情報セキュリティ室　052-000-0118"\nen = "Information Security, +81-52-000-0118"\n`,
  );
  const { number } = kairan(server, "campaign", "create", plan);
  kairan(server, "campaign", "send", number);
  const mails = await eventually("the mails", async () => {
    const found = await readMaildir(`${server.data}/outbox`);
    return found.length >= MAILS.length && found;
  });
  const links = MAILS.map((mail) => {
    const link = new URL(mails.find(({ to }) => to[0].address === mail).links.find((one) => one.includes("/r/")));
    return `${link.origin}${link.pathname}`;
  });
  return { server, links };
}

/**
 * The forms of a page whose first submit button, the one that Enter presses, isn't the one that the form is for. Where that is
 * not the primary one, because what was chosen is to be seen before it counts, the button says so: `data-default`.
 */
const wrongDefaults = (page) =>
  page.evaluate(() => {
    const said = (button) => button.outerHTML.slice(0, 120);
    const typed = "input:not([type=hidden], [type=submit], [type=button], [type=image], [type=reset]), select";
    return [...document.forms].flatMap((form) => {
      // `elements` is in the order of the page, with what stands outside of the form.
      const buttons = [...form.elements].filter((one) => one.type === "submit");
      const fields = [...form.elements].filter((one) => one.matches(typed));
      if (buttons.length < 2 || fields.length === 0) return [];
      const [first, ...others] = buttons;
      const language = others.some((one) => one.value.startsWith("lang:"));
      const isForEnter = first.tabIndex === -1 && first.getAttribute("aria-hidden") === "true" && !first.name;
      // What keeps a draft sends nothing.
      const isHarmless = first.hasAttribute("data-default") || first.value === "draft";
      const isMain = first.classList.contains("primary") || isHarmless || isForEnter;
      const isBad = /^(lang:|back$|later$)/.test(first.value) || first.classList.contains("danger") || (language && !isForEnter);
      return !isMain || isBad ? [`${form.getAttribute("action")}: ${said(first)}`] : [];
    });
  });

/** Waits until the page says this where it tells what is saved. */
const says = (page, words) => page.locator("#saved", { hasText: words }).waitFor();

/** Whether leaving the page asks first: a click on a link is answered "stay". */
async function asksBeforeLeaving(page) {
  let asked = false;
  const stay = (dialog) => {
    asked = dialog.type() === "beforeunload";
    return dialog.dismiss();
  };
  page.on("dialog", stay);
  const before = page.url();
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "/code";
    link.id = "away";
    link.textContent = "away";
    document.querySelector("main").append(link);
  });
  await page.locator("#away").click({ noWaitAfter: true });
  if (!asked) await page.waitForURL((url) => url.pathname === "/code", { timeout: 3000 }).catch(() => {});
  page.off("dialog", stay);
  if (page.url() === before) await page.evaluate(() => document.getElementById("away").remove());
  return asked;
}

test("the form of answers", async (t) => {
  const { server, links } = await start();

  await t.test("a1: Enter in every kind of field saves, and goes on", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await newPage({ viewport: PHONE, javaScriptEnabled });
      const link = links[javaScriptEnabled ? 0 : 1];
      const at = (path) => page.waitForURL((url) => url.href === `${link}${path}`);
      await page.goto(`${link}/check/backup`);
      await page.locator("input[value=yes]").check();
      await page.locator("input[value=yes]").press("Enter");
      await at("/check/restored");
      await page.locator("#q-restored").fill("2026-11-05");
      await page.locator("#q-restored").press("Enter");
      await at("/check/seats");
      await page.locator("#q-seats").fill("12");
      await page.locator("#q-seats").press("Enter");
      await at("/check/trained");
      await page.locator("input[value=no]").check();
      await page.locator("input[value=no]").press("Enter");
      await at("/about");
      for (const [field, text] of [["contact", "052-000-0118"], ["name", "佐藤"]]) {
        await page.locator(`#${field}`).fill(text);
      }
      await page.locator("#name").press("Enter");
      await at("/review");
      const review = await page.locator("main").innerText();
      for (const text of ["2026-11-05", "12", "佐藤"]) assert.ok(review.includes(text), `${text} in ${review}`);
      assert.equal(await page.locator("html").getAttribute("lang"), "ja");
      expectNoProblems(page);
      await page.context().close();
    }
  });

  await t.test("a4: offline while answering is said, kept, and made good", async () => {
    const page = await newPage({ viewport: PHONE });
    const link = links[2];
    await page.goto(`${link}/check/backup`);
    await page.locator("label.pick:has(input[value=no])").click();
    await says(page, "に保存しました");
    assert.equal(await asksBeforeLeaving(page), false, "all is saved");
    await page.goto(`${link}/check/backup`);

    await page.context().setOffline(true);
    await page.locator("#c-backup").fill("オフラインで書いた");
    await says(page, "まだ保存できていません");
    assert.match(await page.locator("#saved").innerText(), /最後の保存：\d\d:\d\d JST/);
    assert.equal(await asksBeforeLeaving(page), true);
    // The button doesn't end on the browser's own page either.
    await page.locator("main .btn.primary").click();
    await says(page, "まだ保存できていません");
    assert.equal(page.url(), `${link}/check/backup`);
    assert.equal(await page.locator("#c-backup").inputValue(), "オフラインで書いた");
    // The browser can't reach the stylesheet of a new page, but this one is whole.
    page.problems = page.problems.filter((one) => !one.includes("ERR_INTERNET_DISCONNECTED"));
    await expectGood(page, "form-offline");
    await page.context().setOffline(false);
    await page.waitForURL((url) => url.href === `${link}/check/why-not`);
    await page.goto(`${link}/check/backup`);
    assert.equal(await page.locator("#c-backup").inputValue(), "オフラインで書いた");
    await page.context().close();
  });

  await t.test("a4: a server that fails, is busy, or is somebody else's page, is asked again", async () => {
    const page = await newPage({ viewport: PHONE, locale: "en" });
    const link = links[3];
    const failing = [
      { status: 503, contentType: "text/html", body: "<h1>Bad gateway</h1>", headers: { "retry-after": "1" } },
      { status: 500, contentType: "text/html", body: "<h1>Error</h1>" },
      { status: 429, contentType: "application/problem+json", body: `{"title":"Too many tries"}`, headers: { "retry-after": "1" } },
      { status: 200, contentType: "text/html", body: "<h1>Sign in to the wireless network</h1>" },
      { status: 403, contentType: "text/html", body: "<h1>Blocked by a proxy</h1>" },
    ];
    for (const failure of failing) {
      await page.goto(`${link}/check/seats`);
      let fails = 0;
      await page.route("**/save", (route) => (fails++ === 0 ? route.fulfill(failure) : route.continue()));
      const seats = String(100 + failure.status + fails);
      await page.locator("#q-seats").fill(seats);
      await page.locator("#q-seats").dispatchEvent("change");
      await says(page, "Not saved yet");
      if (failure.status === 429) await says(page, "Too many tries");
      await says(page, "You can close this page");
      assert.ok(fails >= 2, `${failure.status}: tried ${fails} times`);
      await page.unroute("**/save");
      await page.reload();
      assert.equal(await page.locator("#q-seats").inputValue(), seats, `after ${failure.status}`);
    }
    // The same for the buttons: the form is kept, and posted again.
    for (const [place, field, failure] of [
      ["/check/seats", "#q-seats", failing[0]],
      ["/about", "#division", failing[1]],
    ]) {
      await page.goto(`${link}${place}`);
      let fails = 0;
      await page.route(`**${place}`, (route) => {
        if (route.request().method() !== "POST" || fails++ > 0) return route.continue();
        return route.fulfill(failure);
      });
      await page.locator(field).fill("77");
      if (place === "/about") {
        await page.locator("#name").fill("K. Sato");
        await page.locator("#contact").fill("052-000-0118");
        assert.equal(await asksBeforeLeaving(page), true, "only the button saves this form");
      }
      await page.locator("main .btn.primary").click();
      await says(page, "Not saved yet");
      if (place === "/about") {
        page.problems = [];
        await expectGood(page, "form-unsaved-about");
      }
      await page.waitForURL((url) => !url.href.endsWith(place));
      await page.unroute(`**${place}`);
      await page.goto(`${link}${place}`);
      assert.equal(await page.locator(field).inputValue(), "77");
    }
    await page.context().close();
  });

  await t.test("a4: what the server refuses is said, and isn't taken for saved", async () => {
    const page = await newPage({ viewport: PHONE, locale: "en" });
    const link = links[3];
    const said = { revisions: {}, problems: { seats: "Not saved: more was changed by this link today." }, conflicts: [], saved: "Saved", at: "" };
    for (const [status, contentType, body, words] of [
      [429, "application/json", JSON.stringify(said), "more was changed by this link today"],
      [409, "application/problem+json", `{"title":"This request is closed"}`, "This request is closed. What you typed is still on this page."],
    ]) {
      await page.goto(`${link}/check/seats`);
      await page.route("**/save", (route) => route.fulfill({ status, contentType, body }));
      await page.locator("#q-seats").fill(`${status}`);
      await page.locator("#q-seats").dispatchEvent("change");
      await says(page, words);
      assert.equal(await asksBeforeLeaving(page), true, `${status}`);
      await page.unroute("**/save");
      // The button saves it after all.
      await page.locator("main .btn.primary").click();
      await page.waitForURL((url) => !url.href.endsWith("/seats"));
      await page.goto(`${link}/check/seats`);
      assert.equal(await page.locator("#q-seats").inputValue(), `${status}`);
    }
    await page.context().close();
  });

  await t.test("a4: more than a browser sends along when a page is closed is saved too", async () => {
    const page = await newPage({ viewport: PHONE });
    const link = links[2];
    await page.goto(`${link}/all`);
    await page.context().setOffline(true);
    // 36 kB each on the way.
    const texts = { "c-backup": "控".repeat(4000), "q-why-not": "由".repeat(4000), "c-trained": "研".repeat(4000) };
    for (const [id, text] of Object.entries(texts)) await page.locator(`#${id}`).fill(text);
    await page.locator("#c-trained").blur();
    await says(page, "まだ保存できていません");
    // Also on a long page it is in sight, wherever one is.
    const box = await page.locator("#saved").boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= PHONE.height, JSON.stringify(box));
    await page.context().setOffline(false);
    await says(page, "に保存しました");
    await page.reload();
    for (const [id, text] of Object.entries(texts)) assert.equal(await page.locator(`#${id}`).inputValue(), text, id);
    await page.context().close();
  });

  await t.test("a4: a submission that the network swallowed is sent again, and is one", async () => {
    const page = await newPage({ viewport: PHONE });
    const link = links[4];
    await page.goto(`${link}/all`);
    await page.locator("#backup label.pick:has(input[value=no])").click();
    await page.locator("#trained label.pick:has(input[value=yes])").click();
    await page.locator("main .btn.primary").click();
    await page.waitForURL("**/about");
    await page.locator("#name").fill("佐藤");
    await page.locator("#contact").fill("052-000-0118");
    await page.locator("main .btn.primary").click();
    await page.waitForURL("**/review");
    let swallowed = 0;
    await page.route("**/submit", async (route) => {
      if (swallowed++ > 0) return route.continue();
      // The server takes it, and its answer is lost on the way.
      await route.fetch();
      return route.abort("connectionreset");
    });
    await page.locator("main form .primary").click();
    await says(page, "まだ送れていません");
    await page.waitForURL("**/receipt");
    assert.equal(swallowed, 2);
    await page.context().close();
  });

  await t.test("a4: a device that has to be confirmed first keeps what was typed", async () => {
    const page = await newPage({ viewport: PHONE, locale: "en" });
    const link = links[5];
    await page.goto(`${link}/check/seats`);
    // Meanwhile a colleague sends the answers, and this device hasn't saved anything yet.
    const other = await newPage({ viewport: PHONE, locale: "en" });
    await other.goto(`${link}/all`);
    await other.locator("#backup label.pick:has(input[value=no])").click();
    await other.locator("#trained label.pick:has(input[value=yes])").click();
    await other.locator("main .btn.primary").click();
    await other.waitForURL("**/about");
    await other.locator("#name").fill("K. Sato");
    await other.locator("#contact").fill("052-000-0118");
    await other.locator("main .btn.primary").click();
    await other.waitForURL("**/review");
    await other.locator("main form .primary").click();
    await other.waitForURL("**/receipt");
    await other.context().close();

    await page.locator("#q-seats").fill("15");
    await page.locator("main .btn.primary").click();
    await says(page, "This device has to be confirmed first. What you typed is still on this page.");
    assert.equal(await page.locator("#q-seats").inputValue(), "15");
    const way = page.locator("#saved a");
    assert.equal(await way.getAttribute("href"), `${new URL(link).pathname}/device`);
    assert.equal(await way.getAttribute("target"), "_blank");
    page.problems = [];
    await expectGood(page, "form-device");
    await page.context().close();
  });

  await t.test("a7: a day to come is refused on the page, and what was saved is said", async () => {
    for (const locale of ["ja", "en"]) {
      const page = await newPage({ viewport: PHONE, locale, javaScriptEnabled: false });
      const link = links[6];
      await page.goto(`${link}/check/backup`);
      await expectGood(page, "form-first");
      await page.locator("input[value=yes]").check();
      await page.locator("button[value=next]").click();
      await page.waitForURL("**/check/restored");
      assert.equal(await page.locator("#q-restored").getAttribute("max"), day(0));
      await page.goto(`${link}/all`);
      await page.locator("#q-restored").evaluate((field) => field.removeAttribute("max"));
      await page.locator("#q-restored").fill(day(3));
      await page.locator("main .btn.primary").click();
      await page.locator(".notice.bad[role=alert]").waitFor();
      assert.equal(await page.locator("#q-restored").inputValue(), day(3));
      await expectGood(page, "form-day-to-come");
      await page.goto(`${link}/check/restored`);
      await page.locator("#q-restored").evaluate((field) => field.removeAttribute("max"));
      await page.locator("#q-restored").fill(day(3));
      await page.locator("main .btn.primary").click();
      await page.locator(".notice.bad[role=alert]").waitFor();
      await expectGood(page, "form-day-to-come-alone");
      // What is missing is named, and nothing is offered that would be refused.
      await page.goto(`${link}/review`);
      await page.locator(".notice.bad").waitFor();
      assert.equal(await page.locator("main form .primary").count(), 0);
      await expectGood(page, "form-missing");
      expectNoProblems(page);
      await page.context().close();
    }
  });

  await t.test("a3: one number on each page, in the file and on the phone", async () => {
    const page = await newPage({ viewport: PHONE });
    const link = links[0];
    const texts = async (address, selector) => {
      await page.goto(address);
      return page.locator(selector).allInnerTexts();
    };
    const has = (all, start, what) => assert.ok(all.some((one) => one.startsWith(start)), `${what}: "${start}" in ${all.join(" | ")}`);
    has(await texts(`${link}/check/trained`, ".way span"), "5 / 5", "form");
    has(await texts(`${link}/all`, ".q h3"), "5. 研修をしていますか。", "all on a page");
    has(await texts(`${link}/review`, "dt"), "5. 研修をしていますか。", "review");
    await page.locator("main form .primary").click();
    await page.waitForURL("**/receipt");
    has(await page.locator("dt").allInnerTexts(), "5. 研修をしていますか。", "receipt");
    await expectGood(page, "form-receipt");
    await page.context().close();
    const { page: operator } = await signUp(server);
    await operator.goto(`${server.url}/campaigns`);
    await operator.locator("tbody th a").first().click();
    const board = operator.url();
    await operator.goto(`${board}/companies?q=P0`);
    await operator.locator("tbody th a").first().click();
    has(await operator.locator("th").allInnerTexts(), "5. 研修", "part");
    await expectGood(operator, "form-part");
    const part = operator.url();
    await operator.goto(`${part}/record`);
    has(await operator.locator("[data-row] > div:first-of-type").allInnerTexts(), "5. 研修をしていますか。", "by phone");
    await operator.goto(board);
    await operator.locator("details.menu:has(a[href$='format=csv']) > summary").click();
    const [row] = readCsv(await download(operator, operator.locator("a[href$='format=csv']")));
    assert.ok("5. 研修" in row, Object.keys(row).join(", "));

    // On every page that an operator or a company types on, Enter presses what its form is for.
    const draft = join(server.data, "draft.toml");
    writeFileSync(draft, readFileSync(join(server.data, "plan.toml"), "utf8"));
    kairan(server, "campaign", "create", draft);
    await operator.goto(`${server.url}/campaigns`);
    const drafts = await operator.locator("main a[href*='/edit/']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    assert.ok(drafts.length > 0, "a draft to look at");
    const base = drafts[0].replace(/\/edit\/\d$/, "");
    const places = [
      "/campaigns", "/companies", "/companies/new", "/companies/import", "/outbox", "/audit", "/buyers", "/buyers/new", "/inbox", "/people",
      "/campaigns/new", `${base}/edit/1`, `${base}/edit/2`, `${base}/edit/3`, `${base}/edit/4`, `${base}/edit/5`,
      ...["", "/companies", "/answers", "/phone", "/manage", "/follow"].map((one) => `${new URL(board).pathname}${one}`),
      new URL(part).pathname, `${new URL(part).pathname}/record`,
    ];
    const wrong = [];
    let seen = 0;
    for (const place of places) {
      const reply = await operator.goto(`${server.url}${place}`);
      if (reply.status() !== 200) continue;
      seen += 1;
      wrong.push(...(await wrongDefaults(operator)).map((one) => `${place} ${one}`));
    }
    assert.ok(seen >= 18, `only ${seen} of ${places.length} pages are there`);
    await operator.goto(`${server.url}/companies/import`);
    await operator.locator("input[type=file]").setInputFiles(join(server.data, "list.csv"));
    await operator.locator("main .btn.primary").click();
    await operator.locator("#header").waitFor();
    wrong.push(...(await wrongDefaults(operator)).map((one) => `import ${one}`));
    const visitor = await newPage();
    for (const place of ["/sign-in", "/code", "/verify", ...["", "/check/backup", "/check/seats", "/all", "/about", "/hand"].map((one) => new URL(links[2]).pathname + one)]) {
      await visitor.goto(`${server.url}${place}`);
      wrong.push(...(await wrongDefaults(visitor)).map((one) => `${place} ${one}`));
    }
    assert.deepEqual(wrong, []);
    await visitor.context().close();
    await operator.context().close();
  });

  await server.stop();
});
