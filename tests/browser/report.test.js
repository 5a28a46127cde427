// The HTML report in a real browser: it runs nothing but its own script, asks nobody for anything, is used by keyboard,
// read aloud, printed, and looked at on screens of three widths.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, afterEach, before, describe, test } from "node:test";

import axe from "axe-core";
import { chromium } from "playwright-core";

import { folder, green, hostile, large, wide } from "./reports.js";

const WIDTHS = [390, 1280, 1920];
const reports = { hostile: hostile(), green: green(), wide: wide(), large: large() };

let browser;
let context;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => context?.close());

/** A page that fails the test on anything it logs, throws, asks the network for or shows as a dialog. */
async function open(report, options = {}) {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const surprises = [];
  page.on("console", (message) => surprises.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => surprises.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => surprises.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => request.url() === report.url || surprises.push(`request: ${request.url()}`));
  await page.goto(report.url);
  page.quiet = () => assert.deepEqual(surprises, []);
  return page;
}

const drawn = (page) => page.locator("#rows > tr:not(.details)");
const paths = (page) => page.locator("#rows th .code").allTextContents();
const shown = (page) => page.locator("#shown").textContent();

/** How many endpoints of a report have a probe of which `is` holds. */
const count = (report, is) => report.json.endpoints.filter((endpoint) => endpoint.probes.some(is)).length;

for (const [name, report] of Object.entries(reports)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of WIDTHS) {
      test(`${name} has no fault at ${width} px, ${colorScheme}`, async () => {
        const page = await open(report, { colorScheme, viewport: { width, height: 800 } });
        const buttons = page.locator("button.endpoint");
        if ((await buttons.count()) === 0) await page.getByRole("radio", { name: /^all/ }).check();
        await buttons.first().click();
        await page.locator(".details").waitFor();
        const [wanted, given] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wanted <= given, `${wanted} px wanted, ${given} px given`);
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
        assert.deepEqual(found, []);
        page.quiet();
      });
    }
  }
}

describe("hostile text", () => {
  test("is shown as it is", async () => {
    const page = await open(reports.hostile);
    await page.getByRole("radio", { name: /^all/ }).check();
    const told = await paths(page);
    for (const { path } of reports.hostile.json.endpoints) assert.ok(told.includes(path), path);
    assert.match(await page.title(), /<b>hostile<\/b> & co/);
    const body = await page.locator("body").textContent();
    assert.ok(body.includes("<img src=x onerror=alert(1)> \\u{202e}evil"), body);
    assert.equal(await page.locator("img, svg, i, iframe").count(), 0);
    page.quiet();
  });

  test("is no link", async () => {
    const page = await open(reports.hostile);
    for (const button of await page.locator("button.endpoint").all()) await button.click();
    const addresses = await page.locator("a").evaluateAll((links) => links.map((link) => link.href));
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\//);
    assert.ok((await page.locator(".details").allTextContents()).join().includes("javascript:alert(1)"));
    page.quiet();
  });

  test("could not run even as markup", async () => {
    const page = await open(reports.hostile);
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", '<p id="markup" onclick="globalThis.ran = true">x</p>');
      document.getElementById("markup").click();
      return globalThis.ran ?? false;
    });
    assert.equal(ran, false);
  });
});

describe("by keyboard", () => {
  test("filters change what is listed", async () => {
    const report = reports.hostile;
    const page = await open(report);
    const expected = {
      mismatch: count(report, (probe) => probe.verdict === "mismatch"),
      error: count(report, (probe) => probe.verdict === "error"),
      differ: report.json.endpoints.filter((endpoint) => !endpoint.same).length,
      flaky: 0,
      skipped: count(report, (probe) => probe.verdict === "skipped"),
      all: report.json.endpoints.length,
    };
    await page.keyboard.press("Tab");
    for (const [kind, endpoints] of Object.entries(expected)) {
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.evaluate(() => document.activeElement.value), kind);
      assert.equal(await drawn(page).count(), endpoints, kind);
    }
    assert.match(await shown(page), /^10 of 10 endpoints/);
    page.quiet();
  });

  test("environments come and go", async () => {
    const page = await open(reports.hostile);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.parentElement.textContent.trim()), "staging");
    await page.keyboard.press("Space");
    assert.deepEqual(await page.locator("thead th:visible").allInnerTexts(), ["endpoint", "development", "production reference"]);
    assert.equal(await drawn(page).count(), 0);
    await page.keyboard.press("Space");
    assert.equal(await drawn(page).count(), 7);
    page.quiet();
  });

  test("text is looked for in paths, names and tags", async () => {
    const page = await open(reports.hostile);
    await page.getByRole("radio", { name: /^all/ }).check();
    const field = page.getByRole("searchbox");
    await field.focus();
    for (const [text, path] of [
      ["GRÜSSE", null],
      ["/Grüße", "/grüße/日本"],
      ["evil", "/<svg/onload=alert(1)>"],
      ["smoke", "/<svg/onload=alert(1)>"],
      ["post", "/late"],
    ]) {
      await page.keyboard.press("Control+A");
      await page.keyboard.type(text);
      assert.deepEqual(await paths(page), path ? [path] : [], text);
    }
    page.quiet();
  });

  test("details open and close where the focus is", async () => {
    const page = await open(reports.hostile);
    const button = page.getByRole("button", { name: "/out" });
    await button.focus();
    for (const [key, isOpen] of [["Enter", true], ["Space", false], ["Space", true], ["Enter", false]]) {
      await page.keyboard.press(key);
      assert.equal(await button.getAttribute("aria-expanded"), String(isOpen));
      assert.equal(await page.locator(".details").count(), isOpen ? 1 : 0);
      assert.ok(await button.evaluate((element) => element === document.activeElement));
    }
    await page.keyboard.press("Enter");
    const details = await page.locator(".probe.mismatch").innerText();
    for (const words of [
      "301 -> /in, same as production (301 -> /in)",
      "the status is not among the expected ones",
      "the redirect leads elsewhere than expected",
      "the reference answers something else",
      "redirects to another host: a base URL that was copied along?",
    ]) {
      assert.ok(details.includes(words), `${words}\n${details}`);
    }
    page.quiet();
  });
});

describe("10,000 endpoints", () => {
  test("are filtered, and drawn in parts", async () => {
    const page = await open(reports.large);
    assert.equal(await drawn(page).count(), 100);
    await page.getByRole("radio", { name: "all 10,000" }).check();
    assert.equal(await drawn(page).count(), 500);
    assert.match((await paths(page))[0], /^\/catalogue\/7\/items\/7$/);
    assert.equal(await shown(page), "10,000 of 10,000 endpoints, the first 500 shown");
    await page.getByRole("button", { name: "Show 500 more of 9,500" }).press("Enter");
    assert.equal(await drawn(page).count(), 1000);
    const focused = await page.evaluate(() => [...document.querySelectorAll("button.endpoint")].indexOf(document.activeElement));
    assert.equal(focused, 500);
    await page.getByRole("searchbox").fill("/items/9999");
    assert.deepEqual(await paths(page), ["/catalogue/8/items/9999"]);
    page.quiet();
  });

  test("keep the names of the environments in sight", async () => {
    const page = await open(reports.large);
    await drawn(page).nth(90).scrollIntoViewIfNeeded();
    const top = await page.locator("thead th").first().evaluate((head) => head.getBoundingClientRect().top);
    assert.equal(top, 0);
  });
});

test("paper has the mismatches, and nothing to click on", async () => {
  const page = await open(reports.large);
  await page.getByRole("radio", { name: /^all/ }).check();
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await drawn(page).count(), 5000);
  assert.ok(await page.getByText("/catalogue/7/items/7", { exact: true }).isVisible());
  assert.ok(await page.getByText("expected 200").first().isVisible());
  assert.ok(!(await page.locator("#controls").isVisible()));
  assert.ok(!(await page.locator("#more").isVisible()));
  page.quiet();
});

test("without script it tells what went wrong", async () => {
  const page = await open(reports.hostile, { javaScriptEnabled: false });
  assert.deepEqual((await paths(page)).length, 7);
  assert.match(await drawn(page).first().innerText(), /404 expected 200/);
  assert.ok(await page.getByText("Filters and details need the page's own script").isVisible());
  assert.ok(!(await page.locator("#controls").isVisible()));
});

test("the script draws what is there without it", async () => {
  const cells = (page) => page.locator("#rows > tr > *").evaluateAll((all) => all.map((cell) => `${cell.className} ${cell.textContent}`));
  const plain = await open(reports.hostile, { javaScriptEnabled: false });
  const wanted = await cells(plain);
  await context.close();
  assert.deepEqual(await cells(await open(reports.hostile)), wanted);
});
