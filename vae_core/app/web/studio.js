// window.studio: the state of the page, calls to the server, hand-over between panels.
// Loaded in <head>, before any panel's script. No dependencies. One file past 300 lines, so that the
// one object which every panel leans on can be read from top to bottom.
(() => {
  "use strict";
  if (window.studio) return;

  /** A sentence for the user, said by the server or by this page. */
  class StudioError extends Error {}
  /** The server cannot be reached. */
  class StudioOffline extends StudioError {}

  const boot = window.studioBoot || { models: [], device: "", first: null };
  const models = boot.models;
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  // ---------------------------------------------------------------- events
  const listeners = new Map();

  function on(event, fn) {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(fn);
    return () => listeners.get(event).delete(fn);
  }

  function emit(event, value) {
    for (const fn of [...(listeners.get(event) || [])]) {
      try {
        fn(value);
      } catch (error) {
        console.error(error); // one panel's mistake must not silence the others
      }
    }
  }

  // ---------------------------------------------------------------- state and URL
  const PANELS = boot.panels || ["explore", "sample", "interpolate", "reconstruct"];

  function modelNamed(name) {
    return models.find((model) => model.name === name) || null;
  }

  function readNumbers(text) {
    if (!text) return null;
    const numbers = text.split(",").map(Number);
    return numbers.every((v) => Number.isFinite(v) && Math.abs(v) <= 1000) ? numbers : null;
  }

  const writeNumbers = (numbers) => numbers.map((v) => String(Math.round(v * 1000) / 1000)).join(",");

  function within(text, low, high, otherwise, whole) {
    const value = Number(text);
    const fits = text !== null && text !== "" && value >= low && value <= high;
    return fits && (!whole || Number.isInteger(value)) ? value : otherwise;
  }

  // ?panels=explore,sample leaves out the others, for a lesson: nothing leads to them then.
  const LESSON = (new URLSearchParams(location.search).get("panels") || "").split(",").filter((p) => PANELS.includes(p));
  const OPEN = LESSON.length ? PANELS.filter((panel) => LESSON.includes(panel)) : PANELS;

  function readUrl() {
    const query = new URLSearchParams(location.search);
    const model = modelNamed(query.get("model")) || modelNamed(boot.chosen) || models[0] || null;
    const u = readNumbers(query.get("z"));
    const seed = query.get("seed");
    return {
      model: model ? model.name : null,
      panel: OPEN.includes(query.get("panel")) ? query.get("panel") : OPEN[0],
      u: model && u && u.length === model.latent_dim ? u : null,
      seed: /^\d{1,9}$/.test(seed || "") ? Number(seed) : 0,
      n: within(query.get("n"), 1, 256, 60, true),
      temperature: within(query.get("temperature"), 0, 3, 1, false),
      label: within(query.get("label"), 0, 9, null, true),
    };
  }

  const state = readUrl();
  // What a panel adds to the address: asked(key) as the page was opened, keep({key: text or null}).
  const opened = new URLSearchParams(location.search);
  const asked = (key) => opened.get(key);
  const kept = {};

  function keep(patch) {
    Object.assign(kept, patch);
    mirrorSoon();
  }

  const notices = [];
  {
    const asked = new URLSearchParams(location.search).get("model");
    if (asked && !modelNamed(asked)) {
      notices.push(`There is no model called “${asked}” here; showing ${state.model} instead.`);
    }
  }
  let urlTimer = 0;
  let travelling = false; // by Back or Forward, whose place is in the history already

  function writeUrl() {
    const url = new URL(location.href);
    const put = (key, value) =>
      value === null || value === "" ? url.searchParams.delete(key) : url.searchParams.set(key, value);
    put("panel", state.panel);
    put("model", state.model);
    const moved = state.u && state.u.some((v) => v !== 0);
    put("z", moved ? writeNumbers(state.u) : null);
    put("seed", state.seed ? String(state.seed) : null);
    put("n", state.n !== 60 ? String(state.n) : null);
    put("temperature", state.temperature !== 1 ? String(state.temperature) : null);
    const told = modelNamed(state.model)?.takes_labels && state.label !== null;
    put("label", told ? String(state.label) : null);
    for (const [key, value] of Object.entries(kept)) put(key, value);
    const text = url.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    if (text !== location.href) history.replaceState({ panel: state.panel }, "", text);
  }

  /** Another panel is a step that Back takes back; whatever else changes belongs to its place. */
  function pushPanel(panel) {
    writeUrl();
    const url = new URL(location.href);
    url.searchParams.set("panel", panel);
    history.pushState({ panel }, "", url.toString().replaceAll("%2C", ","));
  }

  // Browsers throttle replaceState, and a drag changes z sixty times a second.
  function mirrorSoon() {
    clearTimeout(urlTimer);
    urlTimer = setTimeout(writeUrl, 250);
  }

  /** Merge a patch into the state, mirror it to the URL, tell whoever listens. */
  function set(patch) {
    const before = { ...state };
    if (patch.panel && patch.panel !== state.panel && !travelling) pushPanel(patch.panel);
    if (patch.model && patch.model !== state.model && !("u" in patch)) patch = { ...patch, u: null };
    Object.assign(state, patch);
    mirrorSoon();
    if (state.model !== before.model) emit("model", state.model);
    if (state.panel !== before.panel) emit("panel", state.panel);
    emit("change", patch);
  }

  // ---------------------------------------------------------------- calls
  const PROBE = () => new URL("gradio_api/app_id", document.baseURI).toString();
  let offline = false;
  let comeback = null;

  async function reachable() {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 3000);
    try {
      return (await fetch(PROBE(), { cache: "no-store", signal: stop.signal })).ok;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  function banner(text) {
    let box = document.getElementById("studio-banner");
    if (!box) {
      box = document.createElement("div");
      box.id = "studio-banner";
      box.setAttribute("role", "status");
      document.body.append(box);
    }
    box.textContent = text || "";
    box.hidden = !text;
  }

  /** Resolves when the server answers again; one loop however many calls wait. */
  function whenBack() {
    comeback ??= (async () => {
      offline = true;
      document.body.classList.add("is-offline");
      banner(navigator.onLine ? "The server went away; reconnecting …" : "This device is offline; waiting for the network …");
      emit("offline");
      for (let pause = 400; !(await reachable()); pause = Math.min(pause * 1.6, 4000)) await wait(pause);
      offline = false;
      comeback = null;
      document.body.classList.remove("is-offline");
      banner(null);
      emit("online");
    })();
    return comeback;
  }

  function deadline(promise, ms) {
    let timer = 0;
    const late = new Promise((done) => (timer = setTimeout(() => done(LATE), ms)));
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }
  const LATE = Symbol("late");

  /**
   * Call a server function with one argument.
   * Throws StudioError with a sentence; when the server is gone it waits and tries again,
   * unless retry is false: then it throws StudioOffline and the page reconnects behind it.
   */
  async function call(server, name, arg, { retry = true, timeout = 60000 } = {}) {
    for (;;) {
      if (offline) {
        if (!retry) throw new StudioOffline("The server went away; reconnecting …");
        await whenBack();
      }
      const answer = await deadline(server[name](arg), timeout);
      if (answer === LATE) throw new StudioError("That took too long; please try again.");
      // Gradio turns both a dead server and a crash into "no answer": a probe tells them apart.
      if (answer === undefined || answer === null) {
        if (await reachable()) throw new StudioError("The server could not do that; please try again.");
        whenBack();
        if (!retry) throw new StudioOffline("The server went away; reconnecting …");
        continue;
      }
      if (answer.error) throw new StudioError(answer.error);
      if (typeof answer.milliseconds === "number") showSpeed(answer);
      return answer;
    }
  }

  // Sixty answers a second arrive while dragging: the readout shows a smoothed value, four times
  // a second, so that it can be read.
  let speed = null;
  let speedShown = 0;

  function showSpeed({ milliseconds, device }) {
    speed = speed === null ? milliseconds : speed * 0.8 + milliseconds * 0.2;
    const now = performance.now();
    if (now - speedShown < 250) return;
    speedShown = now;
    const box = document.querySelector("[data-studio=milliseconds]");
    if (box) box.textContent = `${window.studio.number(speed, 2)} ms`;
    const label = document.querySelector("[data-studio=device]");
    if (label && device) label.textContent = device;
  }

  // ---------------------------------------------------------------- pictures and words
  const scratch = new WeakMap();

  function bytesOf(data) {
    if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return data;
    const text = atob(data);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  /** Draw side x side grey bytes (array or base64) into a canvas, one canvas pixel a byte. */
  function paint(canvas, data, { side = 28 } = {}) {
    const bytes = bytesOf(data);
    if (canvas.width !== side) canvas.width = side;
    if (canvas.height !== side) canvas.height = side;
    let kept = scratch.get(canvas);
    if (!kept || kept.image.width !== side) {
      const context = canvas.getContext("2d");
      kept = { context, image: context.createImageData(side, side) };
      kept.words = new Uint32Array(kept.image.data.buffer);
      scratch.set(canvas, kept);
    }
    for (let i = 0; i < kept.words.length; i++) kept.words[i] = 0xff000000 | (bytes[i] * 0x010101);
    kept.context.putImageData(kept.image, 0, 0);
  }

  function say(root, sentence) {
    const box = root && root.querySelector('[data-testid="message"]');
    if (!box) return;
    box.textContent = sentence || "";
    box.hidden = !sentence;
  }

  function download(name, content, type = "text/plain") {
    const link = document.createElement("a");
    const blob = content instanceof Blob ? content : new Blob([content], { type });
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** A canvas as PNG, enlarged without smoothing when scale > 1. */
  function png(canvas, scale = 1) {
    const big = document.createElement("canvas");
    big.width = canvas.width * scale;
    big.height = canvas.height * scale;
    const context = big.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, big.width, big.height);
    return new Promise((done) => big.toBlob(done, "image/png"));
  }

  /** One of the shipped example digits, by its place in the sheet: base64 of 784 grey bytes. */
  let sheet = null;
  async function example(place) {
    const { sheet: source, columns } = window.studioExamples;
    sheet ??= (async () => {
      const image = new Image();
      image.src = source;
      await image.decode();
      return image;
    })();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 28;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(await sheet, -28 * (place % columns), -28 * Math.floor(place / columns));
    const { data } = context.getImageData(0, 0, 28, 28);
    let text = "";
    for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i]);
    return btoa(text);
  }

  // ---------------------------------------------------------------- panels
  const receivers = new Map();
  const waiting = new Map();

  function open(panel) {
    const label = panel[0].toUpperCase() + panel.slice(1);
    const tab = [...document.querySelectorAll("[role=tab]")].find(
      (button) => button.dataset.tabId === panel || button.textContent.trim() === label,
    );
    if (tab) tab.click();
    set({ panel });
  }

  window.addEventListener("popstate", () => {
    const panel = new URLSearchParams(location.search).get("panel");
    if (!OPEN.includes(panel) || panel === state.panel) return;
    travelling = true;
    open(panel);
    travelling = false;
  });

  /**
   * Open a panel and hand it {picture | z, pixels, checkpoint, from}. It waits if the panel is not
   * there yet. z is a code of `checkpoint`, the chosen model unless told otherwise.
   */
  function send(panel, content) {
    if (!OPEN.includes(panel)) return; // left out of this lesson
    waiting.set(panel, { checkpoint: state.model, ...content });
    open(panel);
    deliver(panel);
  }

  function deliver(panel) {
    const receive = receivers.get(panel);
    if (!receive || !waiting.has(panel)) return;
    const content = waiting.get(panel);
    waiting.delete(panel);
    receive(ofThisModel(content));
  }

  /** A code means nothing to another model, which reads the picture that stands for it instead. */
  function ofThisModel({ z, ...content }) {
    if (!z || content.checkpoint === state.model) return { z, ...content };
    return content.pixels ? { ...content, picture: { pixels: content.pixels } } : content;
  }

  function onSend(panel, fn) {
    receivers.set(panel, fn);
    queueMicrotask(() => deliver(panel));
  }

  window.studio = {
    StudioError, StudioOffline, models, state, boot, notices, panels: PANELS, lesson: OPEN,
    model: () => modelNamed(state.model),
    modelNamed, set, mirror: writeUrl, keep, asked, readNumbers, writeNumbers, within, on, emit, call, whenBack, isOffline: () => offline,
    paint, bytesOf, say, download, png, example, open, send, onSend, wait,
  };
})();
