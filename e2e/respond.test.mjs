// A company opens its link on a phone and answers, in Japanese and English, with and without JavaScript.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  download,
  eventually,
  expectFits,
  expectGood,
  expectNoProblems,
  kairan,
  newPage,
  PHONE,
  readCsv,
  readMaildir,
  signUp,
  startServer,
} from "./support.mjs";

const companies = [
  ["A01", "株式会社あさひ精工", "佐藤 花子", "asahi@example.jp", "ja"],
  ["A02", "Bangkok Parts Co., Ltd.", "Somchai J.", "parts@example.com", "en"],
  ["A03", "長い長い名前の会社で折り返しを確かめるための株式会社東海道精密機械製作所名古屋営業所", "伊藤 三郎", "tokaido@example.jp", "ja"],
  ["A04", "Donau Guss GmbH & Co. KG", "E. Muster", "guss@example.com", "en"],
  ["A05", "有限会社うみべ電装", "海部 四郎", "umibe@example.jp", "ja"],
  ["A06", "有限会社かわべ電装", "川辺 五郎", "kawabe@example.jp", "ja"],
  ["A07", "有限会社やまべ電装", "山辺 六郎", "yamabe@example.jp", "ja"],
];

/** A running campaign to those companies: the links of their mails by code, and the operator's page. */
async function campaign(server, { deadline = "2099-12-10T17:00" } = {}) {
  const list = join(server.data, "list.csv");
  const lines = companies.map(([code, name, person, mail, language]) => [code, name, person, mail, language].map((cell) => `"${cell}"`).join(","));
  writeFileSync(list, `取引先コード,会社名,担当者,メールアドレス,言語\n${lines.join("\n")}\n`);
  kairan(server, "directory", "import", list);
  const plan = join(server.data, "plan.toml");
  writeFileSync(
    plan,
    `title = "点検"\nadvisory = "government-2022-03"\nchecklist = "sc-2022"\nletter_supplier = "self-check-request"\n` +
      `letter_group = "advisory-notice"\ndeadline = "${deadline}"\nzone = "Asia/Tokyo"\n` +
      `[sender]\nja = "株式会社ひかり製作所　情報セキュリティ室"\nen = "Hikari Works, Information Security"\n` +
      `[inquiries]\nja = "情報セキュリティ室　052-000-0118　security@hikari.example"\nen = "Information Security, +81-52-000-0118"\n`,
  );
  const { number } = kairan(server, "campaign", "create", plan);
  kairan(server, "campaign", "send", number);
  const mails = await eventually("the mails", async () => {
    const found = await readMaildir(`${server.data}/outbox`);
    return found.length >= companies.length && found;
  });
  const links = {};
  const codes = {};
  for (const [code, , , address] of companies) {
    const mail = mails.find(({ to }) => to[0].address === address);
    const link = new URL(mail.links.find((link) => link.includes("/r/")));
    assert.equal(link.searchParams.get("lang"), companies.find(([own]) => own === code)[4]);
    links[code] = `${link.origin}${link.pathname}`;
    [codes[code]] = mail.text.match(/\b[2-9A-HJ-NP-TV-Z]{5}-[2-9A-HJ-NP-TV-Z]{5}\b/);
  }
  return { number, links, codes };
}

const YES_NO = ["yes", "partly", "no", "na", "unknown"];
const WORDS = {
  ja: { yes: "はい", partly: "一部", no: "いいえ", na: "該当しない", unknown: "わからない" },
  en: { yes: "Yes", partly: "Partly", no: "No", na: "Not applicable", unknown: "Don't know" },
};

/**
 * Answers the one question on the page; `nth` varies what. Gives `{ id, kind, answer }`, the answer in the words of the
 * page. A page with scripts saves after each choice: it waits for that.
 */
async function answer(page, nth) {
  const section = page.locator("section.q");
  const id = await section.getAttribute("id");
  const radios = await section.locator("input[type=radio]").evaluateAll((all) => all.map(({ value }) => value));
  const fill = async (kind, value) => {
    await section.locator(`#q-${id}`).fill(value);
    return { id, kind, answer: value };
  };
  if (radios.length > 0) {
    const isYesNo = radios.includes("yes");
    const offered = isYesNo ? YES_NO.filter((value) => radios.includes(value)) : radios;
    const value = offered[nth % offered.length];
    const pick = section.locator(`label.pick:has(input[value="${value}"])`);
    await pick.click();
    assert.ok(await pick.locator("input").isChecked());
    if (isYesNo && (value === "no" || value === "partly")) {
      assert.ok(await section.locator(".if-no").isVisible(), `what to do first after "${value}" to ${id}`);
      await section.locator(`#c-${id}`).fill(`補足 ${nth}: "引用", 改行\n二行目`);
    } else {
      assert.equal(await section.locator(".if-no").filter({ visible: true }).count(), 0);
    }
    const lang = await page.locator("html").getAttribute("lang");
    const word = isYesNo ? WORDS[lang][value] : (await pick.locator("span").innerText()).split("\n")[0];
    return { id, kind: isYesNo ? "yes-no" : "choice", value, answer: word };
  }
  if ((await section.locator("input[type=checkbox]").count()) > 0) {
    await section.locator("label.pick").first().click();
    const word = await section.locator("label.pick span").first().innerText();
    return { id, kind: "choices", answer: word };
  }
  if ((await section.locator("textarea[name^='q.']").count()) > 0) return fill("text", "特にありません。<b>&\"'");
  if ((await section.locator("input[type=date]").count()) > 0) return fill("date", "2026-04-01");
  return fill("number", "42");
}

/** Steps from the first question to the last; `at(kind)` sees the first page of each kind, filled in. */
async function answerAll(page, { shift = 0, at = async () => {} } = {}) {
  const given = [];
  const seen = new Set();
  for (let nth = shift; page.url().includes("/check/"); nth++) {
    await expectFits(page);
    const one = await answer(page, nth);
    await expectFits(page);
    const state = one.value === "no" || one.value === "partly" ? "yes-no-advice" : one.kind;
    if (!seen.has(state)) {
      seen.add(state);
      await at(state);
    }
    given.push(one);
    assert.ok(given.length < 40, "the questions come to an end");
    const before = page.url();
    await page.locator("button[value=next]").click();
    await page.waitForURL((url) => url.href !== before);
  }
  return given;
}

/** What a page and all that it loads bring over the wire, compressed as it comes, with headers. */
async function weigh(address, locale, storageState) {
  const page = await newPage({ viewport: PHONE, locale, storageState });
  const requests = [];
  page.on("requestfinished", (request) => requests.push(request));
  await page.goto(address, { waitUntil: "networkidle" });
  assert.equal(page.url().split("?")[0], address);
  const sizes = await Promise.all(requests.map((request) => request.sizes()));
  await page.context().close();
  return sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
}

test("answering on a phone", async (t) => {
  const server = await startServer();
  const { page: operator } = await signUp(server);
  const { links, codes } = await campaign(server);
  await operator.goto(`${server.url}/campaigns`);
  await operator.locator("tbody th a").first().click();
  const board = operator.url();

  /** What the device keeps on which A01 was answered: another would have to prove itself. */
  let device;
  /** The state of a company, in the operator's words. */
  const stateOf = async (code) => {
    await operator.goto(`${board}/companies?q=${code}`);
    return (await operator.locator("tbody .state").first().innerText()).trim();
  };
  const exported = async (code) => {
    await operator.goto(board);
    await operator.locator("details.menu:has(a[href$='format=csv']) > summary").click();
    const rows = readCsv(await download(operator, operator.locator("a[href$='format=csv']")));
    return rows.find((row) => row["取引先コード"] === code);
  };

  const ways = [
    { code: "A01", locale: "ja", javaScriptEnabled: false },
    { code: "A02", locale: "en", javaScriptEnabled: false, typed: true },
    { code: "A03", locale: "ja", javaScriptEnabled: true },
    { code: "A04", locale: "en", javaScriptEnabled: true, typed: true },
  ];
  for (const [nth, { code, locale, javaScriptEnabled, typed }] of ways.entries()) {
    const way = `${locale} ${javaScriptEnabled ? "with" : "without"} JavaScript`;
    await t.test(`from the link to the receipt: ${way}`, async () => {
      const page = await newPage({ viewport: PHONE, locale, javaScriptEnabled });
      // Each state of a page is looked at once: without scripts in Japanese, with them in English.
      const look = async (name) => {
        if (javaScriptEnabled === (locale === "en")) await expectGood(page, `respondent-${name}`);
        else await expectFits(page);
      };
      if (typed) {
        await page.goto(`${server.url}/code`);
        await look("code");
        await page.locator("#code").fill("K7QM3-AAAAA");
        await page.locator("main .btn.primary").click();
        await page.locator("#code-error").waitFor();
        await look("code-wrong");
        await page.locator("#code").fill(codes[code].toLowerCase().replace("-", ""));
        await page.locator("main .btn.primary").click();
        await page.waitForURL("**/r/*");
        assert.equal(page.url(), links[code]);
      } else {
        await page.goto(links[code]);
      }
      assert.equal(await page.locator("html").getAttribute("lang"), locale);
      await look("start");

      await page.locator("ol.todo form summary").click();
      await page.locator("ol.todo #name").fill("確認 太郎");
      await page.locator("form[action$='/acknowledge'] button").click();
      await page.locator("#thanks").waitFor();
      await look("acknowledged");

      await page.locator("form[action$='/start'] .primary").click();
      await page.waitForURL("**/check/*");
      await look("question");
      const given = await answerAll(page, { shift: nth, at: (kind) => look(`question-${kind}`) });
      assert.equal(new Set(given.map(({ id }) => id)).size, given.length);

      assert.ok(page.url().endsWith("/about"), page.url());
      await page.locator("button[value=next]").click();
      await page.locator(".notice.bad").waitFor();
      await look("about-errors");
      await page.locator("#division").fill("総務部");
      await page.locator("#name").fill("受付 係子");
      await page.locator("#contact").fill("soumu@example.jp");
      await look("about");
      await page.locator("button[value=next]").click();
      await page.waitForURL("**/review");
      await look("review");
      const reviewed = await page.locator("main").innerText();
      for (const { id, answer, kind } of given) {
        const shown = await page.locator(`#a-${id} dd`).first().innerText();
        if (kind !== "date") assert.ok(shown.includes(answer), `${id}: "${answer}" in "${shown}"`);
      }
      assert.ok(reviewed.includes("受付 係子"));

      await page.locator("main form .primary").click();
      await page.waitForURL("**/receipt");
      await look("receipt");
      const receipt = await page.locator("main dd .num").first().innerText();
      assert.match(receipt, /\S{4,}/);
      await page.goto(links[code]);
      await look("answered");
      expectNoProblems(page);
      if (code === "A01") device = await page.context().storageState();
      await page.context().close();

      const row = await exported(code);
      assert.equal(row["受付番号"], receipt);
      assert.equal(row["お名前"], "受付 係子");
      assert.equal(row["確認した方"], "確認 太郎");
      const columns = Object.keys(row);
      for (const { id, value, kind } of given) {
        if (kind !== "yes-no") continue;
        const label = given.findIndex((one) => one.id === id);
        assert.ok(label >= 0);
        assert.ok(
          columns.some((column) => row[column] === WORDS.ja[value]),
          `${id} as ${value} in the export`,
        );
      }
      const mail = await eventually("the mail with the receipt", async () => {
        const address = companies.find(([own]) => own === code)[3];
        const found = await readMaildir(`${server.data}/outbox`);
        return found.find(({ to, text }) => to[0].address === address && text.includes(receipt));
      });
      assert.match(mail.html, new RegExp(`<html lang="${locale}"`));
    });
  }

  await t.test("saves as it goes, and knows a person from a scanner", async (t) => {
    const before = await stateOf("A05");
    const page = await newPage({ viewport: PHONE });
    await page.goto(links.A05, { waitUntil: "networkidle" });
    assert.equal(await stateOf("A05"), before, "only opened by a program");
    const told = page.waitForResponse((response) => response.url().endsWith("/opened"));
    await page.keyboard.press("ArrowDown");
    assert.equal((await told).status(), 204);
    assert.equal(await stateOf("A05"), "開封");

    await page.locator("form[action$='/start'] .primary").click();
    await page.waitForURL("**/check/simple-passwords");
    const saved = () => page.waitForResponse((response) => response.url().endsWith("/save"));
    let save = saved();
    await page.locator("label.pick:has(input[value=no])").click();
    assert.equal((await save).status(), 200);
    save = saved();
    await page.locator("#c-simple-passwords").fill("年内に見直します");
    await page.locator("#c-simple-passwords").blur();
    await save;
    await page.locator("#saved", { hasText: "保存しました" }).waitFor();
    await page.reload();
    assert.ok(await page.locator("input[value=no]").isChecked());
    assert.equal(await page.locator("#c-simple-passwords").inputValue(), "年内に見直します");

    await t.test("on another device too", async () => {
      const other = await newPage({ viewport: PHONE, javaScriptEnabled: false });
      await other.goto(links.A05);
      await other.locator("form[action$='/start'] .primary").click();
      await other.waitForURL("**/check/*");
      await other.goto(`${links.A05}/check/simple-passwords`);
      assert.equal(await other.locator("#c-simple-passwords").inputValue(), "年内に見直します");
      await other.context().close();
    });

    await t.test("in the list of all questions", async () => {
      await page.goto(`${links.A05}/all`);
      save = saved();
      await page.locator("#unneeded-accounts label.pick:has(input[value=partly])").click();
      await save;
      await page.reload();
      assert.ok(await page.locator("#unneeded-accounts input[value=partly]").isChecked());
      await expectGood(page, "respondent-all");
    });
    expectNoProblems(page);
    await page.context().close();
  });

  for (const javaScriptEnabled of [false, true]) {
    await t.test(`another language keeps what was typed, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
      const page = await newPage({ viewport: PHONE, javaScriptEnabled });
      await page.goto(`${links.A06}/check/exit-devices?lang=ja`);
      await page.locator("input[value=partly]").check();
      await page.locator("#c-exit-devices").fill("確認中 / checking");
      await page.locator(".lang button").click();
      await page.waitForURL("**lang=en");
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      assert.ok(await page.locator("input[value=partly]").isChecked());
      assert.equal(await page.locator("#c-exit-devices").inputValue(), "確認中 / checking");
      await page.goto(`${links.A06}/about`);
      await page.locator("#name").fill("K. Kawabe");
      await page.locator(".lang button").click();
      await page.waitForURL("**lang=ja");
      assert.equal(await page.locator("#name").inputValue(), "K. Kawabe");
      await page.goto(`${links.A06}/all`);
      await page.locator("#q-awareness-reach").fill("12");
      await page.locator(".lang button").click();
      await page.waitForURL("**lang=en");
      assert.equal(await page.locator("#q-awareness-reach").inputValue(), "12");
      await expectGood(page, "respondent-all");
      expectNoProblems(page);
      await page.context().close();
    });
  }

  for (const [locale, javaScriptEnabled] of [["ja", false], ["en", true]]) {
    await t.test(`two people at once lose nothing: ${locale} ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
      const question = `${links.A07}/check/${javaScriptEnabled ? "macros" : "bad-traffic"}`;
      const one = await newPage({ viewport: PHONE, locale, javaScriptEnabled: false });
      const two = await newPage({ viewport: PHONE, locale, javaScriptEnabled });
      await one.goto(question);
      await two.goto(question);
      await one.locator("input[value=yes]").check();
      await one.locator("button[value=next]").click();
      await one.waitForURL((url) => url.href !== question);
      await two.locator("label.pick:has(input[value=no])").click();
      if (javaScriptEnabled) {
        // The script tells it at once; the answer is kept and the button leads to the choice.
        await two.locator("#saved", { hasText: "changed" }).waitFor();
        await expectGood(two, "respondent-conflict-told");
      }
      await two.locator("button[value=next]").click();
      await two.locator(".notice.warn[role=alert]").waitFor();
      const told = await two.locator(".notice.warn[role=alert]").innerText();
      assert.ok(told.includes(WORDS[locale].yes) && told.includes(WORDS[locale].no), told);
      assert.ok(await two.locator("input[value=no]").isChecked());
      await expectGood(two, "respondent-conflict");
      await two.locator("button[value=next]").click();
      await two.waitForURL((url) => url.href !== question);
      await one.goto(question);
      assert.ok(await one.locator("input[value=no]").isChecked());
      await one.context().close();
      expectNoProblems(two);
      await two.context().close();
    });
  }

  await t.test("what is missing is shown before sending, with everything kept", async () => {
    for (const locale of ["ja", "en"]) {
      const page = await newPage({ viewport: PHONE, locale, javaScriptEnabled: false });
      await page.goto(`${links.A07}/review`);
      // What isn't whole isn't sent as such: there is no button for that.
      await page.locator(".notice.bad").waitFor();
      assert.equal(await page.locator("form[action$='/submit']").count(), 0);
      assert.ok((await page.locator(".notice.bad li").count()) > 3);
      await expectGood(page, "respondent-review-missing");
      await page.goto(`${links.A07}/all`);
      await page.locator("#q-awareness-reach").fill("たくさん");
      await page.locator("button[value=next]").click();
      await page.locator("#awareness-reach-error").waitFor();
      assert.equal(await page.locator("#q-awareness-reach").inputValue(), "たくさん");
      await expectGood(page, "respondent-all-errors");
      await page.goto(`${links.A07}/check/multi-factor-gaps`);
      await expectGood(page, "respondent-question-not-asked");
      await page.goto(`${links.A07}/check/awareness-reach`);
      await page.locator("#q-awareness-reach").fill("-5");
      await page.locator("button[value=next]").click();
      await page.locator("#awareness-reach-error").waitFor();
      await expectGood(page, "respondent-question-error");
      expectNoProblems(page);
      await page.context().close();
    }
  });

  await t.test("an answer that was sent can be changed, and is sent again", async () => {
    const page = await newPage({ viewport: PHONE, storageState: device });
    await page.goto(links.A01);
    await page.locator("a[href$='/review']").click();
    await page.waitForURL("**/review");
    await expectGood(page, "respondent-review-sent");
    await page.locator("#a-simple-passwords .to a").click();
    await page.waitForURL("**/check/simple-passwords");
    await page.locator("label.pick:has(input[value=unknown])").click();
    await page.locator("#saved", { hasText: "保存" }).waitFor();
    await page.goto(`${links.A01}/receipt`);
    await expectGood(page, "respondent-receipt-reopened");
    await page.goto(`${links.A01}/review`);
    await expectGood(page, "respondent-review-reopened");
    await page.locator("main form .primary").click();
    await page.waitForURL("**/receipt");
    assert.equal(await page.locator("main .notice.warn").count(), 0);
    expectNoProblems(page);
    await page.context().close();
  });

  await t.test("a link that is cut off says so", async () => {
    const page = await newPage({ viewport: PHONE });
    const response = await page.goto(links.A01.slice(0, -2));
    assert.equal(response.status(), 404);
    await expectGood(page, "respondent-not-found");
    await page.context().close();
  });

  await t.test("a page weighs under 50 kB in all", async () => {
    const heavy = [];
    for (const locale of ["ja", "en"]) {
      for (const place of ["", "/check/simple-passwords", "/all", "/about", "/review", "/receipt"]) {
        const bytes = await weigh(`${links.A01}${place}`, locale, device);
        assert.ok(bytes > 1000, `${place} weighs ${bytes} bytes`);
        if (bytes >= 50_000) heavy.push(`${place} in ${locale} weighs ${bytes} bytes`);
      }
    }
    assert.deepEqual(heavy, []);
  });

  expectNoProblems(operator);
  await server.stop();
});
