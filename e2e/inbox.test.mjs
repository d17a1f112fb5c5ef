// What comes back, as an operator sees it: a real SMTP relay took the mails, a Maildir brings bounces and replies.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { eventually, expectAllGood, expectNoProblems, kairan, likeIn, readMaildir, signUp, startServer } from "./support.mjs";

const plan = `title = "点検"
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

/** A fixture as it would come about one of our mails. */
function about(name, id) {
  const raw = readFileSync(new URL(`../tests/fixtures/inbox/${name}.eml`, import.meta.url), "latin1");
  return Buffer.from(raw.replaceAll("01993c0ffee0700080000000000000a1", id), "latin1");
}

test("what comes back", async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), "kairan-inbox-"));
  after(() => rmSync(scratch, { recursive: true, force: true }));
  const maildir = join(scratch, "mail");
  for (const part of ["tmp", "new", "cur"]) mkdirSync(join(maildir, part), { recursive: true });
  const server = await startServer({ env: { KAIRAN_MAIL_MAILBOX_URL: `maildir:${maildir}`, KAIRAN_MAIL_MAILBOX_EVERY: "1" } });
  const { page } = await signUp(server);
  const companies = ["A", "B", "C"].map((n) => `${n}1,株式会社${n},田中,tanaka@${n.toLowerCase()}.example,JP`);
  writeFileSync(join(scratch, "list.csv"), ["コード,会社名,担当者,メール,国", ...companies].join("\n"));
  writeFileSync(join(scratch, "plan.toml"), plan);
  kairan(server, "directory", "import", join(scratch, "list.csv"));
  const { number } = kairan(server, "campaign", "create", join(scratch, "plan.toml"));
  kairan(server, "campaign", "send", number);
  const mails = await eventually("three mails go out", async () => {
    const out = await readMaildir(join(server.data, "outbox"));
    return out.length === 3 && out;
  });
  // The outbox names a mail's file after its id, as its Message-ID does.
  const idOf = (address) => basename(mails.find((m) => m.to[0].address === address).file, ".eml");
  let n = 0;
  const deliver = (bytes) => {
    const name = `${++n}.mx`;
    writeFileSync(join(maildir, "tmp", name), bytes);
    renameSync(join(maildir, "tmp", name), join(maildir, "new", name));
  };

  await t.test("bounces, replies and what nobody understands are listed and lead on", async () => {
    deliver(about("docomo-text", idOf("tanaka@a.example")));
    deliver(about("reply-ja", idOf("tanaka@b.example")));
    deliver(about("qmail-full", idOf("tanaka@c.example")));
    deliver(about("vacation-ja", idOf("tanaka@c.example")));
    deliver(about("hostile-bare-cr-nul", "0".repeat(32)));
    await eventually("all five are read", async () => {
      await page.goto(`${server.url}/inbox?lang=ja`);
      return (await page.locator("tbody tr").count()) === 5;
    });
    const row = page.locator("tbody tr").filter({ hasText: "サイバーセキュリティの注意喚起" });
    await row.getByRole("link", { name: "株式会社B" }).waitFor();
    const message = new URL(await row.locator("th a").getAttribute("href"), server.url).href;
    const part = new URL(await row.locator("td small a").getAttribute("href"), server.url).href;
    await page.goto(part);
    await page.getByText("担当が佐藤に変わりました").waitFor();
    const company = new URL(await page.locator("h1 a").getAttribute("href"), server.url).href;
    await page.goto(`${server.url}/inbox?show=address`);
    const bounced = new URL(await page.locator("tbody a[href^='/companies/']").getAttribute("href"), server.url).href;
    await page.goto(bounced);
    await page.getByText("このアドレスへのメールが戻ってきました").waitFor();
    await expectAllGood(
      page,
      {
        inbox: `${server.url}/inbox`,
        "inbox-message": message,
        "inbox-company": `${company.replace("/companies/", "/inbox?company=")}`,
        "inbox-bounced": bounced,
        "inbox-part": part,
      },
      { languages: ["ja", "en"] },
    );
  });

  await t.test("without scripts somebody says that a reply is done", async () => {
    const plain = await likeIn(page, { javaScriptEnabled: false });
    await plain.goto(`${server.url}/?lang=ja`);
    await plain.getByRole("link", { name: /対応が必要な受信メール 2件/ }).click();
    assert.equal(await plain.locator("tbody tr").count(), 2);
    await plain.locator("tbody th a").last().click();
    await plain.locator("main .btn.primary").click();
    assert.equal(await plain.locator("tbody tr").count(), 1);
    expectNoProblems(plain);
  });

  await t.test("whose it is and what to do is told, and a complaint pauses a contact until a button is pressed", async () => {
    deliver(about("formats/arf-abuse", idOf("tanaka@b.example")));
    deliver(about("two-recipients", idOf("tanaka@c.example")));
    await eventually("both are read", async () => {
      await page.goto(`${server.url}/inbox?show=complaint&lang=ja`);
      if ((await page.locator("tbody tr").count()) !== 1) return false;
      await page.goto(`${server.url}/inbox?show=us`);
      return (await page.locator("tbody tr").count()) === 1;
    });
    const refused = new URL(await page.locator("tbody th a").getAttribute("href"), server.url).href;
    await page.goto(`${server.url}/inbox?show=complaint`);
    const company = new URL(await page.locator("tbody a[href^='/companies/']").getAttribute("href"), server.url).href;
    await expectAllGood(
      page,
      { "inbox-refused": refused, "inbox-us": `${server.url}/inbox?show=us`, "inbox-paused": company },
      { languages: ["en", "ja"] },
    );
    await page.goto(refused);
    await page.getByRole("link", { name: "差出人ドメインを確認する" }).click();
    await page.waitForURL(`${server.url}/outbox/domain`);
    await page.goto(company);
    await page.getByRole("button", { name: "メールの送信を再開する" }).click();
    await page.getByText("この担当者へのメールの送信を再開します").waitFor();
    assert.equal(await page.getByRole("button", { name: "メールの送信を再開する" }).count(), 0);
  });
});
