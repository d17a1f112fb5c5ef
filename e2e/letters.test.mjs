// Letters as PDF: what an operator prints and posts, and what a company downloads, in a demonstration.

import assert from "node:assert/strict";
import { test } from "node:test";
import { download, eventually, expectAllGood, newPage, startServer } from "./support.mjs";

const link = (server, path) => server.output().match(new RegExp(`http://[^\\s]+/${path}/[^\\s]+`))[0];

test("Letters", async (t) => {
  const server = await startServer({ command: "demo", args: ["--companies", "60"] });
  await eventually("the links are told", () => server.output().includes("/r/"));
  const page = await newPage();
  await page.goto(link(server, "demo"));
  const campaign = page.url();
  const letters = `${campaign}/letters`;

  await t.test("to companies without an address are made to be printed", async () => {
    await eventually(
      "they are made",
      async () => {
        await page.goto(letters);
        return (await page.locator("a[href$='print.pdf']").count()) > 0;
      },
      { within: 60_000 },
    );
    const file = await download(page, page.locator("a[href$='print.pdf']").first());
    assert.equal(file.subarray(0, 5).toString(), "%PDF-");
  });

  await t.test("the page is sound in every size and way", async () => {
    await expectAllGood(page, { letters });
  });

  await t.test("what was posted is recorded, and the rest waits", async () => {
    await page.goto(letters);
    const boxes = page.locator("input[name=letter]");
    const waiting = await boxes.count();
    assert.ok(waiting >= 1);
    for (let i = 1; i < waiting; i++) await boxes.nth(i).uncheck();
    await page.locator("form[action$=posted] button").click();
    await page.waitForURL(/letters/);
    assert.equal(await boxes.count(), waiting - 1);
  });

  await t.test("a company downloads its own", async () => {
    await page.goto(link(server, "r"));
    await page.locator("details:has(#letter) > summary").click();
    const file = await download(page, page.locator("a[href*='letter.pdf']"));
    assert.equal(file.subarray(0, 5).toString(), "%PDF-");
  });
});
