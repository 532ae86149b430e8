// Whether the server can be reached, and the way back to it.

import { emit } from "./events.js";

const PROBE_MS = 3000;
const [FIRST_PAUSE, LONGEST_PAUSE, GROWTH] = [400, 4000, 1.6];

/** @type {Promise<void> | null} */
let comeback = null;

/** @param {number} ms */
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Whether the server is known to be away. */
export const isOffline = () => comeback !== null;

/** Ask the server for a sign of life. */
export async function isReachable() {
  const url = new URL("gradio_api/app_id", document.baseURI);
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    return (await fetch(url, { cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}

/** Resolves when the server answers again; one loop however many calls wait. */
export function whenBack() {
  comeback ??= reconnect();
  return comeback;
}

async function reconnect() {
  document.body.classList.add("is-offline");
  showBanner(
    navigator.onLine
      ? "The server went away; reconnecting …"
      : "This device is offline; waiting for the network …",
  );
  emit("offline");
  for (let pause = FIRST_PAUSE; !(await isReachable()); pause *= GROWTH) {
    await wait(Math.min(pause, LONGEST_PAUSE));
  }
  comeback = null;
  document.body.classList.remove("is-offline");
  showBanner("");
  emit("online");
}

/** @param {string} sentence "" hides it */
function showBanner(sentence) {
  let banner = document.getElementById("studio-banner");
  if (!banner) {
    banner = document.createElement("div");
    banner.id = "studio-banner";
    banner.setAttribute("role", "status");
    document.body.append(banner);
  }
  banner.textContent = sentence;
  banner.hidden = !sentence;
}
