// A relay that refuses everything because of us: the campaign waits, every page says so, and one button goes on. In a browser with
// and without scripts, at a desk and on a phone, in both languages.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { SMTPServer } from "smtp-server";
import {
  DESKTOP,
  PHONE,
  eventually,
  expectAllGood,
  expectGood,
  expectNoProblems,
  freePort,
  kairan,
  likeIn,
  signUp,
  startServer,
} from "./support.mjs";

const plan = `title = "VPN装置の点検"
advisory = "government-2022-03"
checklist = "sc-2022"
letter_supplier = "self-check-request"
letter_group = "advisory-notice"
deadline = "2099-12-10T17:00"
reply_to = "security@sample.example"
[sender]
ja = "株式会社サンプル製作所　情報セキュリティ室"
en = "Sample Works, Information Security"
[inquiries]
ja = "052-000-0118"
en = "+81-52-000-0118"
`;
const WORDS = "5.7.26 This mail has been blocked because the sender is unauthenticated";

/** A relay that refuses all mails while `relay.shut`, and knows nobody called `gone`. */
async function startRelay() {
  const relay = { shut: true, taken: [] };
  const refusal = (code, words) => Object.assign(new Error(words), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("gone@") ? refusal(550, "5.1.1 User unknown") : undefined),
    onData(stream, session, done) {
      stream.resume();
      stream.on("end", () => {
        if (relay.shut) return done(refusal(550, WORDS));
        relay.taken.push(...session.envelope.rcptTo.map((r) => r.address));
        return done();
      });
    },
  });
  relay.port = await freePort();
  await new Promise((resolve) => server.listen(relay.port, "127.0.0.1", resolve));
  after(() => new Promise((resolve) => server.close(resolve)));
  return relay;
}

test("refusals that cluster", async (t) => {
  const relay = await startRelay();
  const scratch = mkdtempSync(join(tmpdir(), "kairan-refused-"));
  after(() => rmSync(scratch, { recursive: true, force: true }));
  const server = await startServer({
    env: {
      KAIRAN_MAIL_SMTP_URL: `smtp://127.0.0.1:${relay.port}`,
      KAIRAN_MAIL_FROM: "kairan@sample.example",
    },
  });
  const { page } = await signUp(server);
  const companies = Array.from({ length: 30 }, (_, i) => `C${i},株式会社${i},佐藤,a@c${i}.example,JP`);
  companies.push("D1,なくなった商事,田中,gone@d.example,JP");
  writeFileSync(join(scratch, "list.csv"), ["コード,会社名,担当者,メール,国", ...companies].join("\n"));
  writeFileSync(join(scratch, "plan.toml"), plan);
  kairan(server, "directory", "import", join(scratch, "list.csv"));
  const { number } = kairan(server, "campaign", "create", join(scratch, "plan.toml"));
  kairan(server, "campaign", "send", number);
  const banner = (where) => where.locator(".alert");

  await t.test("every page says so, in the relay's words", async () => {
    await eventually("the campaign waits", async () => {
      await page.goto(`${server.url}/?lang=ja`);
      return (await banner(page).count()) === 1;
    }, { within: 60_000 });
    for (const place of ["/", "/campaigns", "/companies", "/outbox", "/inbox", "/audit", "/account"]) {
      await page.goto(`${server.url}${place}`);
      await banner(page).getByText(WORDS).waitFor();
      await banner(page).getByText("VPN装置の点検").waitFor();
    }
    assert.equal(relay.taken.length, 0);
    await page.goto(`${server.url}/campaigns`);
    await page.locator("main").getByRole("link", { name: "VPN装置の点検" }).first().click();
    const campaign = new URL(page.url()).pathname;
    await expectAllGood(page, { "refused-home": "/", "refused-board": campaign });
    await page.goto(`${server.url}/`);
    await banner(page).getByRole("link").click();
    await page.locator("tbody tr").first().waitFor();
    assert.equal(new URL(page.url()).searchParams.get("cause"), "us");
    await expectAllGood(page, { "refused-outbox": page.url(), "refused-outbox-none": "/outbox?q=nobody" });
  });

  await t.test("a mail's page says whose it is and what to do", async () => {
    await page.goto(`${server.url}/outbox?cause=us&lang=ja`);
    await page.locator("tbody th a").first().click();
    await page.getByText("当社側の理由による拒否").first().waitFor();
    await expectGood(page, "refused-mail");
    for (const [language, words] of [["en", "Refused because of us"], ["ja", "当社側の理由による拒否"]]) {
      await page.goto(`${page.url().split("?")[0]}?lang=${language}`);
      await page.getByText(words).first().waitFor();
    }
  });

  await t.test("gone on with too early it stops again; by keyboard and without scripts", async () => {
    const bare = await likeIn(page, { javaScriptEnabled: false, viewport: PHONE });
    await bare.goto(`${server.url}/?lang=en`);
    const button = banner(bare).getByRole("button");
    await button.focus();
    await bare.keyboard.press("Enter");
    await bare.waitForURL(/\/campaigns\//);
    await eventually("it waits again", async () => {
      await bare.goto(`${server.url}/companies`);
      return (await banner(bare).count()) === 1;
    }, { within: 60_000 });
    assert.equal(relay.taken.length, 0);
    expectNoProblems(bare);
  });

  await t.test("one button goes on, and what was refused is sent again", async () => {
    relay.shut = false;
    await page.setViewportSize(DESKTOP);
    await page.goto(`${server.url}/companies?lang=ja`);
    await banner(page).getByRole("button", { name: "送信を再開し、拒否されたメールも送り直す" }).click();
    await page.waitForURL(/\/campaigns\//);
    await eventually("all mails went", () => relay.taken.length === 30, { within: 60_000 });
    assert.equal(new Set(relay.taken).size, 30);
    await page.goto(`${server.url}/`);
    assert.equal(await banner(page).count(), 0);
    await page.goto(`${server.url}/audit`);
    await page.locator("tbody").getByText("拒否が相次いで止まっていた送信を再開した").first().waitFor();
  });

  await t.test("who is marked is named before the next campaign goes, and can be mailed again", async () => {
    await eventually("the contact is marked", async () => {
      await page.goto(`${server.url}/outbox?q=${encodeURIComponent("なくなった")}&lang=ja`);
      return (await page.getByText("宛先不明").count()) > 1;
    }, { within: 60_000 });
    const next = kairan(server, "campaign", "create", join(scratch, "plan.toml"));
    await page.goto(`${server.url}/campaigns`);
    await page.locator("main").getByRole("link").filter({ hasText: "VPN装置の点検" }).first().waitFor();
    const draft = await page.locator("main a[href*='/edit/1']").first().getAttribute("href");
    const confirm = draft.replace("/edit/1", "/edit/5");
    await page.goto(`${server.url}${confirm}`);
    const held = page.locator("details").filter({ hasText: "アドレスには、メールを送りません" });
    await held.locator("summary").click();
    await held.getByText("gone@d.example").waitFor();
    await expectAllGood(page, { "refused-confirm": confirm });
    await page.goto(`${server.url}${confirm}?lang=ja`);
    await held.locator("summary").click();
    await held.getByRole("link", { name: "なくなった商事" }).click();
    await expectGood(page, "refused-company");
    await page.getByRole("button", { name: "メールの送信を再開する" }).click();
    await page.getByText("この担当者へのメールの送信を再開します").waitFor();
    await page.goto(`${server.url}${confirm}`);
    assert.equal(await held.count(), 0);
    assert.ok(next.number);
  });
  expectNoProblems(page);
});
