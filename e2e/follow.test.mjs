// An alert told more than once, and a notice for employees: what operators do, and what companies see of it.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually, expectAllGood, expectGood, kairan, newPage, readMaildir, signUp, startServer } from "./support.mjs";

const companies = [
  ["G01", "株式会社あさひ精工", "佐藤 花子", "asahi@example.jp", "ja", "グループ会社"],
  ["G02", "Bangkok Parts Co., Ltd.", "Somchai J.", "parts@example.com", "en", "グループ会社"],
  ["S01", "有限会社うみべ電装", "海部 四郎", "umibe@example.jp", "ja", "取引先"],
];

const links = async (server, count) => {
  const mails = await eventually("the mails", async () => {
    const found = await readMaildir(`${server.data}/outbox`);
    return found.length >= count && found;
  });
  return mails.map((mail) => ({ mail, link: mail.links.find((l) => l.includes("/r/"))?.split("?")[0] }));
};

test("A campaign with a notice for employees, its second notice and its all clear", async (t) => {
  const server = await startServer();
  const list = join(server.data, "list.csv");
  const lines = companies.map((row) => row.map((cell) => `"${cell}"`).join(","));
  writeFileSync(list, `取引先コード,会社名,担当者,メールアドレス,言語,区分\n${lines.join("\n")}\n`);
  kairan(server, "directory", "import", list);
  const plan = join(server.data, "plan.toml");
  writeFileSync(
    plan,
    `title = "VPN装置の点検"\nadvisory = "government-2022-03"\nchecklist = "sc-2022"\nletter_supplier = "self-check-request"\n` +
      `letter_group = "advisory-notice"\nawareness = "mail-and-links"\nawareness_suppliers = true\n` +
      `deadline = "2099-12-10T17:00"\nzone = "Asia/Tokyo"\n` +
      `[sender]\nja = "株式会社ひかり製作所　情報セキュリティ室"\nen = "Hikari Works, Information Security"\n` +
      `[inquiries]\nja = "情報セキュリティ室　052-000-0118"\nen = "Information Security, +81-52-000-0118"\n`,
  );
  const { number } = kairan(server, "campaign", "create", plan);
  kairan(server, "campaign", "send", number);
  const first = await links(server, 3);
  const of = (found, address) => found.find(({ mail }) => mail.to[0].address === address);
  const asahi = of(first, "asahi@example.jp").link;
  const { page } = await signUp(server);

  await t.test("a company prints the notice and reports, without JavaScript", async () => {
    const visitor = await newPage({ javaScriptEnabled: false, locale: "ja" });
    await visitor.goto(asahi);
    await visitor.locator("a[href$='/awareness']").click();
    await expectAllGood(visitor, { "awareness-report": `${asahi}/awareness` });
    await visitor.goto(`${asahi}/awareness?lang=ja`);
    await visitor.locator("#contact").fill("総務部 佐藤　内線118");
    await visitor.locator("form[method=get] .btn").first().click();
    assert.match(await visitor.locator(".whom").textContent(), /内線118/);
    await expectAllGood(visitor, { "awareness-notice": visitor.url() });
    await visitor.emulateMedia({ media: "print" });
    for (const language of ["ja", "en"]) {
      await visitor.goto(`${asahi}/awareness/notice?lang=${language}`);
      const sheet = await visitor.pdf({ format: "A4", preferCSSPageSize: true });
      const pages = sheet.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
      assert.equal(pages, 1, `the notice in ${language} fits on one sheet`);
      if (process.env.KAIRAN_TEST_SHOTS) writeFileSync(join(import.meta.dirname, `shots/notice-${language}.pdf`), sheet);
    }
    await visitor.emulateMedia({ media: "screen" });

    await visitor.goto(`${asahi}/awareness?lang=ja`);
    await visitor.locator("#people").fill("たくさん");
    await visitor.locator("form[method=post] .btn.primary").click();
    assert.equal(await visitor.locator("#people").inputValue(), "たくさん");
    await expectGood(visitor, "awareness-mistake");
    await visitor.locator("#people").fill("120");
    await visitor.locator("input[value=posted]").check();
    await visitor.locator("input[value=meeting]").check();
    await visitor.locator("#remark").fill("夜勤の従業員には翌日に周知");
    await visitor.locator("form[method=post] .btn.primary").click();
    assert.match(await visitor.locator(".saved").textContent(), /受け付けています/);
    await expectAllGood(visitor, { "awareness-reported": `${asahi}/awareness` });
    await visitor.context().close();
  });

  await t.test("the board adds up and leads to the companies", async () => {
    await page.goto(`${server.url}/campaigns`);
    await page.locator("main a[href^='/campaigns/']", { hasText: "VPN装置の点検" }).first().click();
    const board = page.url();
    assert.match(await page.locator("#awareness").textContent(), /120/);
    await expectAllGood(page, {
      "awareness-board": board,
      "awareness-list": `${board}/awareness`,
      "awareness-missing": `${board}/awareness?show=missing`,
    });
  });

  await t.test("a second notice goes to who hasn't answered, without JavaScript", async () => {
    const operator = await newPage({ storageState: await page.context().storageState(), javaScriptEnabled: false });
    await operator.goto(`${server.url}/campaigns`);
    await operator.locator("main a[href^='/campaigns/']", { hasText: "VPN装置の点検" }).first().click();
    await operator.locator("details.menu:has(a[href$='/follow']) > summary").click();
    await operator.locator("a[href$='/follow']").click();
    await expectAllGood(operator, { follow: operator.url() });
    await operator.locator("input[name=who][value=no-to]").check();
    await operator.locator("main .btn.primary").click();
    assert.equal(await operator.locator("[role=alert]").count(), 1);
    await expectGood(operator, "follow-mistake");
    await operator.locator("input[name=who][value=unanswered]").check();
    await operator.locator("main .btn.primary").click();
    await operator.waitForURL("**/edit/1**");
    await expectAllGood(operator, { "follow-what": operator.url() });
    await operator.locator("button[value=next]").click();
    assert.equal(await operator.locator("input[name=keep]").count(), 3);
    await expectAllGood(operator, { "follow-whom": operator.url() });
    await operator.locator("button[value=next]").click();
    await operator.locator("button[value=next]").click();
    await operator.goto(operator.url().replace("/edit/4", "/edit/5"));
    await expectAllGood(operator, { "follow-confirm": operator.url() });
    await operator.locator("#count").fill("3");
    await operator.locator("main .btn.primary").click();
    await operator.context().close();
    const second = (await links(server, 6)).slice(3);
    for (const { mail } of second) {
      const earlier = of(first, mail.to[0].address).mail;
      assert.equal(mail.headers.get("in-reply-to"), earlier.headers.get("message-id"));
    }
    const visitor = await newPage();
    await expectAllGood(visitor, { "thread-before": of(second, "asahi@example.jp").link });
    await visitor.locator("a[href*='/before/']").click();
    await expectAllGood(visitor, { "thread-receipt": visitor.url() });
    await visitor.goto(asahi);
    assert.equal(await visitor.locator("a[href*='/before/']").count(), 0);
    await expectAllGood(visitor, { "thread-since": visitor.url() });
    await visitor.context().close();
  });

  await t.test("an all clear asks nothing", async () => {
    const clear = join(server.data, "clear.toml");
    writeFileSync(clear, `follows = "${number}"\n[follow_up]\nkind = "all-clear"\nwho = "all"\n`);
    const made = kairan(server, "campaign", "create", clear);
    assert.deepEqual(made.problems, []);
    assert.equal(made.reckoning.companies, 3);
    kairan(server, "campaign", "send", made.number);
    const third = (await links(server, 9)).slice(6);
    const visitor = await newPage();
    await visitor.goto(of(third, "asahi@example.jp").link);
    assert.equal(await visitor.locator("form[action$='/start']").count(), 0);
    await expectAllGood(visitor, { "all-clear": visitor.url() });
    await visitor.locator("form[action$='/acknowledge'] .btn").click();
    await visitor.locator("#thanks").waitFor();
    await page.goto(`${server.url}/campaigns`);
    await page.locator("main a[href^='/campaigns/']", { hasText: "(all clear)" }).first().click();
    await page.locator("ul.sheet a").first().click();
    await expectAllGood(page, { "part-thread": page.url() });
    await visitor.context().close();
  });
});
