// studio.plane: the measured models as points, rate across and distortion up, one quantity at a time.
(() => {
  "use strict";
  const { studio } = window;
  const MARGIN = { left: 56, right: 16, top: 16, bottom: 44 };

  const { QUANTITIES } = studio.quantities;

  function shape(name, attributes, parent, words = "") {
    const made = studio.shape(name, attributes, words);
    parent.append(made);
    return made;
  }

  /** Round numbers, about `count` of them, within [low, high]. */
  function ticks(low, high, count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const found = [];
    for (let v = Math.ceil(low / step) * step; v <= high + 1e-9; v += step) found.push(Math.abs(v) < 1e-9 ? 0 : v);
    return found;
  }

  const plain = (v) => studio.fixed(v, Number.isInteger(Math.round(v * 10) / 10) ? 0 : 1);

  /** Models with both figures, of one quantity. */
  function pointsOf(quantity) {
    return studio.models
      .filter((model) => model.quantity === quantity)
      .filter(({ metrics: m }) => m && Number.isFinite(m.rate) && Number.isFinite(m.distortion))
      .map((model) => ({ model, rate: model.metrics.rate, distortion: model.metrics.distortion }));
  }

  const words = ({ model, rate, distortion }) => {
    const { nll, importance_samples: draws } = model.metrics;
    const tail = Number.isFinite(nll) ? `, NLL ${studio.fixed(nll)} (${studio.whole(draws)} samples)` : "";
    const told = model.conditional ? ", its label told" : "";
    return `${model.name}: rate ${studio.fixed(rate)}, distortion ${studio.fixed(distortion)}, −ELBO ${studio.fixed(rate + distortion)} nats${tail}${told}`;
  };

  /**
   * Build the plot in `box`. onquantity(points, about) tells what is on show; a click or Enter on
   * a point chooses its model.
   */
  function plane(box, { onquantity }) {
    box.innerHTML = `
      <div class="row kinds" role="group" aria-label="What the distortion counts"></div>
      <p class="small muted about"></p>
      <p class="readout num" aria-live="polite"></p>
      <div class="plot"></div>
      <div class="table"></div>`;
    const find = (selector) => box.querySelector(selector);
    const known = Object.keys(QUANTITIES).filter((key) => pointsOf(key).length);
    let quantity = known.includes(studio.model()?.quantity) ? studio.model().quantity : known[0];
    let width = 0;

    function choose(next) {
      quantity = next;
      show();
    }

    find(".kinds").replaceChildren(...known.map((key) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${QUANTITIES[key].label} (${pointsOf(key).length})`;
      button.dataset.quantity = key;
      button.addEventListener("click", () => choose(key));
      return button;
    }));

    function show() {
      if (!quantity) return;
      for (const button of find(".kinds").children) {
        button.setAttribute("aria-pressed", String(button.dataset.quantity === quantity));
      }
      find(".about").textContent = `${QUANTITIES[quantity].words} Figures of another kind are another quantity and stand in another plot.`;
      const points = pointsOf(quantity);
      draw(points);
      list(points);
      point(points.find(({ model }) => model.name === studio.state.model));
      onquantity(points, QUANTITIES[quantity]);
    }

    function point(found) {
      find(".readout").textContent = found ? words(found) : "Point at a model to read its figures; press it to choose it.";
    }

    // ---------------------------------------------------------------- the plot
    function draw(points) {
      if (!width) return;
      const height = Math.round(Math.max(320, Math.min(460, width * 0.56)));
      const label = "Rate across, distortion up, a point a model";
      const svg = studio.shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });
      const [x, y] = axes(svg, points, height);
      const taken = points.map((p) => ({ left: x(p.rate) - 7, top: y(p.distortion) - 7, right: x(p.rate) + 7, bottom: y(p.distortion) + 7 }));
      // The chosen model is drawn last, so that nothing hides it.
      const chosen = ({ model }) => model.name === studio.state.model;
      for (const found of [...points].sort((a, b) => chosen(a) - chosen(b))) {
        mark(svg, found, x(found.rate), y(found.distortion), taken, height, chosen(found));
      }
      find(".plot").replaceChildren(svg);
    }

    function axes(svg, points, height) {
      const span = (values) => {
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const room = Math.max((high - low) * 0.09, Math.abs(high) * 0.02, 1);
        return [low - room, high + room];
      };
      const [left, right] = span(points.map((p) => p.rate));
      const [bottom, top] = span(points.map((p) => p.distortion));
      const low = Math.max(0, left);
      const x = (v) => MARGIN.left + ((v - low) / (right - low)) * (width - MARGIN.left - MARGIN.right);
      const y = (v) => height - MARGIN.bottom - ((v - bottom) / (top - bottom)) * (height - MARGIN.top - MARGIN.bottom);
      const [edgeX, edgeY] = [width - MARGIN.right, height - MARGIN.bottom];
      for (const sum of ticks(low + bottom, right + top, 7)) diagonal(svg, sum, [low, right, bottom, top], x, y);
      for (const v of ticks(low, right, width < 500 ? 4 : 7)) shape("text", { x: x(v), y: edgeY + 16, class: "tick rate", "text-anchor": "middle" }, svg, plain(v));
      for (const v of ticks(bottom, top, 5)) shape("text", { x: MARGIN.left - 8, y: y(v) + 4, class: "tick distortion", "text-anchor": "end" }, svg, plain(v));
      shape("path", { d: `M${MARGIN.left} ${MARGIN.top}V${edgeY}H${edgeX}`, class: "axis" }, svg);
      shape("text", { x: edgeX, y: edgeY + 36, class: "title rate", "text-anchor": "end" }, svg, "rate, nats");
      shape("text", { x: 14, y: MARGIN.top, class: "title distortion", "text-anchor": "end", transform: `rotate(-90 14 ${MARGIN.top})` }, svg, "distortion, nats");
      return [x, y];
    }

    /** Along it distortion + rate, which is −ELBO, stays the same. */
    function diagonal(svg, sum, [low, right, bottom, top], x, y) {
      const from = Math.max(low, sum - top);
      const to = Math.min(right, sum - bottom);
      if (to <= from) return;
      shape("line", { x1: x(from), y1: y(sum - from), x2: x(to), y2: y(sum - to), class: "sum" }, svg);
      if (x(to) - x(from) < 60) return;
      shape("text", { x: x(to) - 4, y: y(sum - to) - 6, class: "sum-name", "text-anchor": "end" }, svg, plain(sum));
    }

    function mark(svg, found, x, y, taken, height, chosen) {
      const group = shape("g", {
        class: chosen ? "point chosen" : "point", tabindex: "0", role: "button", "aria-pressed": String(chosen),
        "aria-label": `${words(found)}; choose it`, "data-testid": "rd-point", "data-model": found.model.name,
      }, svg);
      shape("circle", { cx: x, cy: y, r: 14, class: "reach" }, group);
      shape("circle", { cx: x, cy: y, r: chosen ? 7 : 5, class: "dot" }, group);
      const place = room(found.model.name, x, y, taken, height);
      if (place) shape("text", { x: place.x, y: place.y, "text-anchor": place.anchor, class: "name" }, group, found.model.name);
      for (const kind of ["pointerenter", "focus"]) group.addEventListener(kind, () => point(found));
      const take = () => studio.set({ model: found.model.name });
      group.addEventListener("click", take);
      group.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        take();
        find(`[data-model="${CSS.escape(found.model.name)}"]`)?.focus();
      });
    }

    /** Where a name can stand without covering another name or point; null where nowhere. */
    function room(name, x, y, taken, height) {
      const size = Number.parseFloat(getComputedStyle(find(".plot")).getPropertyValue("--t-small")) || 13;
      const [long, high] = [name.length * size * 0.54 + 4, size + 1];
      const places = [
        { x: x + 10, y: y + 4, anchor: "start" }, { x: x - 10, y: y + 4, anchor: "end" },
        { x, y: y - 11, anchor: "middle" }, { x, y: y + 20, anchor: "middle" },
        { x: x + 8, y: y - 9, anchor: "start" }, { x: x + 8, y: y + 18, anchor: "start" },
        { x: x - 8, y: y - 9, anchor: "end" }, { x: x - 8, y: y + 18, anchor: "end" },
      ];
      for (const place of places) {
        const left = { start: place.x, end: place.x - long, middle: place.x - long / 2 }[place.anchor];
        const wish = { left, right: left + long, top: place.y - high + 3, bottom: place.y + 3 };
        if (wish.left < MARGIN.left || wish.right > width || wish.top < 0 || wish.bottom > height - MARGIN.bottom) continue;
        const own = (b) => Math.abs((b.left + b.right) / 2 - x) < 0.5 && Math.abs((b.top + b.bottom) / 2 - y) < 0.5;
        const clash = taken.some((b) => !own(b) && wish.left < b.right && wish.right > b.left && wish.top < b.bottom && wish.bottom > b.top);
        if (clash) continue;
        taken.push(wish);
        return place;
      }
      return null;
    }

    // ---------------------------------------------------------------- the same as a table
    function list(points) {
      const table = document.createElement("table");
      table.innerHTML = '<thead><tr><th scope="col">model</th><th scope="col" class="rate">rate</th><th scope="col" class="distortion">distortion</th><th scope="col">−ELBO</th></tr></thead>';
      const body = table.createTBody();
      for (const found of [...points].sort((a, b) => a.rate + a.distortion - b.rate - b.distortion)) {
        const row = body.insertRow();
        const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: found.model.name, title: found.model.title });
        button.setAttribute("aria-pressed", String(found.model.name === studio.state.model));
        button.addEventListener("click", () => studio.set({ model: found.model.name }));
        row.insertCell().append(button);
        for (const value of [found.rate, found.distortion, found.rate + found.distortion]) {
          Object.assign(row.insertCell(), { className: "num", textContent: studio.fixed(value) });
        }
      }
      find(".table").replaceChildren(table);
    }

    new ResizeObserver(() => {
      const wide = Math.floor(find(".plot").clientWidth);
      if (!wide || wide === width) return;
      width = wide;
      show();
    }).observe(find(".plot"));
    window.addEventListener("resize", () => width && show()); // Present changes the size of its words
    studio.on("model", () => {
      const { quantity: own } = studio.model() || {};
      if (known.includes(own)) quantity = own;
      if (box.isConnected) show();
    });
    if (!known.length) box.textContent = "None of these models has been measured yet.";
  }

  studio.plane = plane;
})();
