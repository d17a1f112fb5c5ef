// A campaign to the whole directory: five steps on pages, one mail for each contact chosen, and what operators see of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  day,
  download,
  engines,
  eventually,
  expectAllGood,
  expectGood,
  expectNoProblems,
  fixture,
  kairan,
  likeIn,
  newPage,
  PHONE,
  readCsv,
  readMaildir,
  signUp,
  startServer,
} from "./support.mjs";

const suppliers = fixture("ja-300.xlsx");
const group = fixture("cp932-40.csv");
const COMPANIES = suppliers.truth.companies + group.truth.companies;
const WITHOUT_MAIL = suppliers.truth.no_mail + group.truth.no_mail;

const SENDER = { ja: "株式会社ひかり製作所　情報セキュリティ室", en: "Hikari Works, Information Security" };
const INQUIRIES = {
  ja: "情報セキュリティ室　052-000-0118　security@hikari.example",
  en: "Information Security, +81-52-000-0118, security@hikari.example",
};

/** Goes through the five steps; `at` is told each step before it is left. Ends on the page before sending. */
async function makeCampaign(page, url, { title, contacts, groupCheck = true }, at = async () => {}) {
  await page.goto(`${url}/campaigns/new`);
  await page.locator("input[name=advisory][value=government-2022-03]").check();
  await page.locator("input[name=checklist][value=sc-2022]").check();
  await page.locator("input[name=group_check]").setChecked(groupCheck);
  await page.locator("#title").fill(title);
  await at("what");
  await page.locator("button[value=next]").click();
  await page.waitForURL("**/edit/2");
  await page.locator(`input[name=contacts][value=${contacts}]`).check();
  await at("whom");
  await page.locator("button[value=next]").click();
  await page.waitForURL("**/edit/3");
  await page.locator("#day").fill(day(14));
  for (const language of ["ja", "en"]) {
    await page.locator(`#sender-${language}`).fill(SENDER[language]);
    await page.locator(`#inquiries-${language}`).fill(INQUIRIES[language]);
  }
  await at("letter");
  await page.locator("button[value=next]").click();
  await page.waitForURL("**/edit/4");
  await at("preview");
  await page.locator("a[href$='/edit/5']").click();
  await page.waitForURL("**/edit/5");
  await at("send");
}

/** Types the number of companies, sends, and waits until every mail lies in the outbox. */
async function send(page, server, { companies, mails }) {
  const before = (await readMaildir(`${server.data}/outbox`)).length;
  await page.locator("#count").fill(String(companies));
  await page.locator("main .btn.primary").click();
  await page.waitForURL(/\/campaigns\/[^/]+$/);
  await eventually(
    `${mails} mails in the outbox`,
    async () => (await readMaildir(`${server.data}/outbox`)).length >= before + mails,
    { within: 60_000 },
  );
  return (await readMaildir(`${server.data}/outbox`)).slice(before);
}

/** The first number in an element's text. */
const number = async (locator) => Number((await locator.textContent()).replaceAll(",", "").match(/\d+/)[0]);

test("a campaign to the whole directory", async (t) => {
  const server = await startServer();
  const { page } = await signUp(server);
  kairan(server, "directory", "import", suppliers.path);
  kairan(server, "directory", "import", group.path, "--kind", "group");
  await page.goto(`${server.url}/companies`);
  const directory = readCsv(await download(page, page.locator("a[href*='format=csv']")));
  const reachable = directory.filter((row) => row["メールアドレス"]);
  let campaign;
  let mails;

  await t.test("each step says what is missing", async () => {
    await page.goto(`${server.url}/campaigns/new`);
    await page.locator("input[name=advisory][value='']").check();
    await page.locator("input[name=checklist][value='']").check();
    await page.locator("button[value=next]").click();
    await page.locator(".notice.bad").waitFor();
    assert.equal(await page.locator(".notice.bad li").count(), 2);
    await expectGood(page, "campaign-1-errors");
    await page.locator("input[name=checklist][value=sc-2022]").check();
    await page.locator("#title").fill("途中の下書き");
    await page.locator("button[value=next]").click();
    await page.waitForURL("**/edit/2");
    const draft = page.url().replace(/\/edit\/2$/, "");
    await page.goto(`${draft}/edit/3`);
    await page.locator("#day").fill(day(-1));
    await page.locator("button[value=next]").click();
    await page.locator(".notice.bad").waitFor();
    assert.equal(await page.locator("#day").inputValue(), day(-1));
    await expectGood(page, "campaign-3-errors");
    await page.goto(`${draft}/edit/5`);
    await page.locator(".notice.bad").waitFor();
    await expectGood(page, "campaign-5-not-ready");
    await expectAllGood(page, { "campaigns-draft": "/campaigns", "home-draft": "/" });
  });

  await t.test("companies are chosen by filter and by hand", async () => {
    await page.goto(`${server.url}/campaigns`);
    await page.locator("tbody th a").first().click();
    await page.goto(page.url().replace(/(\/edit\/\d)?$/, "/edit/2"));
    await page.locator("input[name=kind][value=group]").check();
    await page.locator("button[value=apply]").click();
    await page.waitForURL("**/edit/2?*");
    assert.equal(await page.locator("input[name=keep]").count(), group.truth.companies);
    await page.locator("input[name=keep]").first().uncheck();
    await page.locator("#q").fill("㈱");
    await page.locator("button[value=apply]").click();
    await page.locator("input[name=back]").waitFor();
    assert.equal(await page.locator("input[name=keep]").count(), group.truth.companies - 1);
    await page.locator("input[name=add]").first().check();
    await page.locator("input[name=back]").check();
    await page.locator("button[value=apply]").click();
    await page.locator("input[name=back]").waitFor({ state: "detached" });
    const found = await page.locator("input[name=keep]").count();
    assert.ok(found >= group.truth.companies, `${found} companies`);
    await page.locator("#q").fill("株式会社");
    await page.locator("button[value=apply]").click();
    await page.locator("input[name=add]").first().waitFor();
    await expectGood(page, "campaign-2-search");
  });

  await t.test("is made in five steps, each with a page that teaches", async () => {
    const plan = { title: "春の点検：VPN 装置とパスワード", contacts: "all" };
    await makeCampaign(page, server.url, plan, async (step) => {
      if (step === "send") return;
      await expectGood(page, `campaign-step-${step}`);
      if (step !== "preview") return;
      const places = {};
      for (const view of ["mail", "letter", "form"]) {
        for (const language of ["ja", "en"]) places[`preview-${view}-in-${language}`] = `${page.url()}?v=${view}&l=${language}`;
      }
      places["preview-letter-group"] = `${page.url()}?v=letter&l=ja&g=group`;
      const back = page.url();
      await expectAllGood(page, places, { languages: ["ja"] });
      await page.goto(back);
    });
    campaign = page.url().replace(/\/edit\/5$/, "");
  });

  await t.test("sends a test to oneself first", async () => {
    await page.goto(`${campaign}/edit/4`);
    await page.locator("form[action$='/test'] button").first().click();
    await page.locator(".notice.good").waitFor();
    const [mail] = await eventually("the test mail", async () => {
      const found = await readMaildir(`${server.data}/outbox`);
      return found.length > 0 && found;
    });
    assert.equal(mail.to[0].address, "hanako@hikari.example");
    await expectGood(page, "campaign-4-tested");
  });

  await t.test("tells in words what will happen, and wants the number of companies", async () => {
    await page.goto(`${campaign}/edit/5`);
    const said = await page.locator("main").textContent();
    assert.match(said, new RegExp(`これから、${COMPANIES}社に送ります`));
    assert.match(said, new RegExp(`メールを ?${reachable.length}通`));
    assert.equal(await number(page.locator("details.warn summary").first()), WITHOUT_MAIL);
    assert.equal(await page.locator("details.warn").first().locator("li").count(), WITHOUT_MAIL);
    await page.locator("#count").fill("7");
    await page.locator("main .btn.primary").click();
    await page.locator("#count-error").waitFor();
    await expectGood(page, "campaign-5-wrong-number");
    await expectAllGood(page, { "campaign-step-send": `${campaign}/edit/5` });
  });

  await t.test("one mail goes to each contact, in the contact's language", async () => {
    await page.goto(`${campaign}/edit/5`);
    mails = await send(page, server, { companies: COMPANIES, mails: reachable.length });
    const words = (row) => `${row["メールアドレス"]} ${row["言語"] || "ja"}`;
    const went = mails.map((mail) => `${mail.to[0].address} ${mail.html.match(/<html lang="(\w+)"/)[1]}`);
    assert.deepEqual(went.sort(), reachable.map(words).sort());
    assert.ok(new Set(went.map((line) => line.split(" ")[1])).size > 1, "both languages are in use");
    for (const mail of mails) {
      const language = mail.html.match(/<html lang="(\w+)"/)[1];
      assert.match(mail.text, language === "ja" ? /敬具|依頼番号/ : /Dear|Request/, mail.file);
      assert.ok(mail.links.some((link) => link.startsWith(`${server.url}/r/`)), mail.file);
    }
  });

  await t.test("companies without mail are listed to be phoned", async () => {
    await page.goto(campaign);
    const numbers = (await page.locator("ul.nums b").allTextContents()).map(Number);
    assert.equal(numbers[0], COMPANIES);
    assert.equal(numbers.at(-1), WITHOUT_MAIL);
    assert.equal(await page.locator("ul.sheet li").count(), COMPANIES);
    await page.locator("ul.nums li").last().locator("a").click();
    await page.waitForURL("**/phone");
    assert.equal(await page.locator("table.calls tbody tr").count(), WITHOUT_MAIL);
    await expectGood(page, "campaign-to-phone");
  });

  await t.test("the same company within 14 days is told before the next", async () => {
    const second = await likeIn(page);
    await makeCampaign(second, server.url, { title: "二つ目", contacts: "primary", groupCheck: false });
    const said = await second.locator("main").textContent();
    assert.match(said, new RegExp(`${group.truth.companies}社には注意喚起の確認だけ`));
    assert.equal(await number(second.locator("details.warn summary", { hasText: "別の回覧" })), COMPANIES);
    await expectGood(second, "campaign-5-recent");
    await second.goto(`${server.url}/campaigns`);
    for (const summary of await second.locator("tbody summary").all()) await summary.click();
    await expectGood(second, "campaigns-delete");
    await second.locator("tbody details button").first().click();
    await second.waitForURL("**/campaigns");
    await second.context().close();
  });

  await t.test("a whole answer on one page stands in the export", async () => {
    const own = mails.find((mail) => mail.html.includes('<html lang="ja"'));
    const visitor = await newPage({ viewport: PHONE, javaScriptEnabled: false });
    await visitor.goto(own.links.find((link) => link.includes("/r/")));
    await visitor.locator("button[value=all]").click();
    for (const section of await visitor.locator("section.q:has(input[value=yes])").all()) {
      await section.locator("input[value=yes]").check();
    }
    await visitor.locator("button[value=next]").click();
    await visitor.locator("#name").fill("佐藤 一郎");
    await visitor.locator("#contact").fill("052-111-2222");
    await visitor.locator("button[value=next]").click();
    await visitor.waitForURL("**/review");
    await visitor.locator("main .btn.primary").click();
    await visitor.waitForURL("**/receipt");
    const receipt = await visitor.locator("main dd .num").first().textContent();
    await page.goto(campaign);
    await page.locator("details.menu:has(a[href$='format=csv']) > summary").click();
    const rows = readCsv(await download(page, page.locator("a[href$='format=csv']")));
    assert.equal(rows.length, COMPANIES);
    const [row, ...others] = rows.filter((row) => row["受付番号"]);
    assert.equal(others.length, 0);
    assert.equal(row["受付番号"], receipt);
    assert.equal(row["お名前"], "佐藤 一郎");
    const sheet = await download(page, page.locator("a[href$='format=xlsx']"));
    assert.equal(sheet.subarray(0, 2).toString(), "PK");
    expectNoProblems(visitor);
    await visitor.context().close();
  });

  await t.test("an answer by telephone is recorded with a note of how", async () => {
    await page.goto(`${campaign}/companies?state=unreachable`);
    await page.locator("tbody th a").first().click();
    await page.waitForURL("**/companies/**");
    const part = page.url();
    await expectGood(page, "part-to-phone");
    await page.locator("a[href$='/record']").click();
    await page.waitForURL("**/record");
    await expectGood(page, "record");
    await page.locator("main button.btn.primary").click();
    await page.locator(".notice.bad").waitFor();
    await expectGood(page, "record-errors");
    await page.locator("#name").fill("鈴木 次郎");
    await page.locator("#note").fill("電話で聞き取り（担当：山田）");
    await page.locator("input[name='q.multi-factor'][value=no]").check();
    await page.locator("#c-multi-factor").fill("来月に入れる予定");
    await page.locator("main button.btn.primary").click();
    // One answer isn't all: the desk says that it is all they say.
    await page.locator("main button[value=part]").click();
    await page.waitForURL(part);
    assert.match(await page.locator("main").textContent(), /鈴木 次郎/);
    await expectGood(page, "part-answered");
    await page.locator("#note").fill("折り返しの電話を待つ");
    await page.locator("button[formaction$='/decline']").first().waitFor();
    await page.locator("form[action$='/note'] .btn").first().click();
    await page.locator(".events", { hasText: "折り返しの電話を待つ" }).waitFor();
  });

  await t.test("all pages of it", async () => {
    await page.goto(`${server.url}/outbox`);
    const mail = new URL(await page.locator("tbody th a").first().getAttribute("href"), server.url).href;
    await page.goto(`${campaign}/companies?state=submitted`);
    const part = new URL(await page.locator("tbody th a").first().getAttribute("href"), server.url).href;
    await expectAllGood(page, {
      home: "/",
      campaigns: "/campaigns",
      campaign,
      part,
      record: `${part}/record`,
      outbox: "/outbox",
      "outbox-none": "/outbox?state=bounced",
      mail,
      audit: "/audit",
      import: "/companies/import",
      account: "/account",
    });
  });

  await t.test("closes when asked, and takes no answer any more", async () => {
    const closed = mails.at(-1).links.find((link) => link.includes("/r/"));
    const visitor = await newPage({ viewport: PHONE });
    await visitor.goto(closed);
    const button = visitor.locator("button.primary");
    await button.waitFor();
    await page.goto(campaign);
    await page.locator("details.menu:has(a[href$='/manage']) > summary").click();
    await page.locator("a[href$='/manage']").click();
    await page.locator("a[href$='/close']").click();
    await expectGood(page, "campaign-close");
    await page.locator("input[name=sure]").check();
    await page.locator("main button.danger").click();
    await page.waitForURL(campaign);
    await expectGood(page, "campaign-closed");
    // Somebody had the page open meanwhile.
    await button.click();
    await visitor.locator("h1").waitFor();
    await expectGood(visitor, "respondent-closed-meanwhile");
    for (const language of ["ja", "en"]) {
      await visitor.goto(`${new URL(closed).origin}${new URL(closed).pathname}?lang=${language}`);
      assert.equal(await visitor.locator("html").getAttribute("lang"), language);
      assert.equal(await visitor.locator("main form").count(), 0);
      await expectGood(visitor, "respondent-closed");
    }
    await visitor.context().close();
  });

  expectNoProblems(page);
  await server.stop();
});

// The same, shorter, on the other engine and without scripts: only the primary contacts.
const other = engines.at(-1);
test(`a campaign to the primary contacts without JavaScript on ${other.name}`, async (t) => {
  const server = await startServer({ database: other.database() });
  const { page } = await signUp(server, { locale: "en", javaScriptEnabled: false });
  kairan(server, "directory", "import", suppliers.path);

  await t.test("one mail goes to each company that has one", async () => {
    await makeCampaign(page, server.url, { title: "Spring check", contacts: "primary" });
    const { companies, no_mail } = suppliers.truth;
    const mails = await send(page, server, { companies, mails: companies - no_mail });
    assert.equal(mails.length, companies - no_mail);
    assert.equal(new Set(mails.map((mail) => mail.links.find((link) => link.includes("/r/")))).size, mails.length);
    // Without a script the page is loaded anew while the campaign is being sent.
    await page.locator("ul.sheet li").first().waitFor();
    await page.goto(page.url());
    assert.equal(Number(await page.locator("ul.nums b").first().textContent()), companies);
    const total = await number(page.locator("ul.nums li").last().locator("b"));
    assert.equal(total, no_mail);
  });

  await t.test("pages in English", async () => {
    const campaign = page.url();
    await expectAllGood(page, { "en-campaign": campaign, "en-home": "/", "en-outbox": "/outbox" }, { languages: ["en"] });
  });

  expectNoProblems(page);
  await server.stop();
});
