// Reminders: the plan in its step and as a calendar, the operator's own days off, buyers, and the page that a buyer gets by
// mail and uses without an account.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  day,
  eventually,
  expectAllGood,
  expectGood,
  expectNoProblems,
  fixture,
  kairan,
  newPage,
  readMaildir,
  setClock,
  signUp,
  startServer,
} from "./support.mjs";

const group = fixture("cp932-40.csv");

// Buyers get their mail in the daytime of a business day.
setClock("2026-11-24T03:00:00Z");

test("reminders from the plan to a buyer's call", async (t) => {
  const server = await startServer({ env: { KAIRAN_ORGANISATION_ZONE: "Asia/Tokyo" } });
  const { page } = await signUp(server);
  kairan(server, "directory", "import", group.path, "--kind", "group");
  let company;

  await t.test("own days off", async () => {
    await page.goto(`${server.url}/calendar`);
    assert.match(await page.locator("#days").inputValue(), /12-29/);
    await page.locator("#days").fill("2030-13-01\n06-01 創立記念日");
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.bad").waitFor();
    assert.match(await page.locator("#days").inputValue(), /2030-13-01/, "what was typed is kept");
    await expectGood(page, "calendar-wrong");
    await page.locator("#days").fill("06-01 創立記念日");
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.good").waitFor();
    await expectAllGood(page, { calendar: "/calendar" });
  });

  await t.test("a buyer and a company of theirs", async () => {
    await expectAllGood(page, { "buyers-none": "/buyers" });
    await page.goto(`${server.url}/buyers/new`);
    await page.locator("#name").fill("購買 太郎");
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.bad").waitFor();
    await expectGood(page, "buyer-wrong");
    await page.locator("#mail").fill("taro@hikari.example");
    await page.locator("main .btn.primary").click();
    await page.locator("#codes").waitFor();
    await page.locator("#codes").fill("こんなコードはない");
    await page.locator("main .btn.primary").click();
    await page.locator("#codes-error").waitFor();
    await expectGood(page, "buyer-codes-wrong");
    await page.goto(`${server.url}/companies`);
    const link = page.locator("tbody th a").first();
    company = await link.textContent();
    await link.click();
    await page.locator("details:has(#buyer) summary").click();
    await page.locator("#buyer").selectOption({ index: 1 });
    await page.locator("details:has(#buyer) .btn").click();
    await page.locator(".notice.good").waitFor();
    await expectGood(page, "company-with-buyer");
    await expectAllGood(page, { buyers: "/buyers" });
  });

  let campaign;
  await t.test("the plan is chosen, and seen as a calendar before sending", async () => {
    await page.goto(`${server.url}/campaigns/new`);
    await page.locator("input[name=checklist][value=sc-2022]").check();
    await page.locator("#title").fill("VPN 装置の点検");
    await page.locator("button[value=next]").click();
    await page.waitForURL("**/edit/2");
    campaign = page.url().replace(/\/edit\/2$/, "");
    await page.goto(`${campaign}/edit/3`);
    assert.ok(await page.locator("input[name=reminders][value=standard]").isChecked());
    await page.locator("#day").fill(day(14));
    for (const language of ["ja", "en"]) {
      await page.locator(`#sender-${language}`).fill("ひかり製作所");
      await page.locator(`#inquiries-${language}`).fill("052-000-0118");
    }
    await page.locator("button[value=next]").click();
    await page.waitForURL("**/edit/4");
    await expectAllGood(page, { "campaign-5-plan": `${campaign}/edit/5` });
    assert.ok((await page.locator("main table tbody tr").count()) >= 6);

    await page.goto(`${campaign}/edit/3`);
    await page.locator("input[name=reminders][value=own]").check();
    await page.locator("fieldset details summary").click();
    await page.locator("#remind_unit").selectOption("hours");
    await page.locator("#remind_most").fill("99");
    await page.locator("button[value=later]").waitFor();
    const rows = page.locator("input[name=remind_days]");
    for (let i = 0; i < (await rows.count()); i++) await rows.nth(i).fill("");
    await rows.nth(0).fill("3");
    await rows.nth(1).fill("60");
    await page.locator("select[name=remind_to]").nth(1).selectOption("buyer");
    await page.locator("form.card").evaluate((form) => (form.noValidate = true));
    await page.locator("button[value=next]").click();
    await page.locator(".notice.bad").waitFor();
    assert.equal(await page.locator("#remind_most").inputValue(), "99");
    assert.equal(await page.locator("input[name=remind_days]").nth(1).inputValue(), "60");
    await expectGood(page, "campaign-3-reminders-wrong");
    await page.locator("#remind_most").fill("3");
    await page.locator("#day").fill(day(2));
    await page.locator("button[value=next]").click();
    await page.waitForURL("**/edit/4");
    await expectAllGood(page, { "campaign-5-plan-own": `${campaign}/edit/5`, "campaign-3-reminders": `${campaign}/edit/3` });
    await page.goto(`${campaign}/edit/5`);
    await page.locator("#count").fill(String(group.truth.companies));
    await page.locator("main .btn.primary").click();
    await page.waitForURL(/\/campaigns\/[^/]+$/);
    await expectAllGood(page, { "campaign-reminders": `${campaign}/reminders` });
  });

  await t.test("the buyer's mail of the day leads to a page without an account", async () => {
    const mail = await eventually("the buyer's mail", async () =>
      (await readMaildir(`${server.data}/outbox`)).find((m) => m.to[0].address === "taro@hikari.example"),
    );
    assert.match(mail.subject, /1社/);
    assert.ok(mail.text.includes(company));
    const link = mail.links.find((l) => l.includes("/b/"));
    const buyer = await newPage();
    await buyer.goto(link);
    await expectAllGood(buyer, { calls: link });
    await buyer.goto(link);
    await buyer.locator("details summary").click();
    await buyer.locator("section .btn").click();
    await buyer.locator(".notice.bad").waitFor();
    await expectGood(buyer, "calls-wrong");
    await buyer.locator("input[value=promised]").check();
    await buyer.locator("input[name=day]").fill(day(1));
    await buyer.locator("textarea").fill("佐藤様が対応中");
    await buyer.locator("section .btn").click();
    await buyer.locator(".notice.good").waitFor();
    assert.match(await buyer.locator("dl").textContent(), /佐藤様が対応中/);
    await expectGood(buyer, "calls-recorded");
    expectNoProblems(buyer);
    // What was said stands at the company, and nobody is asked to phone it before the day that was named.
    await page.goto(`${campaign}/phone`);
    assert.doesNotMatch(await page.locator("main").textContent(), /佐藤様が対応中/);
    await page.goto(`${campaign}/companies?q=${encodeURIComponent(company)}`);
    await page.locator("tbody th a").first().click();
    await page.locator("#call", { hasText: "佐藤様が対応中" }).waitFor();
    // Without scripts it is the same.
    const plain = await newPage({ javaScriptEnabled: false });
    await plain.goto(link);
    assert.match(await plain.locator("dl").textContent(), /佐藤様が対応中/);
  });
});
