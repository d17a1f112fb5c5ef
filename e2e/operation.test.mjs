// What fails in the background, as an operator sees it: a reply that can't be passed on, because the relay is away.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { engines, eventually, expectAllGood, expectNoProblems, freePort, signUp, startServer } from "./support.mjs";

for (const engine of engines) {
  test(`O1: work that fails is listed with its words and tried again, on ${engine.name}`, async (t) => {
    const scratch = mkdtempSync(join(tmpdir(), "kairan-operation-"));
    after(() => rmSync(scratch, { recursive: true, force: true }));
    const maildir = join(scratch, "mail");
    for (const part of ["tmp", "new", "cur"]) mkdirSync(join(maildir, part), { recursive: true });
    const server = await startServer({
      database: engine.database(),
      env: {
        KAIRAN_MAIL_MAILBOX_URL: `maildir:${maildir}`,
        KAIRAN_MAIL_MAILBOX_EVERY: "1",
        KAIRAN_MAIL_SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
        KAIRAN_MAIL_FROM: "security@sample.example",
        KAIRAN_MAIL_FORWARD_REPLIES_TO: "team@sample.example",
      },
    });
    const { page } = await signUp(server);

    await t.test("without trouble the page says so", async () => {
      await page.goto(`${server.url}/account`);
      await page.locator('a[href="/jobs"]').click();
      await page.waitForURL("**/jobs");
      assert.equal(await page.locator(".empty").count(), 1);
      await expectAllGood(page, { "jobs-none": "/jobs" });
    });

    await t.test("what failed stands there, and its button tries again", async () => {
      const reply = fileURLToPath(new URL("../tests/fixtures/inbox/reply-ja.eml", import.meta.url));
      copyFileSync(reply, join(maildir, "new", "1.mx"));
      await eventually("the reply can't be passed on", async () => {
        await page.goto(`${server.url}/jobs`);
        return (await page.locator("tbody tr").count()) === 1;
      });
      assert.match(await page.locator("tbody td").textContent(), /127\.0\.0\.1|refused/);
      await expectAllGood(page, { jobs: "/jobs", "jobs-account": "/account" });
      const again = page.locator("tbody button");
      await eventually("it isn't being tried", async () => {
        await page.goto(`${server.url}/jobs`);
        return (await again.count()) === 1;
      });
      await again.click();
      await page.waitForURL("**/jobs");
      await page.goto(`${server.url}/audit?action=job.again`);
      assert.ok((await page.locator("tbody tr").count()) >= 1);
      expectNoProblems(page);
    });
    await server.stop();
  });
}
