// The server starts on both engines, says that it is well, and its first page opens.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DESKTOP,
  engines,
  expectAccessible,
  expectFits,
  expectNoProblems,
  newPage,
  PHONE,
  screenshot,
  startServer,
  totp,
} from "./support.mjs";

test("one-time codes are those of RFC 6238", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; // "12345678901234567890", the secret of appendix B
  assert.equal(totp(secret, { at: 59_000 }), "287082");
  assert.equal(totp(secret, { at: 1_111_111_109_000 }), "081804");
  assert.equal(totp(secret, { at: 20_000_000_000_000 }), "353130");
});

for (const engine of engines) {
  test(`the first start on ${engine.name}`, async (t) => {
    const server = await startServer({ database: engine.database() });

    await t.test("is healthy", async () => {
      const response = await fetch(`${server.url}/healthz`);
      assert.equal(response.status, 200);
    });

    await t.test("prints a one-time set-up link to this server", () => {
      assert.ok(server.setupLink, `no line with /setup/ in:\n${server.output()}`);
      assert.ok(server.setupLink.startsWith(`${server.url}/`), server.setupLink);
    });

    for (const locale of ["ja", "en"]) {
      for (const [size, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
        await t.test(`opens the set-up page in ${locale} on a ${size}`, async () => {
          const page = await newPage({ locale, viewport });
          const response = await page.goto(server.setupLink);
          assert.equal(response.status(), 200);
          assert.equal(await page.locator("html").getAttribute("lang"), locale);
          await expectFits(page);
          await expectAccessible(page);
          expectNoProblems(page);
          if (engine.name === "SQLite") await screenshot(page, `setup-${locale}-${size}`);
          await page.context().close();
        });
      }
    }

    await t.test("ends well when asked", () => server.stop());
  });
}
