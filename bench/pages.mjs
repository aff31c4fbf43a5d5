// The pages as a person on a phone meets them: a first visit over a slow line with a slow processor, and a way through a
// library of any size. Reads one task as JSON from standard input; answers figures as JSON.
//
//     {"verb": "visit" | "travel", "url", "login", "password", "space", "phone": true}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const front = new URL("../front/package.json", import.meta.url);
const { chromium } = createRequire(front)("@playwright/test");

// What Lighthouse calls slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms to and fro; and a processor of a quarter.
const SLOW_LINE = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const SLOW_CPU = 4;
const QUIET_MS = 3000;
const FRAME_MS = 1000 / 60;
const PICTURE = Buffer.from("R0lGODlhAQABAIAAAISEhAAAACwAAAAAAQABAAACAkQBADs=", "base64");

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1440, height: 900 } };

/** Collects, from the first script on, what the browser tells about painting, moving and blocking. */
function observe() {
  window.told = { lcp: 0, fcp: 0, cls: 0, long: [], photo: 0 };
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => {
    window.told.lcp = entry.startTime;
    window.told.what = `${entry.element?.tagName ?? "?"} ${entry.size}`;
  });
  watch("paint", (entry) => {
    if (entry.name === "first-contentful-paint") window.told.fcp = entry.startTime;
  });
  watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) window.told.cls += entry.value;
  });
  watch("longtask", (entry) => window.told.long.push([entry.startTime, entry.duration]));
  document.addEventListener(
    "load",
    ({ target }) => {
      const isPhoto = target instanceof HTMLImageElement && /^blob:|\/media\//.test(target.currentSrc);
      if (isPhoto) window.told.photo ||= performance.now();
    },
    true,
  );
}

async function visit(browser, task) {
  const page = await entered(browser, task);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW_LINE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_CPU });
  await page.addInitScript(observe);

  const scripts = [];
  let requests = 0;
  let asked = false;
  page.on("request", (request) => {
    if (asked || !request.url().startsWith("http") || request.url().endsWith("/icon.svg")) return;
    requests++;
    asked = request.url().includes("/media/");
    if (request.resourceType() === "script") scripts.push(request);
  });
  await page.goto(`${task.url}/s/${task.space}`, { waitUntil: "commit" });
  // Seldom: to look at each frame would keep the slow processor busy with frames.
  await page.waitForFunction(() => window.told?.photo, null, { timeout: 60_000, polling: 250 });
  await page.waitForTimeout(QUIET_MS);
  const told = await page.evaluate(() => window.told);
  const sizes = await Promise.all(scripts.map(async (script) => (await script.sizes()).responseBodySize));
  const blocking = told.long
    .filter(([start]) => start >= told.fcp)
    .reduce((sum, [, duration]) => sum + Math.max(0, duration - 50), 0);
  return {
    requests,
    script_bytes: sizes.reduce((sum, size) => sum + size, 0),
    fcp_ms: told.fcp,
    lcp_ms: told.lcp,
    lcp_of: told.what,
    first_photo_ms: told.photo,
    cls: told.cls,
    tbt_ms: blocking,
  };
}

async function travel(browser, task) {
  const page = await entered(browser, task);
  // The rows have no files behind them; what is measured is the page.
  await page.route(/\/media\//, (route) => route.fulfill({ contentType: "image/gif", body: PICTURE }));
  await page.goto(`${task.url}/s/${task.space}`);
  await page.locator("[data-index]").first().waitFor();
  await page.waitForTimeout(1500);
  const session = await page.context().newCDPSession(page);
  const rail = page.getByRole("slider");
  const scroller = page.getByTestId("timeline-scroller");
  const scrubbing = await busy(page, session, async () => {
    await rail.focus();
    for (let jump = 0; jump < 20; jump++) {
      await page.keyboard.press("PageDown");
      await page.waitForTimeout(50);
    }
  });
  await page.waitForTimeout(1000);
  const scrolling = await busy(page, session, () =>
    scroller.evaluate(
      (element) =>
        new Promise((resolve) => {
          let left = 180;
          const step = () => {
            element.scrollBy(0, -60);
            if (--left > 0) requestAnimationFrame(step);
            else resolve();
          };
          step();
        }),
    ),
  );
  return { scrubbing, scrolling };
}

/** The longest task of the page's main thread, and the frames that were due and did not come. */
async function busy(page, session, work) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  session.on("Tracing.dataCollected", collect);
  await session.send("Tracing.start", {
    traceConfig: { includedCategories: ["toplevel", "__metadata"] },
    transferMode: "ReportEvents",
  });
  await page.evaluate(() => {
    window.frames_ = [];
    const count = (at) => {
      window.frames_?.push(at);
      if (window.frames_) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await work();
  const frames = await page.evaluate(() => {
    const counted = window.frames_;
    window.frames_ = null;
    return counted;
  });
  const ended = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await ended;
  session.off("Tracing.dataCollected", collect);
  const gaps = frames.slice(1).map((at, index) => at - frames[index]);
  const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / FRAME_MS) - 1), 0);
  return { ...longest(events), frames: gaps.length + dropped, dropped };
}

function longest(events) {
  const names = events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const tasks = events.filter(({ name, ph }) => ph === "X" && /RunTask$/.test(name));
  const threads = names.map(({ pid, tid }) => tasks.filter((task) => task.pid === pid && task.tid === tid));
  const main = threads.sort((one, other) => other.length - one.length)[0] ?? [];
  const most = (field) => Math.max(0, ...main.map((task) => (task[field] ?? 0) / 1000));
  return { wall_ms: most("dur"), cpu_ms: most("tdur") };
}

async function entered(browser, { url, login, password, phone }) {
  const context = await browser.newContext({ ...(phone ? PHONE : DESKTOP), locale: "ru-RU" });
  const page = await context.newPage();
  const answer = await page.request.post(`${url}/api/auth/password`, { data: { login, password } });
  if (!answer.ok()) throw new Error(`The sign-in answered ${answer.status()}.`);
  return page;
}

const task = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || "chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const figures = await (task.verb === "visit" ? visit(browser, task) : travel(browser, task));
  process.stdout.write(JSON.stringify(figures));
} finally {
  await browser.close();
}
