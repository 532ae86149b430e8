// window.studio: a handle on the page for tests and for whoever looks at it from the console.
// Nothing in the page itself uses it.

import { modelNamed } from "../core/boot.js";
import { callsUnderWay } from "../core/calls.js";
import { emit } from "../core/events.js";
import { send } from "../core/handover.js";
import { isSocketOpen } from "../core/socket.js";
import { mirror, model, set, state } from "../core/state.js";
import { example } from "../draw/examples.js";

export function exposeHandle() {
  const handle = {
    state,
    set,
    model,
    modelNamed,
    mirror,
    send,
    emit,
    example,
    isSocketOpen,
    callsUnderWay,
  };
  Object.assign(window, { studio: handle });
}
