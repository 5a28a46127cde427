// Makes the reports that the tests open: suites in, paths of HTML files out. All environments are on loopback.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const PROGRAM = process.env.STATUSDIFF ?? join(ROOT, "target", "debug", "statusdiff");

export const folder = mkdtempSync(join(tmpdir(), "statusdiff-browser-"));

/** The report on the suite at `path`, and the same run's JSON to compare it with. */
function report(name, path, ...args) {
  const page = join(folder, `${name}.html`);
  const json = join(folder, `${name}.json`);
  const run = spawnSync(PROGRAM, ["check", path, "--quiet", "--report", `html=${page}`, "--report", `json=${json}`, ...args]);
  if (run.status !== 0 && run.status !== 1) throw new Error(`${PROGRAM} ended with ${run.status}\n${run.stderr}`);
  return { url: `file://${page}`, json: JSON.parse(readFileSync(json, "utf8")) };
}

function written(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const hostile = () => report("hostile", join(import.meta.dirname, "suites", "hostile.yaml"));

/** Nothing went wrong in it. */
export const green = () =>
  report("green", written("green.yaml", "environments: { a: { mock: { /x: 200 } } }\nendpoints: [/x: 200]\n"));

/** More environments than a page has room for, one of which misses the endpoint. */
export function wide() {
  const environments = Array.from({ length: 12 }, (_, at) => `  clone-${at}: { mock: { /page: ${at === 3 ? 404 : 200} } }\n`);
  return report("wide", written("wide.yaml", `environments:\n${environments.join("")}endpoints: [/page: 200]\n`));
}

/** 10,000 endpoints on three environments, of which one misses every hundredth. */
export function large() {
  const paths = Array.from({ length: 10_000 }, (_, at) => `/catalogue/${at % 97}/items/${at}`);
  const routes = (chosen) => chosen.map((path) => `${path}: 200\n`).join("");
  written("whole.yaml", routes(paths));
  written("holes.yaml", routes(paths.filter((_, at) => at % 100 !== 7)));
  const environments = "development: { mock: whole.yaml }, staging: { mock: holes.yaml }, production: { mock: whole.yaml }";
  const endpoints = paths.map((path) => `  - ${path}: 200\n`).join("");
  return report("large", written("large.yaml", `environments: { ${environments} }\nendpoints:\n${endpoints}`));
}
