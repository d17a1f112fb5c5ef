// Mail through a real SMTP server: what goes over the wire, what a refusal does, and that several Kairans on one
// database send each mail once.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { binary, engines, eventually, freePort, settings, startServer } from "./support.mjs";

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

/** A relay that keeps what it takes and refuses for good what is meant for `gone@…`. */
async function startRelay() {
  const taken = [];
  const relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onRcptTo(address, _session, done) {
      if (!address.address.startsWith("gone@")) return done();
      const refusal = new Error("5.1.1 User unknown");
      refusal.responseCode = 550;
      return done(refusal);
    },
    onData(stream, session, done) {
      const parts = [];
      stream.on("data", (part) => parts.push(part));
      stream.on("end", () => {
        taken.push({ to: session.envelope.rcptTo.map((r) => r.address), raw: Buffer.concat(parts) });
        done();
      });
    },
  });
  const port = await freePort();
  await new Promise((resolve) => relay.listen(port, "127.0.0.1", resolve));
  after(() => new Promise((resolve) => relay.close(resolve)));
  return { port, taken };
}

function kairan(place, ...args) {
  const line = ["--data", place.data, ...(place.database ? ["--database", place.database] : []), ...args];
  const env = { ...settings(), KAIRAN_MAIL_FROM: "kairan@sample.example", KAIRAN_MAIL_SMTP_URL: place.smtp };
  const done = spawnSync(binary(), line, { encoding: "utf8", env });
  assert.equal(done.status, 0, `kairan ${args.join(" ")}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

for (const engine of engines) {
  test(`each mail goes to the relay once, from two servers where ${engine.name} takes two`, async () => {
    const relay = await startRelay();
    const scratch = mkdtempSync(join(tmpdir(), "kairan-smtp-"));
    after(() => rmSync(scratch, { recursive: true, force: true }));
    const data = join(scratch, "data");
    mkdirSync(data);
    // Several servers on one database share one secret.
    const key = "5e".repeat(32);
    writeFileSync(join(data, "kairan.toml"), `[secret]\nkey = "${key}"\n`);
    const place = { data, database: engine.database(), smtp: `smtp://127.0.0.1:${relay.port}` };
    const companies = Array.from({ length: 60 }, (_, i) => `C${i},株式会社${i},c${i}@c${i}.example,JP`);
    companies.push("X1,Gone Ltd,gone@x.example,US", "E1,Siam Parts,somchai@siam.example,TH");
    writeFileSync(join(scratch, "list.csv"), ["コード,会社名,メール,国", ...companies].join("\n"));
    writeFileSync(join(scratch, "plan.toml"), plan);
    kairan(place, "directory", "import", join(scratch, "list.csv"), "--json");
    const { number } = kairan(place, "campaign", "create", join(scratch, "plan.toml"), "--json");

    const env = { KAIRAN_MAIL_SMTP_URL: place.smtp, KAIRAN_MAIL_FROM: "kairan@sample.example" };
    const servers = [await startServer({ data, database: place.database, env })];
    if (place.database) servers.push(await startServer({ data, database: place.database, env }));
    kairan(place, "campaign", "send", number, "--json");
    const status = await eventually("all mails go out", () => {
      const now = kairan(place, "campaign", "status", number, "--json");
      return now.mails.sent && !now.mails.queued && !now.mails.leased && now.state === "running" ? now : undefined;
    }, { within: 60_000 });
    for (const server of servers) await server.stop();

    assert.deepEqual(status.mails, { bounced: 1, sent: 61 });
    assert.equal(status.invitations.bounced, 1);
    assert.equal(relay.taken.length, 61);
    const ids = new Set();
    const receivers = new Set();
    for (const { to, raw } of relay.taken) {
      const mail = await simpleParser(raw);
      assert.equal(to.length, 1, "one mail, one recipient");
      receivers.add(to[0]);
      ids.add(mail.messageId);
      assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
      assert.equal(mail.replyTo.value[0].address, "security@sample.example");
      const english = to[0].endsWith("siam.example");
      assert.equal(mail.headers.get("content-language"), english ? "en" : "ja");
      assert.match(mail.subject, english ? /self-check/ : /点検/);
      assert.equal(mail.from.value[0].name, english ? "Sample Works, Information Security" : "株式会社サンプル製作所　情報セキュリティ室");
      // Text and HTML say the same.
      const link = mail.text.match(/http\S+\/r\/[\w-]{22}/)[0];
      assert.ok(mail.html.includes(link));
      assert.ok(!/<script|<img|src=/.test(mail.html), "nothing is loaded from anywhere");
    }
    assert.equal(receivers.size, 61);
    assert.equal(ids.size, 61);
  });
}
