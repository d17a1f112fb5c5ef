// What every browser test stands on: a server of its own, pages in Chromium, accessibility, one-time codes, mail.
// Whatever is started here is ended when the tests of the file are over.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { simpleParser } from "mailparser";
import { chromium } from "playwright-core";

const here = fileURLToPath(new URL(".", import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Widths that pages are looked at: a small phone and a desk. */
export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

// ---------------------------------------------------------------- the clock

/** A Tuesday that is a business day everywhere, noon in Tokyo: when tests begin, unless KAIRAN_TEST_NOW says another moment. */
const START = process.env.KAIRAN_TEST_NOW ?? "2026-11-24T03:00:00Z";

const clockDir = mkdtempSync(join(tmpdir(), "kairan-clock-"));
const clockFile = join(clockDir, "ahead");
let ahead;

/** Sets the clock of this file's servers and commands to a moment (ISO 8601, or milliseconds since 1970); it goes on from there. */
export function setClock(moment) {
  const at = typeof moment === "number" ? moment : Date.parse(moment);
  assert.ok(Number.isFinite(at), `"${moment}" is no moment`);
  ahead = at - Date.now();
  // Renamed into its place, so that nobody reads half a number.
  writeFileSync(`${clockFile}.new`, `${Math.round(ahead)}\n`);
  renameSync(`${clockFile}.new`, clockFile);
}

/** What the servers' clock says, in milliseconds since 1970. */
export const now = () => Date.now() + ahead;

/** The date in Tokyo, where deadlines of these tests are, so many days from now: 2026-11-24. */
export const day = (days) => new Date(now() + (9 + days * 24) * 3_600_000).toISOString().slice(0, 10);

setClock(START);

// ---------------------------------------------------------------- the server

/** The program under test: `kairan` by the clock above. */
export const binary = () => {
  const path = process.env.KAIRAN_TEST_BINARY ?? join(here, "../target/debug/examples/kairan-at");
  assert.ok(existsSync(path), `${path} is missing: run script/test browser, or cargo build --example kairan-at`);
  return path;
};

/**
 * The environment of the program under test: settings of the person who runs the tests don't reach it. KAIRAN_TEST_ZONE is
 * the organisation's.
 */
export const settings = () => {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KAIRAN_")));
  const zone = process.env.KAIRAN_TEST_ZONE;
  return { ...clean, ...(zone && { KAIRAN_ORGANISATION_ZONE: zone }), TEST_CLOCK: clockFile };
};

const servers = new Set();

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * The engines that this run can use: always SQLite, and PostgreSQL where script/test started one. `database()` makes an
 * empty database and gives what `startServer` wants:
 *
 *     for (const engine of engines) test(`import on ${engine.name}`, async () => {
 *       const server = await startServer({ database: engine.database() });
 */
export const engines = [{ name: "SQLite", database: () => undefined }];
if (process.env.KAIRAN_TEST_DATABASE) engines.push({ name: "PostgreSQL", database: createDatabase });

function createDatabase() {
  const name = `kairan_e2e_${randomBytes(6).toString("hex")}`;
  const admin = process.env.KAIRAN_TEST_DATABASE;
  const made = spawnSync("psql", ["-X", "-q", "-d", admin, "-c", `CREATE DATABASE ${name}`], { encoding: "utf8" });
  assert.equal(made.status, 0, `psql could not make a database: ${made.error ?? made.stderr}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Starts `kairan serve` and waits until it is ready.
 *
 * - `database`: a postgres:// URL; without it SQLite in the data directory.
 * - `data`: a data directory to go on with; without it a fresh one, removed at the end.
 * - `port`: to come back at the same address after `stop()` or `kill()`.
 * - `command`: `demo` instead of `serve`.
 * - `env`, `args`: more settings, e.g. `{ KAIRAN_LOG_LEVEL: "debug" }`.
 *
 * Gives `{ url, port, data, database, setupLink, output(), stop(), kill() }`. `setupLink` is the one-time link that
 * makes the first administrator, or null when there is one already.
 */
export async function startServer({ database, data, port, env = {}, args = [], command = "serve" } = {}) {
  const ownData = data === undefined;
  data ??= mkdtempSync(join(tmpdir(), "kairan-e2e-"));
  port ??= await freePort();
  const url = `http://127.0.0.1:${port}`;
  const line = [command, "--data", data, "--listen", `127.0.0.1:${port}`, "--base-url", url];
  if (database) line.push("--database", database);
  const child = spawn(binary(), [...line, ...args], {
    cwd: data,
    env: { ...settings(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });

  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
  const gone = new Promise((resolve) => {
    child.once("error", (error) => ((output += error), resolve("could not be started")));
    // "close" and not "exit": only then all that it wrote has arrived.
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
  let ended;
  gone.then((how) => (ended = how));

  const end = async (signal, patience) => {
    if (ended === undefined) child.kill(signal);
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, patience, "late")));
    let how = await Promise.race([gone, late]);
    clearTimeout(timer);
    if (how === "late") {
      child.kill("SIGKILL");
      await gone;
    }
    return how;
  };
  const server = {
    url,
    port,
    data,
    database,
    setupLink: null,
    /** All that the server wrote, for a test that looks for a word or must not find one. */
    output: () => output,
    /** Ends it as an administrator would, and holds that it ends by itself and well. */
    async stop() {
      const how = await end("SIGTERM", 10_000);
      assert.equal(how, 0, `the server did not end well (${how}):\n${output}`);
    },
    /** Ends it as a power cut would. */
    kill: () => end("SIGKILL", 10_000),
    pid: child.pid,
    remove() {
      if (ended === undefined) child.kill("SIGKILL");
      if (ownData) rmSync(data, { recursive: true, force: true });
    },
  };
  servers.add(server);

  const until = Date.now() + 30_000;
  for (;;) {
    if (ended !== undefined) assert.fail(`the server ended at its start (${ended}):\n${output}`);
    if (Date.now() > until) {
      await server.kill();
      assert.fail(`the server was not ready after 30 seconds:\n${output}`);
    }
    const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    await ready?.arrayBuffer();
    if (ready?.ok) break;
    await pause(50);
  }
  // A fresh server prints its link once it listens, which may be a moment after it is ready.
  const link = () => stripVTControlCharacters(output).match(/https?:\/\/\S+\/setup\/[^\s"'<>]+/)?.[0] ?? null;
  const patience = Date.now() + (ownData && command === "serve" ? 2000 : 200);
  while (!(server.setupLink = link()) && Date.now() < patience) await pause(20);
  return server;
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again and again until `ask` gives something, and gives that; for what a job does a moment later. */
export async function eventually(what, ask, { within = 10_000 } = {}) {
  const until = Date.now() + within;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > until) assert.fail(`did not come about within ${within / 1000} seconds: ${what}`);
    await pause(100);
  }
}

// ---------------------------------------------------------------- the browser

let browserStarting;

function browser() {
  browserStarting ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Only our own pages on loopback are opened; Chromium is kept from looking up anything of its own.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return browserStarting;
}

/**
 * A page in a browser profile of its own: no cookies, no storage shared with another page.
 *
 * `locale` is sent as Accept-Language ("ja", "en"); `javaScriptEnabled: false` is a browser without scripts. What the
 * page's console or a refused request says is an error goes to `page.problems`: `expectNoProblems(page)` reads it.
 */
export async function newPage({
  viewport = DESKTOP,
  locale = "ja",
  javaScriptEnabled = true,
  colorScheme = "light",
  storageState,
} = {}) {
  const context = await (
    await browser()
  ).newContext({
    viewport,
    locale,
    javaScriptEnabled,
    colorScheme,
    storageState,
    reducedMotion: "reduce",
    timezoneId: "Asia/Tokyo",
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(`script: ${error.message}`));
  // Chromium also calls it an error when the page itself is answered with 404, 409 or 422, as a refused form is.
  const refused = new Set();
  page.on("response", (response) => {
    const told = response.request().isNavigationRequest() && response.status() < 500;
    if (told) refused.add(response.url());
  });
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    if (message.text().startsWith("Failed to load resource") && refused.has(message.location().url)) return;
    page.problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && hostname !== "127.0.0.1") page.problems.push(`elsewhere: ${request.url()}`);
  });
  return page;
}

/** No script failed, nothing was refused by the content security policy, nothing was loaded from elsewhere. */
export function expectNoProblems(page) {
  assert.deepEqual(page.problems, [], `problems on ${page.url()}`);
}

/** Nothing is cut off or scrolls sideways at the page's width. */
export async function expectFits(page) {
  const { wide, room, culprits } = await inPage(
    page,
    `(() => {
      const room = document.documentElement.clientWidth;
      const wide = document.documentElement.scrollWidth;
      const out = (element) => element.getBoundingClientRect().right > room + 0.5 && !element.closest(".scroll, .sr, .skip");
      const culprits = wide > room ? [...document.querySelectorAll("body *")].filter(out).slice(0, 5) : [];
      return { wide, room, culprits: culprits.map((element) => element.outerHTML.slice(0, 120)) };
    })()`,
  );
  assert.ok(wide <= room, `${page.url()} is ${wide} px wide and has ${room} px:\n  ${culprits.join("\n  ")}`);
}

/** A full-page picture in e2e/shots/NAME.png, for people to look at; git doesn't keep it. */
export async function screenshot(page, name) {
  const path = join(here, "shots", `${name}.png`);
  mkdirSync(join(here, "shots"), { recursive: true });
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  return path;
}

/**
 * Runs an expression in a world beside the page's: it sees the same document, the page doesn't see it, and the page's
 * content security policy and a switched-off JavaScript do not stop it.
 */
async function inPage(page, expression, { prepare } = {}) {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
      frameId: frameTree.frame.id,
      worldName: "kairan-test",
    });
    const run = async (source, returnByValue) => {
      let timer;
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer from ${page.url()} within 30 seconds`)), 30_000);
      });
      const answer = session.send("Runtime.evaluate", {
        expression: source,
        contextId,
        awaitPromise: true,
        returnByValue,
      });
      answer.catch(() => {}); // when it is late the session is detached, which rejects it
      const { result, exceptionDetails } = await Promise.race([answer, late]).finally(() => clearTimeout(timer));
      if (exceptionDetails) {
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      }
      return result.value;
    };
    if (prepare) await run(prepare, false);
    return await run(expression, true);
  } finally {
    await session.detach();
  }
}

// In a page whose JavaScript is switched off promises go on and timers never fire. axe only defers its work with them,
// and gives up by them: the short ones run at once, in its own world, and the long ones never.
const timersWithoutScripts = `
  globalThis.setTimeout = (work, delay = 0, ...rest) => {
    if (delay <= 100) Promise.resolve().then(() => work(...rest));
    return 0;
  };`;

/**
 * axe finds nothing. Fails with one paragraph a finding: what, where, and how to mend it.
 * `rules` switches single rules, e.g. `{ region: { enabled: false } }`; give the reason beside it.
 * `only` names the rules to run, instead of all.
 */
export async function expectAccessible(page, { rules = {}, only } = {}) {
  const runOnly = only && { type: "rule", values: only };
  // A frame of ours runs no script, so axe would wait for its answer in vain.
  const options = JSON.stringify({ resultTypes: ["violations"], preload: false, iframes: false, rules, runOnly });
  const violations = await inPage(page, `axe.run(document, ${options}).then((found) => found.violations)`, {
    prepare: `${timersWithoutScripts}\n${axeSource}`,
  });
  const told = violations.map(({ id, impact, help, helpUrl, nodes }) => {
    const places = nodes.map(
      ({ target, html, failureSummary }) =>
        `    ${target.join(" ")}\n      ${html.replace(/\s+/g, " ").slice(0, 200)}\n` +
        `      ${failureSummary.replace(/\n\s*/g, "\n        ")}`,
    );
    return `  ${id} (${impact}): ${help}\n    ${helpUrl}\n${places.join("\n")}`;
  });
  assert.ok(told.length === 0, `axe found ${told.length} kinds of fault on ${page.url()}\n${told.join("\n")}`);
}

/**
 * All that holds for every page and state: it fits a phone and a desk, axe finds nothing, contrast holds in the dark
 * too, nothing was refused or loaded from elsewhere. With KAIRAN_TEST_SHOTS=1 pictures are taken in both sizes:
 * e2e/shots/NAME-LANGUAGE-WIDTH.png.
 */
export async function expectGood(page, name) {
  const before = page.viewportSize();
  const language = await page.locator("html").getAttribute("lang");
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await expectFits(page);
    if (process.env.KAIRAN_TEST_SHOTS) await screenshot(page, `${name}-${language}-${viewport.width}`);
  }
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, { only: ["color-contrast", "link-in-text-block"] });
  if (process.env.KAIRAN_TEST_SHOTS) await screenshot(page, `${name}-${language}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
  expectNoProblems(page);
}

/** `expectGood` where pictures are taken, else only what is quick: for states that another test holds to all of it. */
export async function expectSound(page, name) {
  if (process.env.KAIRAN_TEST_SHOTS) return expectGood(page, name);
  await expectFits(page);
  expectNoProblems(page);
}

/** Opens page after page and holds each to `expectGood`; with KAIRAN_TEST_SHOTS=1 in both languages. */
export async function expectAllGood(page, places, { languages = process.env.KAIRAN_TEST_SHOTS ? ["en", "ja"] : ["ja"] } = {}) {
  for (const [name, place] of Object.entries(places)) {
    for (const language of languages) {
      const address = new URL(place, page.url());
      address.searchParams.set("lang", language);
      const response = await page.goto(address.href);
      assert.equal(response.status(), 200, `${address}`);
      await expectGood(page, name);
    }
  }
}

// ---------------------------------------------------------------- people, commands, files

export const PERSON = { name: "山田 花子", mail: "hanako@hikari.example", password: "ume-tsubame-kaidan-42-hare" };

/**
 * Opens the printed link and makes the first administrator. Gives a signed-in page, at the recovery codes, the secret of
 * the one-time codes and the recovery codes.
 */
export async function signUp(server, options = {}) {
  const page = await newPage(options);
  await page.goto(server.setupLink);
  const secret = await page.locator("code").first().textContent();
  await page.locator("#name").fill(PERSON.name);
  await page.locator("#mail").fill(PERSON.mail);
  await page.locator("#password").fill(PERSON.password);
  await page.locator("#code").fill(totp(secret));
  await page.locator("main .btn.primary").click();
  await page.locator("ul.codes").waitFor();
  const codes = await page.locator("ul.codes li").allTextContents();
  return { page, secret, codes };
}

/** Another browser of the same person, e.g. without JavaScript. */
export async function likeIn(page, options = {}) {
  return newPage({ ...options, storageState: await page.context().storageState() });
}

/** Runs a command of `kairan` on the server's data, and gives what it printed, read as JSON. */
export function kairan(server, ...args) {
  const where = ["--data", server.data, "--base-url", server.url];
  if (server.database) where.push("--database", server.database);
  const ran = spawnSync(binary(), [...args, "--json", ...where], { encoding: "utf8", env: settings(), maxBuffer: 1 << 26 });
  assert.equal(ran.status, 0, `kairan ${args.join(" ")}: ${ran.error ?? ran.stderr}${ran.stdout}`);
  return JSON.parse(ran.stdout);
}

/** A directory as people keep it, with what a perfect import finds in it. */
/**
 * A real list and what an import brings of it. Its truth file names as errors the rows without a name, which are refused, and
 * those whose address can't be used, whose companies go in without it.
 */
export function fixture(name) {
  const path = join(here, "../tests/fixtures/directories", name);
  const truth = JSON.parse(readFileSync(path.replace(/\.\w+$/, ".truth.json"), "utf8"));
  const bad = { "ja-300.xlsx": 13, "cp932-40.csv": 3 }[name];
  truth.companies += bad;
  truth.no_mail += bad;
  truth.refused = truth.errors.length - bad;
  return { path, name, truth };
}

/** What a link downloads, as bytes. */
export async function download(page, locator) {
  const [file] = await Promise.all([page.waitForEvent("download"), locator.click()]);
  return readFile(await file.path());
}

/** The rows of a CSV file (UTF-8 with BOM), each an object by the names of the header. */
export function readCsv(bytes) {
  const text = bytes.toString("utf8");
  assert.equal(text.codePointAt(0), 0xfeff, "spreadsheets need the byte order mark to see that it is UTF-8");
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of text.slice(1).matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  const [header, ...body] = rows;
  return body.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""])));
}

// ---------------------------------------------------------------- one-time codes

/**
 * The six digits of RFC 6238 (HMAC-SHA-1, 30 seconds) for a secret in base 32, as an authenticator app shows them.
 * A server takes a code once only: for the next sign-in within half a minute ask for a later one by `steps: 1`.
 */
export function totp(secret, { at = now(), steps = 0 } = {}) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const key = [];
  let bits = 0;
  let held = 0;
  for (const letter of secret.toUpperCase().replace(/[\s=-]/g, "")) {
    const value = alphabet.indexOf(letter);
    assert.ok(value >= 0, `"${letter}" is not a letter of base 32`);
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) key.push((held >> (bits -= 8)) & 0xff);
  }
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000) + steps));
  const mac = createHmac("sha1", Buffer.from(key)).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

// ---------------------------------------------------------------- mail

/**
 * The mails of a Maildir, e.g. of `${server.data}/outbox`, oldest first by name: `{ file, from, to, subject, headers,
 * text, html, links }`. Words in headers and both parts are decoded; `links` are the addresses in the text part.
 */
export async function readMaildir(dir) {
  const mails = [];
  for (const box of ["new", "cur"]) {
    const files = await readdir(join(dir, box)).catch((error) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    for (const name of files.sort()) {
      const file = join(dir, box, name);
      const mail = await simpleParser(await readFile(file), { skipTextToHtml: true, skipHtmlToText: true });
      const addresses = (field) => [field ?? []].flat().flatMap(({ value }) => value);
      mails.push({
        file,
        from: addresses(mail.from)[0] ?? null,
        to: addresses(mail.to),
        subject: mail.subject ?? "",
        // Names in small letters; addresses and dates as mailparser gives them.
        headers: mail.headers,
        text: mail.text ?? "",
        html: mail.html || "",
        links: [...(mail.text ?? "").matchAll(/https?:\/\/[^\s<>"]+/g)].map(([link]) => link),
      });
    }
  }
  return mails.sort((one, other) => (one.file.split("/").at(-1) < other.file.split("/").at(-1) ? -1 : 1));
}

// ---------------------------------------------------------------- the end

async function end() {
  if (browserStarting) await (await browserStarting).close().catch(() => {});
  await Promise.all([...servers].map((server) => server.kill().catch(() => {})));
  for (const server of servers) server.remove();
  rmSync(clockDir, { recursive: true, force: true });
}

after(end);
// A test file that was stopped, or died: leave no server behind.
process.on("exit", () => {
  for (const server of servers) server.remove();
  rmSync(clockDir, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));
// A test that hangs must not hold CI: after 15 minutes a file has failed.
setTimeout(() => {
  console.error("The tests of this file did not end within 15 minutes.");
  process.exit(1);
}, 15 * 60_000).unref();
