// Who listens to what happens in the page: "model", "panel", "change", "mirror", "given", "leave",
// "travel", "arrive", "models", "gone", "progress", "offline", "online", "speed".

/** @type {Map<string, Set<(value: any) => void>>} */
const listeners = new Map();

/**
 * Call `listener` at each event of that name.
 *
 * @param {string} event
 * @param {(value: any) => void} listener
 * @returns {() => void} stops it
 */
export function on(event, listener) {
  const all = listeners.get(event) ?? new Set();
  listeners.set(event, all.add(listener));
  return () => all.delete(listener);
}

/**
 * @param {string} event
 * @param {unknown} [value]
 */
export function emit(event, value) {
  for (const listener of [...(listeners.get(event) ?? [])]) {
    try {
      listener(value);
    } catch (error) {
      console.error(error); // one panel's mistake must not silence the others
    }
  }
}
