// The first page of a link: two phone screens, how long it takes, the deadline by the reader's clock; acknowledging and its
// thanks; answers in part, and a document in their place.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DESKTOP, eventually, expectFits, expectGood, expectNoProblems, kairan, newPage, PHONE, readMaildir, signUp, startServer } from "./support.mjs";

const companies = [
  ["A01", "株式会社あさひ精工", "佐藤 花子", "asahi@example.jp", "ja"],
  ["A02", "Bangkok Parts Co., Ltd.", "Somchai J.", "parts@example.com", "en"],
  ["A03", "有限会社うみべ電装", "海部 四郎", "umibe@example.jp", "ja"],
  ["A04", "Donau Guss GmbH & Co. KG", "E. Muster", "guss@example.com", "en"],
];

const PLAN = (title, more, [supplier, group] = ["self-check-request", "advisory-notice"]) =>
  `title = "${title}"\n${more}\nletter_supplier = "${supplier}"\nletter_group = "${group}"\n` +
  `deadline = "2099-12-10T17:00"\nzone = "Asia/Tokyo"\n` +
  `[sender]\nja = "株式会社ひかり製作所　情報セキュリティ室"\nen = "Hikari Works, Information Security"\n` +
  `[inquiries]\nja = "情報セキュリティ室　052-000-0118　security@hikari.example"\nen = "Information Security, +81-52-000-0118"\n`;

/** Sends a campaign by this plan: the companies' links by code. */
async function send(server, name, text) {
  const before = (await readMaildir(`${server.data}/outbox`).catch(() => [])).length;
  const plan = join(server.data, `${name}.toml`);
  writeFileSync(plan, text);
  const { number } = kairan(server, "campaign", "create", plan);
  kairan(server, "campaign", "send", number);
  const mails = await eventually("the mails", async () => {
    const found = await readMaildir(`${server.data}/outbox`);
    return found.length >= before + companies.length && found.filter(({ text }) => text.includes(number));
  });
  const links = {};
  for (const [code, , , address] of companies) {
    const mail = mails.find(({ to }) => to[0].address === address);
    const link = new URL(mail.links.find((link) => link.includes("/r/")));
    links[code] = `${link.origin}${link.pathname}`;
  }
  return { number, links };
}

const height = (page) => page.evaluate(() => document.documentElement.scrollHeight);
const bottom = (page, selector) => page.locator(selector).first().evaluate((e) => e.getBoundingClientRect().bottom + scrollY);

test("the first page, acknowledging, and answers that are less than all", async (t) => {
  const server = await startServer();
  const { page: operator } = await signUp(server);
  const list = join(server.data, "list.csv");
  const lines = companies.map((cells) => cells.map((cell) => `"${cell}"`).join(","));
  writeFileSync(list, `取引先コード,会社名,担当者,メールアドレス,言語\n${lines.join("\n")}\n`);
  kairan(server, "directory", "import", list);
  const both = await send(server, "both", PLAN("点検", `advisory = "government-2022-03"\nchecklist = "sc-2022"`));
  const check = await send(server, "check", PLAN("点検だけ", `checklist = "sc-2022"`, ["self-check-request", "self-check-group"]));
  const notice = await send(server, "notice", PLAN("注意喚起", `advisory = "government-2022-03"`, ["advisory-suppliers", "advisory-notice"]));
  await operator.goto(`${server.url}/campaigns`);
  const boards = await operator.locator("tbody tr").evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => [row.querySelector("td").textContent.trim(), row.querySelector("th a").href])),
  );

  for (const [locale, code] of [["ja", "A01"], ["en", "A02"]]) {
    await t.test(`fits two phone screens, with what to do first on the first: ${locale}`, async () => {
      for (const [kind, { links }, first] of [
        ["both", both, "ol.todo summary"],
        ["check", check, "form[action$='/start'] .primary"],
        ["notice", notice, "ol.todo summary"],
      ]) {
        const page = await newPage({ viewport: PHONE, locale });
        await page.goto(links[code]);
        await expectGood(page, `landing-${kind}`);
        const high = await height(page);
        assert.ok(high <= 2 * PHONE.height, `${kind} in ${locale} is ${high} px high`);
        const at = await bottom(page, first);
        assert.ok(at <= PHONE.height, `${kind} in ${locale}: the first thing to do ends at ${at} px`);
        assert.match(await page.locator("dl.facts.wide").innerText(), locale === "ja" ? /約\d+分/ : /About \d+ min/);
        // What the foot points at is opened.
        for (const part of ["real", "letter", "pass"]) {
          await page.goto(links[code]);
          assert.equal(await page.locator(`#${part}`).isVisible(), false, part);
          await page.goto(`${links[code]}#${part}`);
          await page.locator(`#${part}`).waitFor({ state: "visible" });
        }
        await page.locator("ol.todo summary").first().click();
        await expectGood(page, `landing-${kind}-open`);
        await page.context().close();
      }
    });
  }

  await t.test("the deadline by the reader's own clock, where that is another", async () => {
    for (const [timezoneId, here] of [["Asia/Tokyo", null], ["Asia/Bangkok", /15:00/], ["Europe/Berlin", /09:00/], ["Asia/Seoul", null]]) {
      const base = await newPage({ viewport: PHONE, locale: "en" });
      const context = await base.context().browser().newContext({ viewport: PHONE, locale: "en", timezoneId });
      const page = await context.newPage();
      page.problems = [];
      for (const place of ["", "/check/simple-passwords", "/about", "/document"]) {
        await page.goto(`${both.links.A02}${place}`);
        const said = page.locator("dd:has(> time)").first();
        assert.match(await said.innerText(), /10 Dec 2099, 17:00 \(JST, UTC\+9\)/);
        if (here) assert.match(await said.locator(".here").innerText(), here, `${timezoneId} ${place}`);
        else assert.equal(await page.locator(".here").count(), 0, `nothing is said twice in ${timezoneId}`);
        await expectFits(page);
      }
      if (timezoneId === "Asia/Bangkok") await expectGood(page, "landing-abroad");
      await context.close();
      await base.context().close();
    }
  });

  for (const [locale, code, javaScriptEnabled] of [["ja", "A01", true], ["en", "A02", false]]) {
    await t.test(`acknowledging takes a name, a position and a remark, and its thanks are seen: ${locale}`, async () => {
      const page = await newPage({ viewport: PHONE, locale, javaScriptEnabled });
      const link = notice.links[code];
      await page.goto(link);
      await page.locator("#name").fill("佐藤 花子");
      await page.locator("#position").fill("総務部 部長");
      await page.locator("#remark").fill("装置の更新は来月です。\n部品が届き次第。");
      await page.locator("form[action$='/acknowledge'] .primary").click();
      const thanks = page.locator("#thanks");
      await thanks.waitFor();
      const box = await thanks.boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= PHONE.height, `the thanks are seen without scrolling: ${JSON.stringify(box)}`);
      if (javaScriptEnabled) assert.equal(await page.evaluate(() => document.activeElement.id), "thanks");
      assert.match(await page.locator("ol.todo").innerText(), /部品が届き次第/);
      await expectGood(page, "landing-thanks");
      // It is put right.
      await page.locator("ol.todo details:has(#remark) > summary").click();
      await page.locator("#remark").fill("更新は済みました。");
      await page.locator("form[action$='/acknowledge'] .btn").click();
      await page.locator("ol.todo dd", { hasText: "更新は済みました" }).waitFor();
      await page.context().close();

      await operator.goto(`${boards[notice.number]}/companies?q=${code}`);
      await operator.locator("tbody small", { hasText: "更新は済みました" }).waitFor();
      await expectGood(operator, "landing-companies");
      await operator.locator("tbody th a").first().click();
      await operator.locator("#acknowledged dd", { hasText: "総務部 部長" }).waitFor();
      await expectGood(operator, "landing-part-acknowledged");
    });
  }

  for (const [locale, code, javaScriptEnabled] of [["ja", "A03", false], ["en", "A04", true]]) {
    await t.test(`answers in part, then a document: ${locale} ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
      const page = await newPage({ viewport: PHONE, locale, javaScriptEnabled });
      const link = check.links[code];
      await page.goto(link);
      await page.locator("form[action$='/start'] .primary").click();
      await page.waitForURL("**/check/*");
      await page.locator("input[value=yes]").check();
      await page.locator("button[value=next]").click();
      await page.waitForURL((url) => !url.href.endsWith("/simple-passwords"));
      await page.goto(`${link}/review`);
      await expectGood(page, "landing-review-missing");
      await page.locator("a[href$='/partial']").click();
      await page.waitForURL("**/partial");
      assert.ok((await page.locator("#missing ~ ul li").count()) > 5, "it names what is open");
      await expectGood(page, "landing-partial");
      await page.locator("#name").fill("受付 係子");
      await page.locator("#contact").fill("なし");
      await page.locator("main .btn.primary").click();
      await page.locator("#contact-error").waitFor();
      assert.equal(await page.locator("#name").inputValue(), "受付 係子");
      await expectGood(page, "landing-partial-errors");
      await page.locator("#contact").fill("soumu@example.jp");
      await page.locator("main .btn.primary").click();
      await page.waitForURL("**/receipt");
      await page.locator("main .notice.warn").waitFor();
      await expectGood(page, "landing-partial-receipt");
      await page.goto(link);
      await expectGood(page, "landing-partial-answered");
      await operator.goto(`${boards[check.number]}/companies?state=partial`);
      assert.ok(await operator.locator("tbody th", { hasText: code }).count());
      await operator.locator("tbody tr", { hasText: code }).locator("th a").click();
      await expectGood(operator, "landing-part-partial");

      await page.goto(`${link}/document`);
      await expectGood(page, "landing-document");
      await page.locator("#document").fill("ISMS登録証 IS 000000\nhttps://example.jp/security");
      await page.locator("main .btn.primary").click();
      await page.waitForURL("**/receipt");
      assert.match(await page.locator("main").innerText(), /IS 000000/);
      await expectGood(page, "landing-document-receipt");
      await operator.reload();
      await operator.locator("main dd", { hasText: "IS 000000" }).waitFor();
      expectNoProblems(page);
      await page.context().close();
    });
  }

  await t.test("the board shows what is in part and by document", async () => {
    const page = await newPage({ viewport: PHONE, locale: "ja" });
    await page.goto(`${check.links.A01}/all`);
    await page.locator("label.pick:has(input[value=yes])").first().click();
    await page.locator("#saved:not(:empty)").waitFor();
    await page.goto(`${check.links.A01}/partial`);
    await page.locator("#name").fill("受付 係子");
    await page.locator("#contact").fill("soumu@example.jp");
    await page.locator("main .btn.primary").click();
    await page.waitForURL("**/receipt");
    await page.context().close();
    await operator.goto(boards[check.number]);
    await operator.locator("a[href$='state=partial'] b", { hasText: "1" }).waitFor();
    await operator.locator("a[href$='state=document'] b", { hasText: "2" }).waitFor();
    await operator.setViewportSize(DESKTOP);
    await expectGood(operator, "landing-board");
  });

  await t.test("what was said by phone is a draft until the desk says that it is all", async () => {
    await operator.goto(`${boards[both.number]}/companies?q=A03`);
    await operator.locator("tbody th a").first().click();
    await operator.locator("a[href$='/record']").click();
    await operator.waitForURL("**/record");
    const record = operator.url();
    await operator.locator("#name").fill("海部 四郎");
    await operator.locator("#note").fill("電話、続きは明日");
    await operator.locator("input[name='q.simple-passwords'][value=yes]").check();
    await operator.locator("button[name=go][value=done]").click();
    await operator.locator("button[name=go][value=part]").waitFor();
    assert.ok(await operator.locator("input[name='q.simple-passwords'][value=yes]").isChecked(), "what was typed stays");
    await expectGood(operator, "landing-record-missing");
    await operator.locator("button[name=go][value=draft]").click();
    await operator.waitForURL((url) => !url.href.endsWith("/record"));
    await expectGood(operator, "landing-part-draft");
    await operator.goto(record);
    assert.equal(await operator.locator("#note").inputValue(), "電話、続きは明日");
    assert.ok(await operator.locator("input[name='q.simple-passwords'][value=yes]").isChecked());
  });

  expectNoProblems(operator);
  await server.stop();
});
