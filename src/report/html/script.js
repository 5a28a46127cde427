// Draws the endpoints: a filtered list in parts, and the details of each on demand.
//
// Input: the JSON in `#data` and the state of `#controls`. Output: the rows of `#rows`. It refuses to make markup of
// text (whatever came from a suite or a server enters the page as a text node) and to draw more at once than a
// browser is quick with.
"use strict";
{
  const PART = 500;
  const MOST_PRINTED = 5000;

  const report = JSON.parse(document.getElementById("data").textContent);
  const controls = document.getElementById("controls");
  const rows = document.getElementById("rows");
  const shown = document.getElementById("shown");
  const more = document.getElementById("more");
  const heads = [...rows.closest("table").tHead.rows[0].cells].slice(1);

  const opened = new Set();
  let columns = [];
  let listed = [];
  let drawn = 0;

  const kinds = {
    news: (cells) => cells.some((cell) => cell.news),
    mismatch: (cells) => cells.some((cell) => cell.verdict === "mismatch"),
    error: (cells) => cells.some((cell) => cell.verdict === "error"),
    accepted: (cells) => cells.some((cell) => cell.verdict === "accepted"),
    differ: (cells) => new Set(cells.map((cell) => cell.status).filter(Boolean)).size > 1,
    flaky: (cells) => cells.some((cell) => cell.flaky),
    skipped: (cells) => cells.some((cell) => cell.verdict === "skipped"),
    all: () => true,
  };

  /** Chooses the endpoints that pass the filters, worst first, and draws the first part of them. */
  function filter() {
    const chosen = new FormData(controls);
    const wanted = chosen.get("show");
    const text = chosen.get("text").trim().toLowerCase();
    columns = report.environments.map((_, index) => index);
    if (controls.elements.environment) {
      const checked = new Set(chosen.getAll("environment").map(Number));
      columns = columns.filter((index) => checked.has(index));
    }
    heads.forEach((head, index) => (head.hidden = !columns.includes(index)));

    const counts = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0]));
    const ranks = [[], [], [], [], []];
    report.endpoints.forEach((endpoint, index) => {
      if (text && !searched(endpoint).includes(text)) return;
      const cells = columns.map((column) => endpoint.cells[column]);
      for (const kind in kinds) {
        if (!kinds[kind](cells)) continue;
        counts[kind] += 1;
        if (kind === wanted) ranks[rank(cells)].push(index);
      }
    });
    listed = ranks.flat();
    for (const input of controls.elements.show) {
      input.parentElement.querySelector("b").textContent = counts[input.value].toLocaleString("en");
    }
    drawn = 0;
    rows.replaceChildren();
    draw(PART);
  }

  function searched(endpoint) {
    endpoint.text ??= [endpoint.method, endpoint.path, endpoint.name, ...(endpoint.tags ?? [])].join(" ").toLowerCase();
    return endpoint.text;
  }

  function rank(cells) {
    const order = ["mismatch", "error", "accepted", undefined, "skipped"];
    return Math.min(4, ...cells.map((cell) => order.indexOf(cell.verdict)));
  }

  /** Adds `count` rows to those that are there, and says how many there are. */
  function draw(count) {
    const part = document.createDocumentFragment();
    for (const index of listed.slice(drawn, drawn + count)) {
      part.append(row(index));
      if (opened.has(index)) part.append(details(index));
    }
    rows.append(part);
    drawn = Math.min(listed.length, drawn + count);
    const left = listed.length - drawn;
    const number = (value) => value.toLocaleString("en");
    shown.textContent =
      listed.length === 0
        ? "No endpoint to list here."
        : `${number(listed.length)} of ${number(report.endpoints.length)} endpoints${left > 0 ? `, the first ${number(drawn)} shown` : ""}`;
    more.hidden = left === 0;
    more.firstElementChild.textContent = `Show ${number(Math.min(PART, left))} more of ${number(left)}`;
  }

  function row(index) {
    const { method, path, name, cells } = report.endpoints[index];
    const button = element("button", { type: "button", class: "endpoint", "data-index": index, "aria-expanded": opened.has(index) }, [
      method === "GET" ? null : element("span", { class: "method" }, [method]),
      element("span", { class: "code" }, [path]),
      name ? element("span", { class: "quiet" }, [name]) : null,
    ]);
    return element("tr", { role: "row" }, [
      element("th", { scope: "row", role: "rowheader" }, [button]),
      ...columns.map((column) => cell(cells[column], report.environments[column].name)),
    ]);
  }

  function cell(probe, environment) {
    const verdict = probe.verdict ?? "match";
    const isTold = (verdict === "mismatch" || verdict === "error") && !probe.news;
    return element("td", { role: "cell", class: isTold ? `${verdict} told` : verdict, "data-environment": environment }, [
      verdict === "match" ? null : mark(verdict),
      element("span", { class: "unseen" }, [verdict]),
      probe.status ? status(probe.status) : null,
      ...(probe.notes ?? []).map((note) => element("span", { class: "note" }, [note])),
    ]);
  }

  function details(index) {
    const endpoint = report.endpoints[index];
    return element("tr", { role: "row", class: "details", id: `details-${index}` }, [
      element("td", { role: "cell", colspan: columns.length + 1 }, [
        element("p", { class: "quiet" }, [
          `${endpoint.file ?? report.file}:${endpoint.line}`,
          endpoint.tags ? `, tagged ${endpoint.tags.join(", ")}` : null,
        ]),
        element("div", { class: "probes" }, columns.map((column) => probe(endpoint, column))),
      ]),
    ]);
  }

  /** All that is known of one probe, as a list of terms. */
  function probe(endpoint, column) {
    const environment = report.environments[column];
    const cell = endpoint.cells[column];
    const verdict = cell.verdict ?? "match";
    const attempts = cell.attempts ?? 1;
    const terms = [
      ["expected", cell.expected],
      ["got", cell.status ? status(cell.status) : null],
      ["why", cell.why?.join("; ")],
      ["error", cell.error && `${cell.error.kind}${cell.error.message ? `: ${cell.error.message}` : ""}`],
      ["usually", cell.usually],
      ["location", cell.location, "code"],
      ["redirects", cell.redirects?.join("\n"), "code"],
      ["URL", verdict === "skipped" ? null : link(endpoint.method, cell.url ?? environment.base_url + endpoint.path), "code"],
      ["samples", cell.samples],
      ["attempts", attempts === 1 ? null : `${attempts}${cell.flaky ? ", flaky" : ""}`],
      ["reconnects", cell.reconnects],
      ["time", cell.milliseconds === undefined ? null : `${cell.milliseconds.toLocaleString("en")} ms`],
      ["repeat", cell.curl, "code"],
    ];
    const told = terms.filter(([, value]) => value);
    return element("section", { class: `probe ${verdict}` }, [
      element("h3", {}, [
        element("span", {}, [environment.name]),
        element("span", { class: "verdict" }, [mark(verdict), ` ${verdict}`]),
      ]),
      told.length === 0
        ? element("p", { class: "quiet" }, ["left out by the suite"])
        : element("dl", {}, told.flatMap(([term, value, type]) => [
            element("dt", {}, [term]),
            element("dd", type ? { class: type } : {}, [value]),
          ])),
    ]);
  }

  /** Only what a click may repeat is a link, and only where the URL is shown as it was sent. */
  function link(method, url) {
    const isWhole = /^https?:\/\/[^\\*]+$/.test(url);
    if (method !== "GET" || !isWhole) return url;
    return element("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, [url]);
  }

  function status(code) {
    return element("span", { class: `status s${Math.floor(code / 100)}` }, [String(code)]);
  }

  function mark(verdict) {
    return element("span", { class: "mark", "aria-hidden": "true" }, [report.marks[verdict]]);
  }

  /** An element with attributes and children; a child is an element, a text, or nothing. */
  function element(name, attributes, children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    children.filter((child) => child !== null && child !== undefined).forEach((child, at) => {
      // A space between inline elements keeps copied and spoken text apart.
      if (at > 0 && typeof child !== "string" && name !== "tr" && name !== "dl") made.append(" ");
      made.append(child);
    });
    return made;
  }

  function toggle(button) {
    const index = Number(button.dataset.index);
    if (opened.delete(index)) {
      document.getElementById(`details-${index}`).remove();
    } else {
      opened.add(index);
      button.closest("tr").after(details(index));
    }
    button.setAttribute("aria-expanded", opened.has(index));
  }

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("tr:not(.details)")?.querySelector("button");
    const isReading = !event.target.closest("button") && getSelection().toString() !== "";
    if (button && !isReading) toggle(button);
  });
  more.addEventListener("click", () => {
    const next = drawn;
    draw(PART);
    rows.querySelector(`button[data-index="${listed[next]}"]`)?.focus();
  });
  controls.addEventListener("input", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => {
    if (drawn < MOST_PRINTED) draw(MOST_PRINTED - drawn);
  });

  filter();
  controls.hidden = false;
  document.getElementById("still").remove();
}
