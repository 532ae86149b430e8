// One socket for what must follow the hand: a fetch a frame costs more than the decode it asks for.
// Where none can be opened, or while it is away, the same functions are called through Gradio.
(() => {
  "use strict";
  const { studio } = window;
  const [SOON, LATE] = [1000, 60000];
  const waiting = new Map();
  let socket = null;
  let turn = 0;
  let pause = SOON;
  let notBefore = 0;

  const address = () => new URL("studio/line", document.baseURI).toString().replace(/^http/, "ws");
  const isOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;

  function open() {
    if (socket || performance.now() < notBefore) return;
    socket = new WebSocket(address());
    socket.onopen = () => (pause = SOON);
    socket.onmessage = ({ data }) => {
      const { turn: answered, ...answer } = JSON.parse(data);
      waiting.get(answered)?.(answer);
      waiting.delete(answered);
    };
    socket.onclose = () => {
      socket = null;
      notBefore = performance.now() + pause;
      pause = Math.min(2 * pause, LATE);
      for (const done of waiting.values()) done(null);
      waiting.clear();
    };
  }

  /** The answer over the socket, or null where there is none to be had. */
  function ask(name, argument) {
    open();
    if (!isOpen()) return null;
    return new Promise((done) => {
      waiting.set(++turn, done);
      socket.send(JSON.stringify({ turn, name, argument }));
    });
  }

  /** The panel's `server`, its live functions going over the socket while it is open. */
  function line(server, ...names) {
    open();
    const swift = (name) => async (argument) => (await ask(name, argument)) ?? server[name](argument);
    return Object.fromEntries(names.map((name) => [name, swift(name)]));
  }

  Object.assign(studio, { line, lineIsOpen: isOpen });
})();
