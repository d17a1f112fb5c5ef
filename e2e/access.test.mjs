// Handing a request on, the code for a new device, the wrong person, and the page where a request is checked.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PHONE, eventually, expectAllGood, expectGood, kairan, newPage, readMaildir, signUp, startServer } from "./support.mjs";

test("a request is handed on, proved and checked", async (t) => {
  const server = await startServer();
  const { page: operator } = await signUp(server);
  writeFileSync(
    join(server.data, "list.csv"),
    "取引先コード,会社名,担当者,メールアドレス,言語\nA01,株式会社あさひ精工,佐藤 花子,asahi@example.jp,ja\n",
  );
  kairan(server, "directory", "import", join(server.data, "list.csv"));
  writeFileSync(
    join(server.data, "plan.toml"),
    `title = "点検"\nadvisory = "government-2022-03"\nchecklist = "sc-2022"\nletter_supplier = "self-check-request"\n` +
      `letter_group = "advisory-notice"\ndeadline = "2099-12-10T17:00"\nzone = "Asia/Tokyo"\n` +
      `[sender]\nja = "株式会社ひかり製作所　情報セキュリティ室"\nen = "Hikari Works, Information Security"\n` +
      `[inquiries]\nja = "情報セキュリティ室　052-000-0118"\nen = "Information Security, +81-52-000-0118"\n`,
  );
  const { number } = kairan(server, "campaign", "create", join(server.data, "plan.toml"));
  kairan(server, "campaign", "send", number);
  const mailTo = (address, more = () => true) =>
    eventually(`a mail to ${address}`, async () =>
      (await readMaildir(`${server.data}/outbox`)).find((mail) => mail.to[0].address === address && more(mail)),
    );
  const linkOf = (mail) => {
    const link = new URL(mail.links.find((link) => link.includes("/r/")));
    return `${link.origin}${link.pathname}`;
  };
  const mail = await mailTo("asahi@example.jp");
  const link = linkOf(mail);

  await t.test("anybody checks the number", async () => {
    const page = await newPage({ viewport: PHONE });
    await page.goto(`${server.url}/verify`);
    await expectAllGood(page, { verify: "/verify" });
    await page.locator("#number").fill("2001-001");
    await page.locator("main .btn.primary").click();
    await page.locator("#number-error").waitFor();
    await expectGood(page, "verify-unknown");
    await page.locator("#number").fill(number);
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.good").waitFor();
    assert.match(await page.locator("main").innerText(), /052-000-0118/);
    await expectGood(page, "verify-real");
  });

  let own;
  await t.test("a colleague gets some sections", async () => {
    const page = await newPage({ viewport: PHONE });
    await page.goto(link);
    await page.locator("details:has(#pass) > summary").click();
    await page.locator(`a[href$="/hand"]`).click();
    await expectAllGood(page, { hand: page.url() });
    await page.locator("#name").fill("鈴木 一郎");
    await page.locator("#address").fill("suzuki@example.jp");
    await page.locator("#made_by").fill("佐藤 花子");
    await page.locator("input[value=sections]").check();
    await page.locator("main form").first().evaluate((form) => (form.noValidate = true));
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.bad").waitFor();
    assert.equal(await page.locator("#name").inputValue(), "鈴木 一郎");
    await expectGood(page, "hand-wrong");
    await page.locator("label.pick.sub").first().click();
    await page.locator("main .btn.primary").click();
    await page.locator(".colleagues").waitFor();
    await expectGood(page, "hand-done");
    own = linkOf(await mailTo("suzuki@example.jp"));
    const colleague = await newPage({ viewport: PHONE });
    await colleague.goto(own);
    await expectGood(colleague, "shared-first");
    await colleague.locator(`form[action$="/start"] .btn.primary`).click();
    await colleague.locator("section.q label.pick").first().click();
    await colleague.goto(`${own}/review`);
    await expectGood(colleague, "shared-review");
    assert.equal(await colleague.locator(`form[action$="/submit"]`).count(), 0);
  });

  await t.test("after the submission a new device needs the code of a mail", async () => {
    const page = await newPage({ viewport: PHONE });
    await page.goto(`${link}/all`);
    for (const question of await page.locator("section.q:has(input[value=yes])").all()) {
      await question.locator("label.pick:has(input[value=yes])").click();
    }
    await page.locator("form#f .btn.primary").last().click();
    await page.waitForURL(/\/about$/);
    await page.locator("#name").fill("佐藤 花子");
    await page.locator("#contact").fill("asahi@example.jp");
    await page.locator("form#f .btn.primary").last().click();
    await page.waitForURL(/\/review$/);
    await page.locator(`form[action$="/submit"] .btn`).click();
    await page.waitForURL(/\/receipt$/);
    await page.reload();
    assert.match(page.url(), /\/receipt$/, "this device is known");

    const fresh = await newPage({ viewport: PHONE });
    await fresh.goto(`${link}/receipt`);
    assert.match(fresh.url(), /\/device$/);
    await expectAllGood(fresh, { device: fresh.url() });
    await fresh.locator("main .btn.primary").click();
    await fresh.locator("#digits").waitFor();
    await expectGood(fresh, "device-code");
    const code = await mailTo("asahi@example.jp", (mail) => /^\s*\d{6}\s*$/m.test(mail.text));
    await fresh.locator("#digits").fill("000000");
    await fresh.locator("main .btn.primary").click();
    await fresh.locator("#digits-error").waitFor();
    await expectGood(fresh, "device-wrong");
    await fresh.locator("#digits").fill(code.text.match(/^\s*(\d{6})\s*$/m)[1]);
    await fresh.locator("main .btn.primary").click();
    await fresh.waitForURL(/\/receipt$/);
  });

  await t.test("the wrong person says so, and an operator deals with it", async () => {
    const page = await newPage({ viewport: PHONE });
    await page.goto(`${link}/wrong`);
    await expectAllGood(page, { wrong: page.url() });
    await page.locator("#name").fill("田中 次郎");
    await page.locator("#address").fill("tanaka@example.jp");
    await page.locator("#remark").fill("異動しました");
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.good").waitFor();
    await expectGood(page, "wrong-told");
    await operator.goto(server.url);
    await expectGood(operator, "home-misdirected");
    await operator.locator(`a[href="/misdirected"]`).click();
    await expectAllGood(operator, { misdirected: operator.url() });
    const part = await operator.locator(`a[href*="/companies/"]`).first().getAttribute("href");
    await expectAllGood(operator, { "part-shares": part });
    await operator.locator(`form[action$="/device-code"] .btn`).click();
    await operator.locator(".big").waitFor();
    await expectGood(operator, "read-out");
    await operator.goto(`${server.url}/misdirected`);
    await operator.locator(`button:not([formaction])`, { hasText: /対応済み|Done/ }).click();
    await operator.locator(".empty").waitFor();
    await expectGood(operator, "misdirected-none");
  });
});
