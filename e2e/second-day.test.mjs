// The second day of a campaign: what an operator puts right while it runs, step after step in one browser.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  day,
  eventually,
  expectAllGood,
  expectGood,
  expectNoProblems,
  kairan,
  likeIn,
  newPage,
  readMaildir,
  screenshot,
  signUp,
  startServer,
} from "./support.mjs";

const LIST = `取引先コード,会社名,担当者,電話番号,メールアドレス,言語
A01,株式会社あさひ精工,佐藤 花子,052-000-0101,asahi@example.jp,ja
A02,Baan Parts Co.,Somchai,,baan@example.com,en
A03,千歳工業株式会社,高橋 次郎,052-000-0103,,ja
`;
const PLAN = `title = "VPN装置の点検"
advisory = "government-2022-03"
checklist = "sc-2022"
letter_supplier = "self-check-request"
letter_group = "advisory-notice"
deadline = "2099-12-10T17:00"
zone = "Asia/Tokyo"
[sender]
ja = "株式会社ひかり製作所　情報セキュリティ室"
en = "Hikari Works, Information Security"
[inquiries]
ja = "情報セキュリティ室　052-000-0118"
en = "Information Security, +81-52-000-0118"
[reminders]
kind = "standard"
`;

test("the second day of a campaign", async (t) => {
  const server = await startServer();
  const { page } = await signUp(server);
  const file = (name, text) => {
    const path = join(server.data, name);
    writeFileSync(path, text);
    return path;
  };
  kairan(server, "directory", "import", file("list.csv", LIST));
  const { number } = kairan(server, "campaign", "create", file("plan.toml", PLAN));
  kairan(server, "campaign", "send", number);
  /** The mails to an address, when there are so many. */
  const mails = (address, count) =>
    eventually(`${count} mails to ${address}`, async () => {
      const all = (await readMaildir(`${server.data}/outbox`)).filter((m) => m.to[0].address === address);
      return all.length >= count && all;
    });
  await mails("baan@example.com", 1);
  await page.goto(`${server.url}/campaigns`);
  await page.locator("tbody th a").first().click();
  const campaign = page.url();
  /** The page of a company's part. */
  const part = async (code) => {
    await page.goto(`${campaign}/companies?q=${code}`);
    await page.locator("tbody th a").first().click();
    await page.locator("#call").waitFor();
    return page.url();
  };
  const told = (words) => page.locator(".notice.good", { hasText: words }).waitFor();
  const press = (form) => page.locator(`form[action*='${form}'] button`).last().click();

  await t.test("a contact gets the request again, and a new address for the first time", async () => {
    const asahi = await part("A01");
    await expectAllGood(page, { "day2-part": asahi });
    await page.goto(asahi);
    await page.locator("button[name=contact]").click();
    await told("送信待ち");
    await expectGood(page, "day2-part-sent");
    await mails("asahi@example.jp", 2);
    await page.locator("#new-address summary").click();
    await page.locator("#again-name").fill("田中 一郎");
    await page.locator("#again-mail").fill("tanaka@");
    await page.locator("#new-address form").evaluate((form) => (form.noValidate = true));
    await page.locator("#new-address button").click();
    await page.locator("#again-error").waitFor();
    assert.equal(await page.locator("#again-name").inputValue(), "田中 一郎", "what was typed is kept");
    await expectGood(page, "day2-part-wrong");
    await page.locator("#again-mail").fill("tanaka@example.jp");
    await page.locator("#new-address button").click();
    await told("送信待ち");
    const [mail] = await mails("tanaka@example.jp", 1);
    assert.ok(mail.text.includes("田中 一郎"));
    assert.equal(await page.locator("button[name=contact]").count(), 2, "the new address is a contact now");
  });

  await t.test("the link is shown and copied", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
    await press("/link");
    await page.locator("#part-link").waitFor();
    await expectGood(page, "day2-link");
    await page.locator("[data-copy]").click();
    await page.locator("[role=status]", { hasText: "コピーしました" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const [mail] = await mails("asahi@example.jp", 2);
    assert.ok(
      mail.links.some((link) => link.startsWith(copied)),
      copied,
    );
    // Without scripts it is there to be selected.
    const plain = await likeIn(page, { javaScriptEnabled: false });
    await plain.goto(page.url().replace(/\/link.*$/, ""));
    await plain.locator("form[action*='/link'] button").click();
    assert.equal(await plain.locator("#part-link").inputValue(), copied);
    assert.equal(await plain.locator("[data-copy]").isVisible(), false);
    await plain.context().close();
  });

  await t.test("a call is logged, and who promised is off the list to phone", async () => {
    await part("A03");
    await page.locator("#call summary").click();
    await page.locator("#call button").click();
    await page.locator("#call-error").waitFor();
    await expectGood(page, "day2-call-wrong");
    const tomorrow = day(1);
    await page.locator("#call input[value=promised]").check();
    await page.locator("#call-day").fill(tomorrow);
    await page.locator("#call-note").fill("高橋様が対応中");
    await page.locator("#call button").click();
    await told("記録しました");
    await page.locator("#call", { hasText: "高橋様が対応中" }).waitFor();
    await expectGood(page, "day2-call");
    await page.goto(`${campaign}/phone`);
    await page.locator("main", { hasText: "このほか1社" }).waitFor();
    assert.equal(await page.locator("table.calls").count(), 0);
    await expectGood(page, "day2-phone");
  });

  await t.test("answers on paper are typed with digits, a row a question", async () => {
    await part("A03");
    await page.locator("a[href$='/record']").click();
    await page.waitForURL("**/record");
    await expectAllGood(page, { "day2-record": page.url() });
    await page.goto(page.url().split("?")[0]);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height < 3_400, `all 28 questions are ${height} px`);
    await page.locator("#name").fill("高橋 次郎");
    await page.locator("#note").fill("FAXで受けた");
    await page.locator("input[name='q.simple-passwords']").first().focus();
    await page.keyboard.type("123");
    const chosen = (id) => page.locator(`input[name='q.${id}']:checked`).inputValue();
    assert.equal(await chosen("simple-passwords"), "yes");
    assert.equal(await chosen("device-passwords"), "partly");
    assert.equal(await chosen("unneeded-accounts"), "no");
    await page.locator("input[name='q.unneeded-accounts']:checked").focus();
    await page.keyboard.press("0");
    assert.equal(await chosen("unneeded-accounts"), "");
    await page.locator("main button[value=draft]").click();
    await page.locator("main", { hasText: "FAXで受けた" }).waitFor();
  });

  await t.test("a decline is taken back", async () => {
    await part("A02");
    await page.locator("#note").fill("電話で辞退");
    await page.locator("button[formaction$='/decline']").click();
    await page.locator(".notice.warn", { hasText: "回答辞退" }).waitFor();
    assert.equal(await page.locator("button[name=contact]").count(), 0);
    await expectGood(page, "day2-declined");
    await press("/undecline");
    await told("取り消しました");
    await page.locator("button[name=contact]").waitFor();
    await expectGood(page, "day2-undeclined");
  });

  await t.test("all who haven't opened it get it again", async () => {
    await page.goto(campaign);
    await page.locator("details.menu:has(a[href$='/manage']) > summary").click();
    await page.locator("a[href$='/manage']").click();
    await expectAllGood(page, { "day2-manage": `${campaign}/manage` });
    await page.goto(`${campaign}/manage`);
    await page.locator("#again input[name=sure]").check();
    await page.locator("#again button").click();
    await told("再送");
    await mails("baan@example.com", 2);
    await page.locator("#again input[name=sure]").check();
    await page.locator("#again button").click();
    await page.locator("h1", { hasText: "1時間以内" }).waitFor();
    await expectGood(page, "day2-again-recent");
  });

  await t.test("the deadline moves, and who hasn't answered is told", async () => {
    await page.goto(`${campaign}/manage`);
    await page.locator("#day").fill("2020-01-01");
    await page.locator("#deadline button").click();
    await page.locator("#day-error").waitFor();
    await expectGood(page, "day2-deadline-wrong");
    await page.locator("#day").fill("2099-12-24");
    await page.locator("#hour").fill("12:00");
    assert.ok(await page.locator("input[name=tell]").isChecked());
    await page.locator("#deadline button").click();
    await told("メールでお知らせします");
    await expectGood(page, "day2-deadline");
    const [, , mail] = await mails("baan@example.com", 3);
    assert.match(mail.subject, /^New deadline: /);
    assert.match(mail.text, /24 Dec 2099, 12:00 \(JST, UTC\+9\)/);
    assert.match(mail.text, /10 Dec 2099, 17:00 \(JST, UTC\+9\)/);
    const link = mail.links.find((l) => l.includes("/r/"));
    const visitor = await likeIn(page);
    await visitor.goto(link);
    assert.match(await visitor.locator("body").textContent(), /24 Dec 2099, 12:00 \(JST, UTC\+9\)/);
    await visitor.context().close();
    const asahi = await mails("asahi@example.jp", 4);
    await mailShot(asahi[3].html);
  });

  await t.test("a company is added", async () => {
    kairan(server, "directory", "import", file("more.csv", "取引先コード,会社名,担当者,メールアドレス,言語\nA04,夏目電機株式会社,夏目,natsume@example.jp,ja\n"));
    await page.goto(`${campaign}/add?q=株式会社`);
    await page.locator("label.pick", { hasText: "依頼済み" }).first().waitFor();
    await expectAllGood(page, { "day2-add": `${campaign}/add?q=株式会社`, "day2-add-rule": `${campaign}/add?kind=supplier` });
    await page.goto(`${campaign}/add?q=夏目`);
    await page.locator("input[name=add]").check();
    await page.locator("button[value=names]").click();
    await told("1社を追加しました");
    await mails("natsume@example.jp", 1);
    await part("A04");
  });

  await t.test("it is closed in two steps, and opened again", async () => {
    await page.goto(`${campaign}/manage`);
    await page.locator("a[href$='/close']").click();
    await expectAllGood(page, { "day2-close": `${campaign}/close` });
    await page.goto(`${campaign}/close`);
    await page.locator("input[name=sure]").check();
    await page.locator("main button.danger").click();
    await page.waitForURL(campaign);
    await expectAllGood(page, { "day2-closed": `${campaign}/manage` });
    await page.goto(`${campaign}/manage`);
    await press("/reopen");
    await told("再開しました");
    await page.goto(campaign);
    await page.locator(".tag", { hasText: "受付中" }).first().waitFor();
    await expectAllGood(page, { "day2-board": campaign, "day2-audit": "/audit" });
  });

  await t.test("the log has all of it, and the board counts what happened", async () => {
    await page.goto(`${server.url}/audit`);
    const log = await page.locator("main").textContent();
    for (const words of [
      "依頼をもう一度送った",
      "リンクを表示した",
      "電話の結果を記録した",
      "回答辞退を取り消した",
      "開封していない企業に再送した",
      "回答期限を変更した",
      "企業を追加した",
      "回覧を再開した",
    ]) {
      assert.ok(log.includes(words), words);
    }
    const { campaigns } = kairan(server, "campaign", "check", number);
    assert.equal(campaigns[0].agrees, true, JSON.stringify(campaigns[0]));
  });

  expectNoProblems(page);
  await server.stop();
});

/** A picture of a mail, where pictures are taken. */
async function mailShot(html) {
  if (!process.env.KAIRAN_TEST_SHOTS) return;
  const reader = await newPage({ viewport: { width: 720, height: 900 } });
  await reader.setContent(html);
  await screenshot(reader, "day2-mail-deadline");
  await reader.context().close();
}
