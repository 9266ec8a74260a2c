"use strict";

// What a reader of a report can do with scripts on: sort tables, compare with
// another baseline, and ask the curves. Without them the page is whole, so each
// part below adds to what is there and takes nothing away.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };

  // Times and ratios, as the tables write them.

  const units = [["s", 1e9], ["ms", 1e6], ["us", 1e3], ["ns", 1]];

  const time = (ns) => {
    if (ns === null || ns === undefined || !isFinite(ns)) return "-";
    const [name, size] = units.find(([, size]) => ns >= 0.9995 * size) || units[3];
    const value = ns / size;
    if (name === "ns" && Number.isInteger(value)) return value + name;
    return (value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)) + name;
  };

  const share = (part) => {
    if (part === null || part === undefined) return "-";
    if (part > 0 && part < 0.0001) return "<0.01%";
    if (part > 0.995 && part < 1) return Math.min(part * 100, 99.99).toFixed(2) + "%";
    return (part * 100).toFixed(part === 0 || part >= 0.0995 ? 0 : part >= 0.00995 ? 1 : 2) + "%";
  };

  const percentile = (nines) => {
    const below = 100 * (1 - 10 ** -nines);
    return "p" + Number(below.toFixed(Math.min(6, Math.floor(nines + 1e-9) + 1)));
  };

  // Sorting. The head of each column is a button that goes from ascending to
  // descending and back to the order in which the page came, in which families
  // stand together. Dashes stay last either way, and so does what is no figure
  // among figures.

  // An interval counts by its low end, whose unit may stand at the high one only.
  // What goes on after a figure as no quantity does, such as a date, is a text.
  const quantity = /^[~+(<]*(-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)(ns|us|ms|s|%|x)?(?:-\d[\d,.]*(ns|us|ms|s|%)?)?(?![\w.:-])/;

  const sortKey = (cell) => {
    const text = cell.textContent.trim();
    const found = quantity.exec(text);
    if (!found) return /^-?$/.test(text) ? null : text;
    const unit = units.find(([name]) => name === (found[2] ?? found[3]));
    return Number(found[1].replaceAll(",", "")) * (unit ? unit[1] : 1);
  };

  const sortKeys = (cells) => {
    const keys = cells.map(sortKey);
    return keys.some((key) => typeof key === "number") ? keys.map((key) => (typeof key === "number" ? key : null)) : keys;
  };

  const compareKeys = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const bodies = [...table.tBodies];
    const rows = bodies.flatMap((body) => [...body.rows].filter((row) => !row.classList.contains("family")).map((row) => ({ body, row })));
    if (rows.length < 2) return;
    const families = new Map(bodies.map((body) => [body, body.querySelector(".family > th")?.textContent]));
    const flat = element("tbody");
    let column = -1;
    let direction = 0;

    const arrange = () => {
      for (const [i, head] of heads.entries()) {
        if (i === column && direction) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      }
      if (!direction) {
        for (const { body, row } of rows) {
          row.cells[0].removeAttribute("data-family");
          body.append(row);
        }
        if (bodies.length > 1) {
          flat.remove();
          table.append(...bodies);
        }
        return;
      }
      const keys = sortKeys(rows.map(({ row }) => row.cells[column]));
      const keyed = rows.map(({ body, row }, i) => ({ body, row, key: keys[i] }));
      keyed.sort((a, b) => {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
        return direction * compareKeys(a.key, b.key);
      });
      const target = bodies.length > 1 ? flat : bodies[0];
      for (const { body, row } of keyed) {
        if (families.get(body)) row.cells[0].dataset.family = families.get(body);
        target.append(row);
      }
      if (bodies.length > 1) {
        for (const body of bodies) body.remove();
        table.append(flat);
      }
    };

    for (const [i, head] of heads.entries()) {
      const button = element("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        direction = i !== column ? 1 : direction === 1 ? -1 : direction === -1 ? 0 : 1;
        column = i;
        arrange();
      });
    }
    table.addEventListener("rearrange", arrange);
  };

  // A matrix. What a cell comes from is shown where a pointer or the focus is; a key
  // goes from cell to cell, so that the Tab key need not pass eight hundred of them.
  // Without this each cell leads to the row that says it.

  const explain = (table) => {
    const section = table.closest(".matrix-of");
    const about = [...section.querySelectorAll(".heads tbody tr")].map((row) => row.cells[1].textContent);
    const heads = [...section.querySelectorAll(".reasons thead th")].map((head) => head.textContent);
    const reasons = new Map();
    let rows;
    for (const row of section.querySelectorAll(".reasons tbody tr")) {
      if (row.id) reasons.set(row.id, (rows = []));
      rows.push(row);
    }
    const sentence = (row) =>
      [...row.cells].slice(2).map((cell, i) => [heads[i + 2], cell.textContent]).filter(([, text]) => text !== "-")
        .map(([head, text]) => (["class", "outcome", "why"].includes(head) ? text : `${head} ${text}`)).join("; ");
    const panel = element("div", { class: "why idle", role: "status" });
    const grid = [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("a")]);
    let focused = null;
    const show = (link) => {
      panel.classList.toggle("idle", !link);
      if (!link) {
        panel.replaceChildren(element("p", {}, "Point at a cell, or go to one by Tab and the arrow keys, for what is behind it."));
        return;
      }
      const cell = link.closest("td");
      const at = cell.cellIndex;
      const name = `${cell.parentNode.cells[0].textContent}, ${table.tHead.rows[0].cells[at].textContent}`;
      panel.replaceChildren(
        element("p", {}, element("b", {}, name), ": " + about[at - 1]),
        ...reasons.get(link.hash.slice(1)).map((row) => element("p", {}, sentence(row))),
      );
    };
    const enter = (link) => {
      for (const other of table.querySelectorAll('a[tabindex="0"]')) other.tabIndex = -1;
      link.tabIndex = 0;
    };
    for (const [i, row] of grid.entries()) {
      for (const [k, link] of row.entries()) {
        link.tabIndex = i || k ? -1 : 0;
        link.addEventListener("focus", () => {
          enter(link);
          show((focused = link));
        });
        link.addEventListener("blur", () => (focused = null));
        link.addEventListener("pointerenter", () => show(link));
        link.addEventListener("click", (event) => {
          if (event.detail) {
            event.preventDefault(); // by a pointer, or a finger, for which there is no hovering
            link.focus();
          } else section.querySelector(".reasons").open = true;
        });
        link.addEventListener("keydown", (event) => {
          const to = {
            ArrowRight: [i, k + 1], ArrowLeft: [i, k - 1], ArrowDown: [i + 1, k], ArrowUp: [i - 1, k],
            Home: [i, 0], End: [i, row.length - 1], PageUp: [0, k], PageDown: [grid.length - 1, k],
          }[event.key];
          const next = to && grid[to[0]]?.[to[1]];
          if (!to) return;
          event.preventDefault();
          next?.focus();
        });
      }
    }
    table.addEventListener("pointerleave", () => show(focused));
    show(null);
    table.closest(".wide").after(panel);
  };

  for (const table of document.querySelectorAll("table.matrix")) explain(table);
  for (const table of document.querySelectorAll("table:not(.matrix)")) sortable(table);

  // A score leads to rows that may be folded away.
  for (const link of document.querySelectorAll(".scorecard a")) {
    link.addEventListener("click", () => {
      const folded = document.getElementById(link.hash.slice(1))?.closest("details");
      if (folded) folded.open = true;
    });
  }

  // The choice of the baseline.

  for (const select of document.querySelectorAll(".choose select")) {
    const run = figures.runs.find(({ id }) => id === select.dataset.run);
    const section = document.getElementById(run.id);
    const choose = () => {
      for (const [id, cells] of Object.entries(run.cells[select.value])) {
        const row = document.getElementById(id);
        for (const [key, text] of cells.entries()) {
          const cell = row.querySelector(`[data-key="${key}"]`);
          if (cell) cell.textContent = text;
        }
        row.classList.toggle("subject", cells.includes("baseline"));
      }
      for (const figure of section.querySelectorAll("figure[data-baseline]")) figure.hidden = figure.dataset.baseline !== select.value;
      for (const table of section.querySelectorAll("table.releases")) table.dispatchEvent(new Event("rearrange"));
    };
    select.closest(".choose").hidden = false;
    select.addEventListener("change", choose);
    choose(); // a page that is loaded again may keep an earlier choice
  }

  // The charts.

  const darkScheme = matchMedia("(prefers-color-scheme: dark)");
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Times for an axis with room for so many: 1, 2, 5 of each decade, fewer where
  // they would overlap, and even ones where the axis has less than a decade.
  const steps = (low, high, room) => {
    let all = [];
    for (const multiples of [[1, 2, 5], [1]]) {
      all = [];
      for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
        for (const multiple of multiples) {
          const at = multiple * 10 ** power;
          if (at >= low * 0.999 && at <= high * 1.001) all.push(at);
        }
      }
      if (all.length <= room) break;
    }
    if (all.length > 1) {
      const every = Math.ceil(all.length / room);
      return all.filter((_, i) => i % every === 0);
    }
    const least = (high - low) / Math.max(1, Math.min(5, room));
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((multiple) => multiple * power).find((step) => step >= least * 0.999);
    return Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, i) => (Math.ceil(low / step) + i) * step);
  };

  // uPlot would leave out all but the powers of ten.
  const unfiltered = (_, splits) => splits;
  const across = (chart) => Math.max(2, Math.floor((chart.width - 90) / 56));
  const upright = (chart) => Math.max(2, Math.floor((chart.height - 80) / 28));

  const roundTime = (ns) => {
    const [name, size] = units.find(([, size]) => ns >= 0.9995 * size) || units[3];
    return Number((ns / size).toPrecision(4)) + name;
  };

  const namedNines = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999].map((q) => -Math.log10(1 - q));

  // A kind of chart: what its axes are, and how a series becomes values.
  const kinds = {
    percentiles: {
      title: "Percentiles",
      hint: "At x, that percentage of the releases were at least as fast as the curve. Thin: too few samples for a 95 % interval.",
      good: "↓ faster",
      x: (group) => group.places,
      y: (group, series) => series.quantiles,
      firm: (group, series) => series.firm,
      at: (nines) => "At " + percentile(nines),
      value: time,
      log: false,
      scale: { distr: 3 },
      xAxis: {
        label: "percentile (tail stretched)",
        splits: (chart) => {
          const { min, max } = chart.scales.x;
          const inside = namedNines.filter((at) => at >= min - 1e-9 && at <= max + 1e-9);
          if (inside.length > 1) return inside;
          return Array.from({ length: 5 }, (_, i) => min + ((max - min) * i) / 4);
        },
        values: (_, splits) => splits.map((at) => percentile(at).slice(1)),
      },
      yAxis: { splits: (chart) => steps(chart.scales.y.min, chart.scales.y.max, upright(chart)), filter: unfiltered, values: (_, splits) => splits.map(roundTime) },
    },
    ecdf: {
      title: "Cumulative distributions",
      hint: "Share of the releases that took at most as long as x.",
      good: "← faster",
      x: (group) => group.times,
      y: (group, series) => series.shares ??= series.within.map((releases) => releases / series.n),
      firm: () => Infinity,
      at: (ns) => "Within " + time(ns),
      value: share,
      log: true,
      scale: { range: [0, 1] },
      xAxis: {
        label: "latency (logarithmic)",
        splits: (chart) => steps(chart.scales.x.min, chart.scales.x.max, across(chart)),
        filter: unfiltered,
        values: (_, splits) => splits.map(roundTime),
      },
      yAxis: { values: (_, splits) => splits.map((part) => Math.round(part * 100) + "%") },
    },
  };

  // A key is the button by which a series is shown or hidden, and beside its
  // name the value where the pointer is.
  const keyOf = (series) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    line.setAttribute("viewBox", "0 0 28 8");
    line.setAttribute("aria-hidden", "true");
    const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
    stroke.setAttribute("d", "M0 4H28");
    stroke.setAttribute("stroke-width", "2.5");
    if (series.dash) stroke.setAttribute("stroke-dasharray", series.dash.join(" "));
    line.append(stroke);
    const value = element("span", { class: "value" });
    const button = element("button", { type: "button", class: "key", "aria-pressed": "true" }, line, element("span", {}, series.name), value);
    return { button, stroke, value };
  };

  const live = (figure, group, missing, host, label, shown, redraw) => {
    const sizes = group.series.map((series) => series.n);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map((n) => n.toLocaleString("en-US"));
    const counts = least === most ? least : `${least} to ${most}`;
    const kind = kinds[figure.dataset.live];
    const x = kind.x(group);
    const keys = group.series.map(keyOf);
    const where = element("p", { class: "where" });
    const count = element("span", { class: "count" });
    const said = element("p", { role: "status", class: "said" });
    const area = element("div", { class: "area", tabindex: "0", role: "group", "aria-label": `${label}. Left and right move along the curves, plus and minus zoom, 0 shows all.` });
    const button = (text, action) => {
      const made = element("button", { type: "button" }, text);
      made.addEventListener("click", action);
      return made;
    };
    const whole = [x[0], x[x.length - 1]];
    const zoom = (factor) => {
      const { min, max } = chart.scales.x;
      const log = kind.log;
      const [from, to] = log ? [Math.log(min), Math.log(max)] : [min, max];
      const ends = log ? whole.map(Math.log) : whole;
      const idx = chart.cursor.idx;
      const on = idx === null || idx === undefined ? (from + to) / 2 : log ? Math.log(x[idx]) : x[idx];
      const span = Math.min((to - from) * factor, ends[1] - ends[0]);
      if (factor < 1 && span * x.length < 8 * (ends[1] - ends[0])) return; // between two points there is nothing
      const low = Math.max(ends[0], Math.min(ends[1] - span, on - (on - from) * factor));
      const edge = (at) => (at - ends[0] < span * 1e-9 ? whole[0] : ends[1] - at < span * 1e-9 ? whole[1] : log ? Math.exp(at) : at);
      chart.setScale("x", { min: edge(low), max: edge(low + span) });
    };
    const reset = () => chart.setScale("x", { min: whole[0], max: whole[1] });
    const all = (on) => {
      group.series.forEach((_, i) => (shown[i] = on));
      redraw();
    };
    const panel = element(
      "div",
      { class: "live" },
      element("div", { class: "bar" }, element("h4", {}, kind.title), element("span", { class: "of" }, label.slice(label.indexOf(", ") + 2) + ", host " + host), element("span", { class: "good" }, kind.good)),
      element(
        "div",
        { class: "tools", role: "group", "aria-label": "Chart" },
        button("Zoom in", () => zoom(0.5)),
        button("Zoom out", () => zoom(2)),
        button("All of it", reset),
        button("Show all", () => all(true)),
        button("Hide all", () => all(false)),
        count,
      ),
      area,
      where,
      element("div", { class: "keys", role: "group", "aria-label": "Series" }, ...keys.map(({ button }) => button)),
      said,
      element("p", { class: "small" }, kind.hint + ` n = ${counts} valid samples. Drag to zoom, double-click for all.` + (missing.length ? ` Not drawn: ${missing.join(", ")} (no valid samples).` : "")),
    );
    figure.prepend(panel);
    figure.classList.add("alive");

    let chart;
    let wide = 320;
    const sizeFor = (width) => ({ width, height: Math.round(Math.max(260, Math.min(440, width * 0.55))) });
    const readout = (u) => {
      const idx = u.cursor.idx;
      const has = idx !== null && idx !== undefined && u.cursor.left >= 0;
      where.textContent = has ? kind.at(x[idx]) + ":" : "Point at the chart for values.";
      where.classList.toggle("idle", !has);
      keys.forEach(({ value }, i) => {
        value.textContent = has && shown[i] ? kind.value(kind.y(group, group.series[i])?.[idx]) : "";
      });
    };
    const draw = () => {
      const scale = chart && { min: chart.scales.x.min, max: chart.scales.x.max };
      chart?.destroy();
      const dark = darkScheme.matches;
      const [ink, faint, grid] = [style("--ink"), style("--faint"), style("--line")];
      const series = [{}];
      const values = [x];
      group.series.forEach((s, i) => {
        const color = dark ? s.dark : s.light;
        keys[i].stroke.setAttribute("stroke", color);
        const points = kind.y(group, s) || [];
        const firm = kind.firm(group, s);
        const line = { show: shown[i], stroke: color, dash: s.dash || undefined, points: { show: false } };
        series.push({ ...line, width: 2 }, { ...line, width: 0.8 });
        values.push(
          x.map((_, k) => (k <= firm ? (points[k] ?? null) : null)),
          x.map((_, k) => (k >= Math.floor(firm) ? (points[k] ?? null) : null)),
        );
      });
      const axis = { stroke: faint, font: "12px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif", grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 5 } };
      wide = area.clientWidth || wide; // on paper there is none
      chart = new uPlot(
        {
          ...sizeFor(wide),
          legend: { show: false },
          cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 } },
          scales: { x: { time: false, distr: kind.log ? 3 : 1, range: (_, min, max) => [min, max] }, y: kind.scale },
          axes: [
            { ...axis, ...kind.xAxis, labelSize: 22, size: 36, labelGap: 2, stroke: faint },
            { ...axis, ...kind.yAxis, size: 58 },
          ],
          series,
          hooks: { setCursor: [readout] },
        },
        values,
        area,
      );
      chart.root.style.color = ink;
      if (scale) chart.setScale("x", scale);
      show();
    };
    const show = () => {
      count.textContent = `${shown.filter(Boolean).length} of ${shown.length} shown`;
      group.series.forEach((_, i) => {
        keys[i].button.setAttribute("aria-pressed", String(shown[i]));
        chart.setSeries(2 * i + 1, { show: shown[i] });
        chart.setSeries(2 * i + 2, { show: shown[i] });
      });
      readout(chart);
    };
    keys.forEach(({ button }, i) =>
      button.addEventListener("click", () => {
        shown[i] = !shown[i];
        redraw();
      }),
    );
    area.addEventListener("keydown", (event) => {
      const last = x.length - 1;
      const idx = chart.cursor.idx ?? Math.round(last / 2);
      const far = event.shiftKey ? 10 : 1;
      const to = { ArrowRight: idx + far, ArrowLeft: idx - far, Home: 0, End: last }[event.key];
      if (event.key === "+" || event.key === "-" || event.key === "0") {
        if (event.key === "0") reset();
        else zoom(event.key === "+" ? 0.5 : 2);
      } else if (to !== undefined) {
        const at = Math.max(0, Math.min(last, to));
        chart.setCursor({ left: chart.valToPos(x[at], "x"), top: 10 });
        said.textContent = `${kind.at(x[at])}: ` + group.series.map((s, i) => shown[i] && `${s.name} ${kind.value(kind.y(group, s)?.[at])}`).filter(Boolean).join(", ");
      } else return;
      event.preventDefault();
    });
    draw();
    new ResizeObserver(() => {
      if (area.clientWidth && area.clientWidth !== chart.width) {
        chart.setSize(sizeFor((wide = area.clientWidth)));
      }
    }).observe(area);
    darkScheme.addEventListener("change", draw);
    return show;
  };

  for (const run of figures.runs) {
    for (const group of run.groups) {
      const section = document.getElementById(group.id);
      const missing = group.series.filter(({ n }) => !n).map(({ name }) => name);
      const drawn = { ...group, series: group.series.filter(({ n }) => n) };
      if (!drawn.series.length) continue; // without a sample there is nothing to ask
      const shown = drawn.series.map((series) => series.shown);
      const charts = [];
      const redraw = () => charts.forEach((show) => show());
      for (const figure of section.querySelectorAll("figure[data-live]")) {
        charts.push(live(figure, drawn, missing, run.host, figure.querySelector(".still").getAttribute("aria-label"), shown, redraw));
      }
    }
  }
})();
