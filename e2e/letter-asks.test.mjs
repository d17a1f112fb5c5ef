// What a letter asks is what the campaign asks; who signs and what is promised is the operator's own word, set once. (T1, T2, T4)

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DESKTOP, PHONE, expectGood, likeIn, screenshot, signUp, startServer } from "./support.mjs";

const SENDER = {
  ja: "株式会社サンプル製作所　情報セキュリティ室\n室長　鈴木　一郎\n名古屋市中区栄1-1-1　電話 052-000-0118",
  en: "Sample Works, Information Security\nIchiro Suzuki, Head of Information Security\n1-1-1 Sakae, Nagoya, Japan, +81-52-000-0118",
};

/** Makes a draft by the first step; the address of its steps without their number. */
async function draft(page, server, { title, advisory, checklist, group = true, notice = "" }) {
  await page.goto(`${server.url}/campaigns/new`);
  await page.locator("#title").fill(title);
  await page.locator(`input[name=advisory][value="${advisory}"]`).check();
  await page.locator(`input[name=checklist][value="${checklist}"]`).check();
  await page.locator("input[name=group_check]").setChecked(group);
  await page.locator(`input[name=awareness][value="${notice}"]`).check();
  await page.locator("button[value=next]").click();
  await page.waitForURL(/edit\/2/);
  return page.url().replace(/2$/, "");
}

/** Keeps what people should look at: with KAIRAN_TEST_SHOTS=1 also letters as PDF. */
async function keepPdf(page, address, name) {
  if (!process.env.KAIRAN_TEST_SHOTS) return;
  const answer = await page.context().request.get(address);
  assert.equal(answer.status(), 200, await answer.text());
  const dir = join(import.meta.dirname, "shots");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.pdf`), await answer.body());
}

test("Letters ask what the campaign asks", async (t) => {
  const server = await startServer();
  const { page } = await signUp(server);
  const phone = await likeIn(page, { viewport: PHONE });

  await t.test("who signs and what is promised is set once", async () => {
    await page.goto(`${server.url}/campaigns/statements`);
    for (const [field, words] of Object.entries({
      sender: SENDER,
      inquiries: { ja: "情報セキュリティ室　佐藤　052-000-0118", en: "Information Security, Ms Sato, +81-52-000-0118" },
      readers: {
        ja: "拝見するのは、弊社の情報セキュリティ部門及び購買部門の担当者に限ります。",
        en: "They will be read only by staff of our information security and purchasing departments.",
      },
      privacy: {
        ja: "管理者：株式会社サンプル製作所\n目的：供給網における影響の把握。根拠：正当な利益。",
        en: "Controller: Sample Works, Nagoya.\nPurpose: to understand how the supply chain could be affected. Legal basis: legitimate interest.",
      },
    })) {
      for (const [language, text] of Object.entries(words)) await page.locator(`#${field}-${language}`).fill(text);
    }
    // Half of one is refused, and nothing is lost.
    await page.locator("#retention-ja").fill("5年間保管いたします。");
    await page.locator("main .btn.primary").click();
    await page.locator(".errors").waitFor();
    assert.equal(await page.locator("#retention-ja").inputValue(), "5年間保管いたします。");
    assert.equal(await page.locator("#sender-en").inputValue(), SENDER.en);
    await expectGood(page, "statements-refused");
    await page.locator("#retention-en").fill("We keep them for five years.");
    await page.locator("main .btn.primary").click();
    await page.locator(".notice.good").waitFor();
    await expectGood(page, "statements");
    await phone.goto(`${server.url}/campaigns/statements?lang=en`);
    await expectGood(phone, "statements-phone");
  });

  await t.test("a letter that asks something else is refused in words, and those that fit are offered", async () => {
    const steps = await draft(page, server, { title: "点検", advisory: "government-2022-03", checklist: "sc-2022" });
    await page.goto(`${steps}3`);
    assert.equal(await page.locator("#letter_supplier").inputValue(), "self-check-request");
    assert.equal(await page.locator("#sender-ja").inputValue(), SENDER.ja);
    await page.locator("button[value=next]").click();
    await page.waitForURL(/edit\/4/);
    // Now nothing but the advisory goes: the letter still asks for a self-check.
    await page.goto(`${steps}1`);
    await page.locator('input[name=checklist][value=""]').check();
    await page.locator("button[value=next]").click();
    await page.goto(`${steps}5`);
    const said = await page.locator(".errors").textContent();
    for (const words of ["自己点検のお願い（取引先向け）", "自己点検への回答", "お願いするのは「注意喚起の確認」です", "注意喚起の確認のお願い（取引先向け）"]) {
      assert.ok(said.includes(words), `${words}: ${said}`);
    }
    await page.locator(".errors a").first().click();
    await page.waitForURL(/edit\/3/);
    assert.equal(await page.locator("#letter_supplier").inputValue(), "self-check-request");
    await expectGood(page, "letter-refused");
    await phone.goto(`${steps}3?lang=en`);
    await expectGood(phone, "letter-refused-phone");
    // Sent as it is, it is refused; by keyboard alone the right one is chosen.
    await page.locator("button[value=next]").click();
    await page.locator(".errors").waitFor();
    await page.locator("#letter_supplier").selectOption("advisory-suppliers");
    await page.locator("#letter_group").selectOption("advisory-notice");
    await page.locator("button[value=next]").click();
    await page.waitForURL(/edit\/4/);
    await page.goto(`${steps}5`);
    assert.equal(await page.locator(".errors").count(), 0);
  });

  await t.test("every letter is shown with the sender's block, to the company, in both languages", async () => {
    for (const [name, what] of Object.entries({
      advisory: { advisory: "government-2022-03", checklist: "" },
      check: { advisory: "", checklist: "sc-2022" },
      both: { advisory: "government-2022-03", checklist: "sc-2022", notice: "mail-and-links" },
    })) {
      const steps = await draft(page, server, { title: name, ...what });
      await page.goto(`${steps}3`);
      await page.locator("button[value=next]").click();
      await page.waitForURL(/edit\/4/);
      for (const language of ["ja", "en"]) {
        for (const group of ["", "group"]) {
          await page.goto(`${steps}4?v=letter&l=${language}&g=${group}`);
          const letter = await page.locator("article.letter").innerText();
          assert.ok(letter.includes(SENDER[language].split("\n")[1]), letter);
          assert.ok(letter.includes(language === "ja" ? "見本株式会社　御中" : "Attn: Information Security"), letter);
          assert.equal(/自己点検|self-check/i.test(letter), what.checklist !== "", letter);
          if (process.env.KAIRAN_TEST_SHOTS) await screenshot(page, `letter-${name}-${language}-${group || "supplier"}`);
          await keepPdf(page, `${steps}4/letter.pdf?l=${language}&g=${group}`, `letter-${name}-${language}-${group || "supplier"}`);
        }
      }
    }
    assert.deepEqual(page.viewportSize(), DESKTOP);
  });
});
