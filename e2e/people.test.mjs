// The printed link makes the first administrator; signing in and out; what the account page shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  engines,
  expectAllGood,
  expectGood,
  expectNoProblems,
  expectSound,
  likeIn,
  newPage,
  PERSON,
  PHONE,
  signUp,
  startServer,
  totp,
} from "./support.mjs";

const signIn = async (page, code, { password = PERSON.password } = {}) => {
  await page.locator("#mail").fill(PERSON.mail);
  await page.locator("#password").fill(password);
  await page.locator("#code").fill(code);
  await page.locator("main .btn.primary").click();
};

// Both languages, both engines, with and without scripts: each once.
const ways = [
  { locale: "ja", engine: engines[0], javaScriptEnabled: true },
  { locale: "en", engine: engines.at(-1), javaScriptEnabled: false, viewport: PHONE },
];
for (const { locale, engine, ...options } of ways) {
  test(`set-up and sign-in in ${locale} on ${engine.name}`, async (t) => {
    const server = await startServer({ database: engine.database() });
    const look = locale === "ja" ? expectGood : expectSound;
    const words = {
      ja: { codes: "復旧コード", signIn: "サインイン", home: "いまの状況" },
      en: { codes: "Recovery codes", signIn: "Sign in", home: "" },
    }[locale];

    await t.test("the link shows again what was typed, beside what is wrong", async () => {
      const page = await newPage({ locale, ...options });
      await page.goto(server.setupLink);
      await look(page, "setup");
      await page.locator("#name").fill(PERSON.name);
      await page.locator("#mail").fill(PERSON.mail);
      await page.locator("#password").fill("passwordpassword");
      await page.locator("#code").fill("000000");
      await page.locator("main .btn.primary").click();
      await page.locator("#password-error").waitFor();
      assert.equal(await page.locator("#name").inputValue(), PERSON.name);
      assert.equal(await page.locator("#mail").inputValue(), PERSON.mail);
      assert.equal(await page.locator("#password").inputValue(), "");
      await page.locator("#code-error").waitFor();
      await look(page, "setup-errors");
      await page.context().close();
    });

    const { page, secret, codes } = await signUp(server, { locale, ...options });
    await t.test("makes an account with recovery codes", async () => {
      assert.equal(await page.locator("html").getAttribute("lang"), locale);
      assert.equal(await page.locator("h1").textContent(), words.codes);
      assert.ok(codes.length >= 8, `${codes.length} codes`);
      assert.equal(new Set(codes).size, codes.length);
      await look(page, "recovery-codes");
      await page.locator("main .btn.primary").click();
      await page.waitForURL(`${server.url}/`);
      if (words.home) assert.equal(await page.locator("h1").textContent(), words.home);
    });

    await t.test("the link opens only once", async () => {
      const stranger = await newPage({ locale, ...options });
      await stranger.goto(server.setupLink);
      assert.equal(await stranger.locator("#password").count(), 0);
      await look(stranger, "setup-void");
      await stranger.context().close();
    });

    await t.test("signs out, and in again with a code", async () => {
      await page.locator(".who form button").click();
      await page.waitForURL("**/sign-in");
      assert.equal(await page.locator("h1").textContent(), words.signIn);
      await page.goto(`${server.url}/companies`);
      await page.waitForURL("**/sign-in?next=**");
      await look(page, "sign-in");
      await signIn(page, totp(secret, { steps: 1 }), { password: "not the right password" });
      await page.locator(".notice.bad").waitFor();
      assert.equal(await page.locator("#mail").inputValue(), PERSON.mail);
      await look(page, "sign-in-refused");
      await signIn(page, totp(secret, { steps: 1 }));
      await page.waitForURL("**/companies");
      assert.match(await page.locator(".who").textContent(), new RegExp(PERSON.name));
    });

    await t.test("signs in with a recovery code, and ends the other browser", async () => {
      const other = await newPage({ locale, ...options });
      await other.goto(`${server.url}/sign-in`);
      await signIn(other, codes[0]);
      await other.waitForURL(`${server.url}/`);
      await page.goto(`${server.url}/account`);
      assert.equal(await page.locator("#sessions ~ .scroll tbody tr").count(), 2);
      await look(page, "account");
      await page.locator("form[action$='/others/revoke'] button").click();
      await page.locator(".notice.good").waitFor();
      assert.equal(await page.locator("#sessions ~ .scroll tbody tr").count(), 1);
      await look(page, "account-done");
      await other.goto(`${server.url}/account`);
      await other.waitForURL("**/sign-in?next=**");
      await other.context().close();
    });

    await t.test("keeps all of it in the log", async () => {
      await page.goto(`${server.url}/audit`);
      assert.ok((await page.locator("tbody tr").count()) >= 6);
      await page.locator("tbody details summary").first().click();
      await look(page, "audit");
      await page.goto(`${server.url}/audit?q=nobody-at-all`);
      await look(page, "audit-none");
    });

    await t.test("pages before anything is there", async () => {
      const places = { "home-empty": "/", "companies-empty": "/companies", "import": "/companies/import", "campaigns-empty": "/campaigns", "outbox-empty": "/outbox", "campaign-new": "/campaigns/new", "company-new": "/companies/new" };
      if (locale !== "ja" && !process.env.KAIRAN_TEST_SHOTS) return;
      const elsewhere = await likeIn(page, { locale, ...options });
      await elsewhere.goto(server.url);
      await expectAllGood(elsewhere, places, { languages: [locale] });
      const missing = await elsewhere.goto(`${server.url}/nothing/here`);
      assert.equal(missing.status(), 404);
      await look(elsewhere, "not-found");
      await elsewhere.context().close();
    });

    expectNoProblems(page);
    await server.stop();
  });
}
