import assert from "node:assert/strict";
import test, { afterEach, mock } from "node:test";
import { settled } from "./page.js";

/** @type {FakeSocket[]} */
const sockets = [];

class FakeSocket {
  static OPEN = 1;
  readyState = 0;
  /** @type {any[]} */
  asked = [];
  /** @type {(() => void) | undefined} */
  onopen;
  /** @type {((event: { data: string }) => Promise<void>) | undefined} */
  onmessage;
  /** @type {(() => void) | undefined} */
  onclose;

  constructor() {
    sockets.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** @param {string} text */
  send(text) {
    this.asked.push(JSON.parse(text));
  }

  /** @param {object} look */
  async say(look) {
    await this.onmessage?.({ data: JSON.stringify({ look, stamp: null }) });
  }

  close() {
    this.readyState = 3; // and the event comes late, or never
  }
}

Object.assign(globalThis, { WebSocket: FakeSocket });
const { Run } = await import("../../vae_core/app/web/panels/train/run.js");
const { visitor } = await import("../../vae_core/app/web/core/own.js");

/** @type {import("../../vae_core/app/web/panels/train/run.js").Run[]} */
const runs = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.take(look("ended"));
});

/**
 * @param {string} state
 * @returns {any}
 */
const look = (state) => ({ state, points: [], next: 0 });

/**
 * A run that has begun, whose server answers commands by `obey`.
 *
 * @param {(asked: any) => any} obey
 */
function begun(obey) {
  sockets.length = 0;
  /** @type {any[]} */
  const sent = [];
  /** @type {any[]} */
  const polled = [];
  /** @type {string[]} */
  const said = [];
  const server = {
    start_training: async () => look("running"),
    look_at_training: async (/** @type {any} */ asked) => {
      polled.push(asked);
      return look("running");
    },
    command_training: (/** @type {any} */ asked) => {
      sent.push(asked);
      return obey(asked);
    },
  };
  const options = { server, onlook: () => {}, onerror: (/** @type {string} */ s) => said.push(s) };
  const run = new Run(options);
  run.take(look("running"));
  runs.push(run);
  return { run, options, sent, polled, said };
}

const here = () => mock.method(globalThis, "fetch", async () => /** @type {any} */ ({ ok: true }));

test("a command without an answer is sent again, under one number", async () => {
  const probe = here();
  const { run, sent, said } = begun(async () => (sent.length < 2 ? null : look("paused")));
  await run.command("pause");
  probe.mock.restore();
  assert.deepEqual([sent.length, said, run.look?.state], [2, [], "paused"]);
  assert.equal(sent[0].order, sent[1].order);
  assert.deepEqual([sent[0].visitor, sent[0].command], [visitor, "pause"]);
});

test("a command that is never answered, or refused, is said in words", async () => {
  const probe = here();
  const lost = begun(async () => null);
  await lost.run.command("step");
  probe.mock.restore();
  assert.deepEqual([lost.sent.length, lost.said.length, lost.run.look?.state], [3, 1, "running"]);
  const refused = begun(async () => ({ error: "That was too fast." }));
  await refused.run.command("pause");
  assert.deepEqual([refused.sent.length, refused.said], [1, ["That was too fast."]]);
});

test("a later command waits for the one before, a stop for none", async () => {
  /** @type {(() => void)[]} */
  const answers = [];
  const { run, sent } = begun(
    ({ command }) =>
      new Promise((done) =>
        answers.push(() => done(look(command === "go" ? "running" : "paused"))),
      ),
  );
  run.command("pause");
  run.command("go");
  await settled();
  assert.deepEqual(
    sent.map(({ command }) => command),
    ["pause"],
  );
  run.command("stop");
  await settled();
  assert.deepEqual(
    sent.map(({ command }) => command),
    ["pause", "stop"],
  );
  answers[0]();
  await settled();
  assert.deepEqual(
    sent.map(({ command }) => command),
    ["pause", "stop", "go"],
  );
  for (const answer of answers) answer();
  await settled();
});

test("a look that cannot be drawn does not end the following", async () => {
  const { run, options } = begun(async () => null);
  sockets[0].open();
  options.onlook = () => {
    throw new Error("no such canvas");
  };
  await assert.rejects(sockets[0].say(look("running")), /no such canvas/);
  assert.equal(sockets[0].asked.length, 2);
  options.onlook = () => {};
  assert.equal(run.isOn, true);
});

test("a socket on which nothing comes is given up, and tried again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const pass = async (/** @type {number} */ ms) => {
    mock.timers.tick(ms);
    await settled();
  };
  const { run, polled } = begun(async () => null);
  await pass(9000); // it never opens
  await pass(500);
  assert.equal(polled.length, 1);
  await pass(500);
  assert.deepEqual([polled.length, sockets.length], [2, 1]); // there may be none to be had
  run.take(look("ended"));
  await pass(500);
  const open = begun(async () => null);
  sockets[0].open();
  await sockets[0].say(look("running"));
  await pass(7000);
  await sockets[0].say(look("running"));
  await pass(7000);
  assert.deepEqual([open.polled.length, sockets.length], [0, 1]);
  await pass(2000); // nothing comes
  await pass(500);
  assert.deepEqual([open.polled.length, sockets.length], [1, 2]);
  open.run.take(look("ended"));
  await pass(500);
  mock.timers.reset();
});

test("what is said of an earlier run does not count", async () => {
  /** @type {(look: any) => void} */
  let answer = () => {};
  const { run } = begun(() => new Promise((done) => (answer = done)));
  const [old] = sockets;
  old.open();
  run.command("pause");
  await settled();
  run.take(look("ended"));
  await run.start("vae-400", {}, null);
  answer(look("ended"));
  await settled();
  await old.say(look("ended"));
  assert.equal(run.look?.state, "running");
  assert.equal(sockets.length, 2);
});
