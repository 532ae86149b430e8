// The live engine: a picture that follows the hand.
//
// push() is called from pointer and keyboard events as often as they come. The newest position
// wins; as many requests travel as the round trip needs, up to six (a browser opens six
// connections; over the socket of line.js up to twelve); answers are painted in the order they were
// asked for, at most one a display frame; the last position asked for is always painted. A hidden
// tab and a lost server pause it.
(() => {
  "use strict";
  const [MOST_IN_FLIGHT, MOST_ON_LINE] = [6, 12];
  const FRAME = 1000 / 60;
  const ofTheModel = (body) => !body?.checkpoint || body.checkpoint === window.studio.state.model;

  /**
   * canvas   gets data-frame (decodes painted) and data-latency-ms (input event to paint).
   * request  (payload, options) => Promise<answer>; pass options on to studio.call.
   * payload  () => the newest payload, read at the moment of sending.
   * paint    (answer) => void; by default answer.pixels goes to the canvas.
   * onframe  (answer, {frame, latency, payload}) after each paint.
   * onerror  (sentence or null): what the server said about the newest request.
   * fits     (payload) => whether an answer to it still counts; by default one that was asked of a
   *          checkpoint counts while that is the chosen model. Another's is dropped, unpainted.
   */
  function live({ canvas, request, payload, paint, onframe, onerror, fits = ofTheModel }) {
    const draw = paint || ((answer) => window.studio.paint(canvas, answer.pixels));
    let wanted = null; // {value, since}: the newest position not yet sent
    let inFlight = 0;
    let sent = 0;
    let shown = 0;
    let ready = null;
    let frameAsked = false;
    let frames = 0;
    let last = null; // the newest payload that left, to be repeated after an outage
    let stopped = false;
    let complained = false;
    canvas.dataset.frame ??= "0";
    canvas.dataset.latencyMs ??= "";

    // More requests than the empty line needs only wait in the server's queue, in front of other
    // visitors: the window follows the shortest round trip of late, not the momentary one.
    let shortest = 100;
    const most = () => (window.studio.lineIsOpen?.() ? MOST_ON_LINE : MOST_IN_FLIGHT);
    const room = () => Math.min(most(), Math.max(2, Math.ceil(shortest / FRAME) + 1));

    function noteRoundTrip(ms) {
      shortest = ms < shortest ? ms : shortest + (Math.min(ms, 400) - shortest) * 0.02;
    }

    function push(value, event) {
      const stamp = event && event.timeStamp > 0 ? event.timeStamp : performance.now();
      wanted = { value: value === undefined ? payload : () => value, since: stamp };
      pump();
    }

    function pump() {
      if (stopped || !wanted || inFlight >= room()) return;
      if (document.hidden || window.studio.isOffline()) return;
      const { value, since } = wanted;
      wanted = null;
      dispatch(value(), since);
    }

    async function dispatch(body, since) {
      const turn = ++sent;
      last = body;
      inFlight++;
      const left = performance.now();
      try {
        const answer = await request(body, { retry: false, timeout: 15000 });
        noteRoundTrip(performance.now() - left);
        if (fits(body) && turn > shown && (!ready || turn > ready.turn)) ready = { turn, answer, since, body };
        askFrame();
      } catch (error) {
        failed(error, turn, body);
      } finally {
        inFlight--;
        // A position that had to wait is up to a frame old by now. The browser delivers the next
        // input right before the coming frame, so waiting for that one sends a fresh position.
        if (wanted) requestAnimationFrame(pump);
      }
    }

    function failed(error, turn, body) {
      if (error instanceof window.studio.StudioOffline) {
        if (turn === sent && !wanted && fits(body)) wanted = { value: () => body, since: performance.now() };
        return;
      }
      if (turn !== sent || !onerror || !fits(body)) return;
      complained = true;
      onerror(error.message || String(error));
    }

    function askFrame() {
      if (frameAsked || !ready) return;
      frameAsked = true;
      requestAnimationFrame(show);
    }

    function show() {
      frameAsked = false;
      if (!ready || stopped) return;
      const { turn, answer, since, body } = ready;
      ready = null;
      if (!fits(body)) return; // the model was changed between the answer and this frame
      shown = turn;
      draw(answer);
      const latency = performance.now() - since;
      canvas.dataset.latencyMs = latency.toFixed(1);
      canvas.dataset.frame = String(++frames);
      if (complained && turn === sent) {
        complained = false;
        onerror(null);
      }
      if (onframe) onframe(answer, { frame: frames, latency, payload: body });
    }

    const wake = () => !document.hidden && pump();
    const revive = () => {
      if (!wanted && last !== null) wanted = { value: payload || (() => last), since: performance.now() };
      pump();
    };
    document.addEventListener("visibilitychange", wake);
    const forget = window.studio.on("online", revive);

    return {
      push,
      again: () => push(payload ? undefined : last),
      get frames() { return frames; },
      get idle() { return !wanted && inFlight === 0 && !ready; },
      stop() {
        stopped = true;
        document.removeEventListener("visibilitychange", wake);
        forget();
      },
    };
  }

  window.studio.live = live;
})();
