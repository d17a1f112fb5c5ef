// What an import says about a list before it goes in: what the file hides, repeats, shortens or can't show.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { expectAllGood, expectNoProblems, signUp, startServer } from "./support.mjs";

const old = new URL("../tests/fixtures/lists/old.xls", import.meta.url);

/** Uploads a file and gives the address of its preview. */
async function upload(page, url, name, buffer) {
  await page.goto(`${url}/companies/import`);
  await page.locator("#file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await page.locator("main .btn.primary").click();
  await page.locator("button[formaction$='/run']").waitFor();
  return new URL(page.url()).pathname;
}

test("the preview of a list tells what to look at", async (t) => {
  const server = await startServer();
  const { page } = await signUp(server);

  await t.test("what a workbook hides can be taken by its own choice", async () => {
    const place = await upload(page, server.url, "取引先一覧.xls", readFileSync(old));
    const rows = async () => Number(await page.locator("dl.facts dd.num").nth(1).textContent());
    assert.match(await page.locator(".notice.warn").first().textContent(), /非表示の行が 1 行、非表示の列が 1 列/);
    assert.equal(await rows(), 13);
    await expectAllGood(page, { "import-hidden": place });
    await page.locator("#hidden").selectOption("take");
    await page.locator("form.card .btn:not([formaction])").first().click();
    await page.locator("#hidden option[value=take][selected]").waitFor({ state: "attached" });
    assert.equal(await rows(), 14);
    await page.locator("#hidden").selectOption("leave");
    // With another choice, "import" first shows what it means.
    await page.locator("button[formaction$='/run']").click();
    await page.locator("#hidden option[value=leave][selected]").waitFor({ state: "attached" });
    assert.equal(await rows(), 13);
  });

  await t.test("remarks are grouped, with the first rows of each", async () => {
    const lines = ["取引先コード,会社名,担当者,メールアドレス,区分,電話番号"];
    for (let n = 1; n <= 40; n += 1) lines.push(`1.01E+12,第${n}工業,山田${n},${n % 3 ? `a${n}@k.example` : "担当者に確認"},株式会社,`);
    lines.push('S1,〃,佐藤,b@k.example,取引先,', "S2,\ue000橋工業,林,x at y,取引先,", 'S3,"乙工業,森,c@k.example,取引先,', "S4,丙工業,森,d@k.example;x@x,取引先,");
    const place = await upload(page, server.url, "list.csv", Buffer.from(lines.join("\n")));
    const groups = page.locator("section.card details");
    const titles = await groups.locator("summary").allTextContents();
    assert.ok(titles.some((title) => /1\.01E\+12.*（40 件）/.test(title)), titles.join("\n"));
    assert.ok(titles.some((title) => /値がわからないため.*（40 件）/.test(title)), titles.join("\n"));
    const shortened = groups.filter({ hasText: "1.01E+12" }).first();
    assert.equal(await shortened.locator("tbody tr").count(), 10);
    assert.match(await shortened.textContent(), /ほかに 30 件あります/);
    expectNoProblems(page);
    await expectAllGood(page, { "import-remarks": place });
  });

  await server.stop();
});
