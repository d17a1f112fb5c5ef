// Real lists of companies go in by the pages, with and without JavaScript, exactly as their truth files say; twice.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  download,
  engines,
  expectAllGood,
  expectGood,
  expectNoProblems,
  expectSound,
  fixture,
  likeIn,
  readCsv,
  signUp,
  startServer,
} from "./support.mjs";

/** Uploads a list and gives its preview page; by drag and drop where asked. */
async function upload(page, url, { path, name }, { kind, drop = false }) {
  await page.goto(`${url}/companies/import`);
  if (drop) {
    const file = await page.evaluateHandle(
      ({ content, name }) => {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name));
        return transfer;
      },
      { content: readFileSync(path).toString("base64"), name },
    );
    await page.locator(".drop").dispatchEvent("drop", { dataTransfer: file });
  } else {
    await page.locator("#file").setInputFiles(path);
  }
  await page.locator(`input[name=kind][value=${kind}]`).check();
  await page.locator("main .btn.primary").click();
  await page.locator("button[formaction$='/run']").waitFor();
}

/** Runs the import that is on the preview page; gives the numbers of its result page. */
async function run(page) {
  await page.locator("button[formaction$='/run']").click();
  // The page in between looks again by itself, with and without JavaScript.
  await page.locator("ul.nums").waitFor({ timeout: 60_000 });
  const [created, updated, contacts, withoutMail, refused] = (await page.locator("ul.nums b").allTextContents()).map(Number);
  return { created, updated, contacts, withoutMail, refused };
}

const numbers = async (page) => (await page.locator("dl.facts dd.num").allTextContents()).map(Number);

const ways = [
  { javaScriptEnabled: true, engine: engines[0] },
  { javaScriptEnabled: false, engine: engines.at(-1) },
];
for (const { javaScriptEnabled, engine } of ways) {
  test(`import ${javaScriptEnabled ? "with" : "without"} JavaScript on ${engine.name}`, async (t) => {
    const server = await startServer({ database: engine.database() });
    const { page: first } = await signUp(server);
    const page = await likeIn(first, { javaScriptEnabled });
    await first.context().close();
    const suppliers = fixture("ja-300.xlsx");
    const group = fixture("cp932-40.csv");
    const state = javaScriptEnabled ? "" : "-noscript";
    const look = javaScriptEnabled ? expectGood : expectSound;

    await t.test("what is no list is refused in words", async () => {
      await page.goto(`${server.url}/companies/import`);
      await page.locator("#file").setInputFiles({ name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n") });
      await page.locator("main .btn.primary").click();
      await page.locator(".notice.bad").waitFor();
      await look(page, `import-refused-file${state}`);
    });

    await t.test("the preview tells what will happen and changes nothing", async () => {
      const { truth } = suppliers;
      await upload(page, server.url, suppliers, { kind: "supplier" });
      assert.equal(await page.locator("#header").inputValue(), String(truth.header_row));
      assert.deepEqual(await numbers(page), [
        truth.rows,
        truth.companies,
        0,
        truth.contacts,
        truth.duplicates,
        truth.no_mail,
        truth.refused,
      ]);
      await look(page, `import-preview${state}`);
      const other = await likeIn(page, { javaScriptEnabled });
      await other.goto(`${server.url}/companies`);
      await other.locator(".empty").waitFor();
      await other.context().close();
    });

    await t.test("columns can be corrected by hand", async () => {
      const names = page.locator("select[name^=c]:has(option[value=name][selected])");
      assert.equal(await names.count(), 1);
      const column = await names.getAttribute("name");
      await page.locator(`select[name=${column}]`).selectOption("");
      await page.locator("form.card .btn:not([formaction])").first().click();
      await page.locator(".notice.bad").waitFor();
      assert.equal(await page.locator("button[formaction$='/run']").count(), 0);
      await look(page, `import-preview-no-names${state}`);
      await page.locator(`select[name=${column}]`).selectOption("name");
      await page.locator("form.card .btn:not([formaction])").first().click();
      await page.locator("button[formaction$='/run']").waitFor();
    });

    await t.test("the list of suppliers goes in as its truth file says", async () => {
      const { truth } = suppliers;
      assert.deepEqual(await run(page), {
        created: truth.companies,
        updated: 0,
        contacts: truth.contacts,
        withoutMail: truth.no_mail,
        refused: truth.refused,
      });
      const told = (await page.locator("#refused tbody td:first-child").allTextContents()).map(Number);
      assert.equal(told.length, truth.refused);
      const rows = truth.errors.map(({ row }) => row);
      assert.ok(told.every((row) => rows.includes(row)), `${told}`);
      await look(page, `import-result${state}`);
    });

    await t.test("what could not be taken is downloaded with the reasons", async () => {
      const bytes = await download(page, page.locator("#refused h2 a"));
      assert.equal(bytes.subarray(0, 2).toString(), "PK", "an XLSX file is a ZIP file");
      // It is a list again: it can be mended and imported; unmended, all of it is refused again.
      await page.goto(`${server.url}/companies/import`);
      const rest = { name: "rest.xlsx", mimeType: "application/octet-stream", buffer: bytes };
      await page.locator("#file").setInputFiles(rest);
      await page.locator("main .btn.primary").click();
      await page.locator("dl.facts dd.num").first().waitFor();
      const [rows, created, updated, contacts, , , refused] = await numbers(page);
      assert.deepEqual(
        { rows, created, updated, contacts, refused },
        { rows: suppliers.truth.refused, created: 0, updated: 0, contacts: 0, refused: suppliers.truth.refused },
      );
    });

    await t.test("the same list again changes nothing", async () => {
      await upload(page, server.url, suppliers, { kind: "supplier" });
      const { created, updated, contacts } = await run(page);
      assert.deepEqual({ created, updated, contacts }, { created: 0, updated: 0, contacts: 0 });
    });

    await t.test("group companies come from a CSV file in Shift_JIS, dropped where scripts run", async () => {
      const { truth } = group;
      await upload(page, server.url, group, { kind: "group", drop: javaScriptEnabled });
      assert.deepEqual(await run(page), {
        created: truth.companies,
        updated: 0,
        contacts: truth.contacts,
        withoutMail: truth.no_mail,
        refused: truth.refused,
      });
      await upload(page, server.url, group, { kind: "group" });
      const { created, updated, contacts } = await run(page);
      assert.deepEqual({ created, updated, contacts }, { created: 0, updated: 0, contacts: 0 });
    });

    await t.test("the directory shows, finds and exports them", async () => {
      const all = suppliers.truth.companies + group.truth.companies;
      await page.goto(`${server.url}/companies`);
      assert.match(await page.locator(".pages span").textContent(), new RegExp(`^${all} `));
      const rows = readCsv(await download(page, page.locator("a[href*='format=csv']")));
      assert.equal(new Set(rows.map((row) => row["取引先コード"] || row["企業名"])).size, all);
      assert.equal(rows.filter((row) => row["メールアドレス"]).length, suppliers.truth.contacts + group.truth.contacts);

      const sample = rows.find((row) => /^株式会社/.test(row["企業名"]) && /^[\x21-\x7e]+$/.test(row["取引先コード"]));
      for (const query of [sample["企業名"].replace("株式会社", "㈱"), sample["取引先コード"].toLowerCase()]) {
        await page.locator("#q").fill(query);
        await page.locator(".filters .btn").first().click();
        await page.waitForURL("**/companies?*q=*");
        assert.ok((await page.locator("tbody th").allTextContents()).includes(sample["企業名"]), `"${query}" finds ${sample["企業名"]}`);
      }
      await look(page, `companies-found${state}`);
      await page.locator("tbody th a").first().click();
      await page.locator("#word").waitFor({ state: "attached" });
      await look(page, `company${state}`);
      if (!javaScriptEnabled) return;

      const company = new URL(page.url()).pathname;
      await expectAllGood(page, {
        companies: "/companies",
        "companies-none-found": "/companies?q=%E3%81%AA%E3%81%84%E4%BC%9A%E7%A4%BE",
        company,
        "company-edit": `${company}/edit`,
        "contact-new": `${company}/contacts/new`,
        "companies-sorted": "/companies?sort=code&order=desc&mail=none",
      });
    });

    await t.test("what was exported is the same list again", async () => {
      await page.goto(`${server.url}/companies`);
      const bytes = await download(page, page.locator("a[href*='format=xlsx']"));
      await page.goto(`${server.url}/companies/import`);
      await page.locator("#file").setInputFiles({ name: "companies.xlsx", mimeType: "application/octet-stream", buffer: bytes });
      await page.locator("main .btn.primary").click();
      await page.locator("dl.facts dd.num").first().waitFor();
      const [, created, updated, contacts, , , refused] = await numbers(page);
      assert.deepEqual({ created, updated, contacts, refused }, { created: 0, updated: 0, contacts: 0, refused: 0 });
    });

    await t.test("a form says what is wrong, and keeps what was typed", async () => {
      await page.goto(`${server.url}/companies/new`);
      await page.locator("#country").fill("アトランティス");
      await page.locator("main .btn.primary").click();
      await page.locator(".notice.bad").waitFor();
      assert.equal(await page.locator("#country").inputValue(), "アトランティス");
      await look(page, `company-errors${state}`);
    });

    expectNoProblems(page);
    await server.stop();
  });
}
